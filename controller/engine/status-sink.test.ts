/** A status belongs to the declaration that its run was made from, whatever was published meanwhile. */
import { beforeEach, expect, it } from "vitest";
import { radius } from "../../reconcilers/radius/index.ts";
import { bind } from "../../reconcilers/system.ts";
import type { LastmileObject, SubscriberStatus } from "../api/types.generated.ts";
import { keyOfObject } from "../core/catalog.ts";
import type { OwnerKey } from "../core/owner.ts";
import * as fixture from "../core/resolve/fixture.ts";
import { Sensitive } from "../core/sensitive.ts";
import type { Json, StatusRow } from "../store/status.ts";
import { Declared } from "./declared.ts";
import { Endpoints } from "./endpoints.ts";
import { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";
import { StatusSink } from "./status-sink.ts";

const JOHN = "lab/acme/Subscriber/isp-acme/john";
const PLAN = "lab/acme/ServicePlan/isp-acme/basic";

let declared: Declared;
let sink: StatusSink;
let written: StatusRow[];
/** What another process wrote. */
let stored: readonly StatusRow[];
function put(generation: number, ...objects: readonly LastmileObject[]): void {
  const row = { tenant: "acme", sourceId: "test", origin: {}, digest: "", generation, deletedAt: undefined, seq: 1 };
  declared.put(objects.map((o) => ({ ...row, key: keyOfObject(o), object: o as unknown as Json })));
}
async function ends(key: OwnerKey, subject: Awaited<ReturnType<Declared["subject"]>>, settled = true): Promise<void> {
  const report = { settled, effects: 0, faults: new Map(), plan: { owner: subject.owner, changes: [] } };
  await sink.report(key, subject, report as unknown as Report, false);
}
const last = () => written.at(-1)?.status as unknown as SubscriberStatus & { readonly subscribers?: number };

beforeEach(async () => {
  written = [];
  stored = [];
  const ports = new Ports(new AbortController().signal, () => Number.POSITIVE_INFINITY);
  const secrets = { read: async () => undefined, readAll: async () => ({}) };
  const endpoints = new Endpoints(new Map([bind(radius)]), secrets, ports, String);
  const generated = { name: "secrets", limit: 1, run: async () => [new Sensitive("generated")] };
  declared = new Declared({ installation: "lab", now: 0, endpoint: endpoints.endpoint, secrets, generated, ports });
  put(1, fixture.tenant(), fixture.radius(), fixture.plan(), fixture.subscriber());
  await endpoints.sync(declared.systems());
  const store = {
    stands: async (owners: readonly OwnerKey[]) => owners.map(() => ({ status: undefined, told: 0 })),
    statusDigests: async () =>
      new Map(stored.flatMap(({ owner, digest }) => (digest ? [[owner, digest] as const] : []))),
    writeStatus: async (rows: readonly StatusRow[]) => {
      written.push(...rows);
      return [];
    },
    dropStatus: async () => undefined,
  };
  sink = new StatusSink({ declared, store, ports, clock: { now: () => 0 } as never, erase: async () => undefined });
});

it("writes the generation and the object that the run was made from", async () => {
  const subject = await declared.subject(JOHN, false);
  put(2, fixture.subscriber({ serviceState: "Suspended", suspension: { reason: "NonPayment" } }));
  await ends(JOHN, subject);
  expect(last().observedGeneration).toBe(1);
  expect(JSON.stringify(last())).not.toContain("NonPayment");
});
it("writes a plan again when another subscriber stands on it", async () => {
  await ends(PLAN, await declared.subject(PLAN, false));
  const jane = fixture.subscriber({ subscriberNumber: "SUB-2" });
  put(1, { ...jane, metadata: { ...jane.metadata, name: "jane" } });
  await ends(PLAN, await declared.subject(PLAN, false));
  expect(written).toHaveLength(2);
});
it("writes what did not change once, and asks the store after it was told to forget", async () => {
  for (let i = 0; i < 2; i++) await ends(JOHN, await declared.subject(JOHN, false));
  expect(written).toHaveLength(1);
  sink.forgetAll();
  stored = written;
  await ends(JOHN, await declared.subject(JOHN, false));
  expect(written).toHaveLength(1);
  sink.forgetAll();
  stored = written.map((r) => ({ ...r, digest: "of another status" }));
  await ends(JOHN, await declared.subject(JOHN, false));
  expect(written).toHaveLength(2);
});
it("relies on no status that was written while something was open", async () => {
  await ends(JOHN, await declared.subject(JOHN, false), false);
  await ends(JOHN, await declared.subject(JOHN, false), false);
  expect(written.map((r) => r.digest)).toEqual([undefined, undefined]);
  await ends(JOHN, await declared.subject(JOHN, false));
  expect(written).toHaveLength(3);
});
