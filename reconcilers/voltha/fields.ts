/** How the fields are compared, and what their change costs the customer. */
import type { FieldTable, Value } from "../../controller/core/model.ts";
import { RATES } from "./bandwidth.ts";

const managed = { authority: "managed" } as const;
/** Nothing shows them there: they go along when a service is made, and are served to ONOS. */
const told = { authority: "seeded" } as const;

export const oltFields = {
  address: managed,
  serial: managed,
  enabled: managed,
  registered: managed,
} satisfies FieldTable;

export const onuFields = {
  /** To lose an ONU interrupts a customer who keeps others. */
  enabled: { ...managed, disruptive: (_have: Value, want: Value) => want === false },
  /** Only one that does not work is looked for elsewhere: nobody loses anything by it. */
  expectedPonPort: managed,
} satisfies FieldTable;

const linesOf = (v: Value): readonly unknown[] => (Array.isArray(v) ? v : []);
export const uniFields = {
  onu: managed,
  services: {
    ...managed,
    /** What is added beside the others costs nobody anything. */
    disruptive: (have: Value, want: Value) => {
      const wanted = new Set(linesOf(want));
      return linesOf(have).some((line) => !wanted.has(line));
    },
  },
  suspended: { ...managed, suspends: true },
  flows: managed,
  circuitId: told,
  remoteId: told,
} satisfies FieldTable;

export const profileFields: FieldTable = Object.fromEntries(RATES.map((r) => [r, managed]));
