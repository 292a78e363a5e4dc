/** A GenieACS, its routers, and one Lastmile that looks, plans and acts as the engine does: for tests that tell a story. */
import { type Change, type Desired, type Observed, parseRef, refKey, type State } from "../../controller/core/model.ts";
import { type Owner, ownerKey, token } from "../../controller/core/owner.ts";
import { plan } from "../../controller/core/plan.ts";
import { Fault } from "../../reconcilers/errors.ts";
import type { GenieacsConfig } from "../../reconcilers/genieacs/config.ts";
import type { Session } from "../../reconcilers/genieacs/session.ts";
import type { Lookup, Order, Resource } from "../../reconcilers/system.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { named, open, sessionAt } from "./genieacs.rig.ts";
import { owner } from "./genieacs.subjects.ts";
import { signal } from "./hand.ts";

export interface Town {
  readonly lab: GenieacsLab;
  /** Of everybody's clock. */
  now: number;
  readonly session: Session;
  /** Whether an account waits for what its router is told: a rotation. */
  awaited: boolean;
  /** Another process: it remembers nothing. */
  restart(more?: Partial<GenieacsConfig>): void;
  look(d: Desired, who?: Owner): Promise<Observed | null>;
  /** What would be done; `undefined`: it is no longer declared. */
  plan(d: Desired, who?: Owner): Promise<Change>;
  /** One look, one plan, one effect. */
  step(d: Desired, who?: Owner): Promise<Observed | Fault | null>;
  /** Until nothing is left to do, or a Fault. */
  settle(d: Desired, who?: Owner): Promise<Observed | Fault | null>;
  /** As after a deletion: nobody knows any more how it was to be. */
  end(d: Desired, action: "retire" | "destroy", who?: Owner): Promise<Observed | Fault | null>;
  close(): Promise<void>;
}
const TRIES = 4;

export async function startTown(more: Partial<GenieacsConfig> = {}): Promise<Town> {
  const clock = { now: Date.parse("2026-11-21T12:00:00Z") };
  const lab = await startGenieacs({ now: () => clock.now });
  const make = (m: Partial<GenieacsConfig>): Session => {
    const s = sessionAt(lab.url, open(lab.url, m), m);
    return { ...s, now: () => clock.now };
  };
  let session = make(more);
  const resource = (d: Desired): Resource => named(session, d.ref.resource);
  const mark = (d: Desired, who: Owner): string => token(ownerKey(who), refKey(d.ref));

  async function see(d: Desired, who: Owner, wish = true): Promise<Observed | null> {
    const lookup: Lookup = {
      ref: d.ref,
      token: mark(d, who),
      id: undefined,
      ...(wish && { spec: d.spec, how: d.how }),
    };
    return (await resource(d).observe([lookup], signal)).get(refKey(d.ref)) ?? null;
  }
  const planFor = (d: Desired, who: Owner, seen: Observed | null): Change =>
    plan({
      owner: who,
      token: () => mark(d, who),
      desired: [d],
      seen: new Map([[refKey(d.ref), seen]]),
      remembered: [],
      adoption: "Never",
      blocked: [],
      fields: () => resource(d).fields,
      digest: () => "digest",
    }).changes[0]!;
  async function act(order: Order): Promise<Observed | Fault | null> {
    const awaited = town.awaited && { awaited: true as const };
    const [outcome] = await named(session, order.ref.resource).apply([{ ...order, ...awaited }], signal);
    return outcome!;
  }
  const step = async (d: Desired, who: Owner = owner(1)): Promise<Observed | Fault | null> => {
    const seen = await see(d, who);
    const change = planFor(d, who, seen);
    if (change.hold) return new Fault("Conflict", change.hold.code, change.hold.message);
    if (change.action === "none") return seen;
    const patch = Object.fromEntries(change.fields.map(({ field }) => [field, d.spec[field] ?? null])) as State;
    const spec = d.spec as State;
    const at = { ref: parseRef(refKey(d.ref)), token: mark(d, who), owner: ownerKey(who), id: change.id };
    return act({ ...at, action: change.action, patch, spec, how: d.how });
  };
  const town: Town = {
    lab,
    awaited: false,
    get now() {
      return clock.now;
    },
    set now(ms) {
      clock.now = ms;
    },
    get session() {
      return session;
    },
    restart(m = more) {
      session.http.close();
      session = make(m);
    },
    look: (d, who = owner(1)) => see(d, who),
    plan: async (d, who = owner(1)) => planFor(d, who, await see(d, who)),
    step,
    async settle(d, who = owner(1)) {
      for (let tries = 0; tries < TRIES; tries++) {
        const seen = await see(d, who);
        if (planFor(d, who, seen).action === "none") return seen;
        const outcome = await step(d, who);
        if (outcome instanceof Fault) return outcome;
      }
      throw new Error("never becomes what was asked for");
    },
    end: (d, action, who = owner(1)) =>
      act({ ref: d.ref, action, token: mark(d, who), owner: ownerKey(who), id: undefined, patch: {} }),
    close: async () => {
      session.http.close();
      await lab.close();
    },
  };
  return town;
}
