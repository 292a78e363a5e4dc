/** Devices, and what the tenant's templates are made of. */
import { OTHERS } from "../../controller/core/model.ts";
import { EVERYWHERE } from "../../controller/core/resolve/findings.ts";
import type { Resource } from "../system.ts";
import { apply } from "./apply.ts";
import { MARKING, ON_RETIRE, TEMPLATES } from "./desired.ts";
import { DIALS } from "./names.ts";
import { observe, scan } from "./observe.ts";
import * as whole from "./put.ts";
import type { Session } from "./session.ts";
import { type Kind, kinds } from "./templates.ts";

/** A call ends with its slowest router: more at once would hold up the others, less would look too often. */
const LIMIT = 50;
const managed = { authority: "managed" } as const;
/** Wrong ones cut a customer off; so the loss of a router counts against the budget, too. */
const wayIn = Object.fromEntries(
  ["management.url", ...DIALS].map((name) => [name, { ...managed, disruptive: true } as const]),
);

const device = (s: Session): Resource => ({
  name: "device",
  marker: "inline",
  serves: "Router",
  fields: { [MARKING]: managed, [ON_RETIRE]: managed, [TEMPLATES]: managed, ...wayIn, [OTHERS]: managed },
  limit: LIMIT,
  settleMs: 0, // a device is there before it is claimed, and a tag is set once or not at all
  observe: (lookups, signal) => observe(s, lookups, signal),
  apply: (orders, signal) => apply(s, orders, signal),
  scan: (scope, signal) => scan(s, scope, signal),
  claims: ({ observed: { ref } }) => [{ kind: "cpeSerial", scope: EVERYWHERE, value: ref.key }],
});
const template = (s: Session, kind: Kind): Resource => ({
  name: kind.name,
  marker: "inline",
  fields:
    kind.name === "provision"
      ? { [MARKING]: managed, script: managed }
      : { [MARKING]: managed, tag: managed, weight: managed, provision: managed },
  limit: LIMIT,
  settleMs: 0, // PUT by name: one that lands late makes no second
  observe: (lookups, signal) => whole.observe(s, kind, lookups, signal),
  apply: (orders, signal) => whole.apply(s, kind, orders, signal),
  scan: (scope, signal) => whole.scan(s, kind, scope, signal),
});
export const resources = (s: Session): readonly Resource[] => [...kinds.map((kind) => template(s, kind)), device(s)];
