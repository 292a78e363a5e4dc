/** The systems in memory keep the laws too; otherwise what the engine is tested on would be no system. */
import type { FieldTable } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../../reconcilers/errors.ts";
import type { Resource } from "../../reconcilers/system.ts";
import { Memory } from "../lab/memory.ts";
import { describeLaws } from "./laws.ts";
import type { MakeRig } from "./rig.ts";

const managed = { authority: "managed" } as const;
const fields: FieldTable = { rate: managed, password: { ...managed, secret: true }, note: managed };
const SECRET = "S3CRET-in-memory";

const rig =
  (marker: Resource["marker"]): MakeRig =>
  async (faults) => {
    const memory = new Memory({ name: "memory", marker, fields });
    const key = (n: number): string => `object-${n}`;
    const rows = (n: number) => [...memory.rows.values()].filter((r) => r.key === key(n));
    const set = (field: string, value: string) => async (n: number) => {
      for (const r of rows(n)) memory.rows.set(r.id, { ...r, state: { ...r.state, [field]: value } });
    };
    const broken = memory.resource(() => Promise.reject(fault("Unavailable", "500")));
    return {
      resource: memory.resource(faults.guard),
      calls: { read: "memory.observe", write: "memory.create" },
      owner: (n) => ({ installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: `s${n}` }),
      desired: (n, edited) => ({
        ref: memory.ref(key(n)),
        spec: { rate: edited ? "2M" : "1M", password: new Sensitive(`${SECRET}-${n}`), note: edited ? null : "x" },
      }),
      broken: [{ what: "500", resource: broken }],
      byHand: {
        make: async (n) => {
          const state = { rate: "9M" };
          const row = { id: `hand-${n}`, key: key(n), token: "", owner: "", retired: false, state, address: "", at: 0 };
          memory.rows.set(row.id, row);
        },
        annotate: set("comment", "by hand"),
        annotated: async (n) => rows(n).some((r) => r.state["comment"] === "by hand"),
        spoil: {
          "another rate": set("rate", "9M"),
          "another password": set("password", "guess"),
          "another note": set("note", "y"),
        },
        count: async (n) => rows(n).length,
      },
      secrets: [SECRET],
      reset: async () => memory.rows.clear(),
      close: async () => undefined,
    };
  };

describeLaws("memory, marker beside", rig("beside"), ["scan"]);
describeLaws("memory, marker in the store", rig("store"), ["marks", "scan"]);
describeLaws("memory, marker inline", rig("inline"), ["keys", "names", "scan"]);
