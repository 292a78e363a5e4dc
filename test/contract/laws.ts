/** The nine laws of architecture.md, for any resource. What an endpoint cannot do at all is not asked of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Observed, State } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { Fault } from "../../reconcilers/errors.ts";
import type { Order } from "../../reconcilers/system.ts";
import { Crash, Faults, type Where } from "../lab/faults.ts";
import { type Hand, hand, signal } from "./hand.ts";
import type { Lack, MakeRig, Rig } from "./rig.ts";

/** More kill points than any call has. */
const MANY = 100;
const values = (state: State): string => JSON.stringify(state);

export function describeLaws(name: string, makeRig: MakeRig, lacks: readonly Lack[] = []): void {
  describe(name, () => {
    let rig: Rig;
    let h: Hand;
    const faults = new Faults();
    beforeAll(async () => {
      rig = await makeRig(faults);
      h = hand(rig);
    });
    afterAll(() => rig.close());
    beforeEach(async () => {
      revive(faults);
      await rig.reset();
    });
    const law = (n: number, what: string, body: () => Promise<void>): void => test(`${n}: ${what}`, body);
    const lawWith = (needs: readonly Lack[], ...rest: Parameters<typeof law>): void => {
      if (!needs.some((need) => lacks.includes(need))) law(...rest);
    };
    const kind = async (p: Promise<unknown>): Promise<string> =>
      p.then(
        () => "answered",
        (e: unknown) => (e instanceof Fault ? e.kind : `untyped: ${String(e)}`),
      );

    law(1, "what is not there is absent, and no error", async () => {
      expect(await h.look(1)).toBeNull();
    });
    law(1, "a read that fails, in whatever way, is a Fault and never an absence", async () => {
      await h.make(1);
      faults.refuse.set(rig.calls.read, 1);
      expect(await kind(h.look(1))).toBe("Transient");
      expect(rig.broken.length).toBeGreaterThan(0);
      for (const { what, resource } of rig.broken) {
        const seen = resource.observe([{ ref: rig.desired(1).ref, token: "lm_t", id: undefined }], signal);
        expect(await kind(seen), what).toMatch(/^(Transient|RateLimited|Rejected|Forbidden|Unknown)$/);
      }
    });
    lawWith(["keys"], 2, "a create whose reply was lost is found again, and made once more is still one", async () => {
      const create = h.order(1, null, rig.desired(1));
      faults.dropReply.set(rig.calls.write, 1);
      await lost(h, create);
      const found = await h.look(1);
      expect(found).toMatchObject({ token: create.token, retired: false });
      expect(await rig.byHand.count(1)).toBe(1);
      await h.apply(create);
      expect(await rig.byHand.count(1)).toBe(1);
      expect(values((await h.look(1))!.state)).toBe(values(found!.state));
    });
    law(3, "after apply the plan is empty, by the outcome and by a fresh read", async () => {
      for (const edited of [false, true]) {
        const outcome = await h.make(edited ? 2 : 1, edited);
        const n = edited ? 2 : 1;
        expect(h.plan(n, outcome, rig.desired(n, edited)).changes).toMatchObject([{ action: "none", fields: [] }]);
        expect(h.plan(n, await h.look(n), rig.desired(n, edited)).changes).toMatchObject([
          { action: "none", fields: [] },
        ]);
      }
    });
    law(3, "an edit and its way back settle", async () => {
      await h.make(1);
      await h.settle(1, rig.desired(1, true));
      await h.settle(1, rig.desired(1));
      expect(h.plan(1, await h.look(1), rig.desired(1)).changes[0]!.fields).toEqual([]);
    });
    law(4, "a patch leaves the other fields and what others wrote; null removes", async () => {
      const before = await h.make(1);
      await rig.byHand.annotate(1);
      const order = h.order(1, await h.look(1), rig.desired(1, true));
      const patched = new Set(Object.keys(order.patch));
      expect(Object.values(order.patch), "the edited object must take a field away").toContain(null);
      const after = (await h.apply(order))[0] as Observed;
      for (const f in rig.resource.fields) {
        if (!patched.has(f)) expect(after.state[f] ?? null, f).toEqual(before.state[f] ?? null);
        else if (order.patch[f] === null) expect(after.state[f] ?? null, f).toBeNull();
      }
      expect(await rig.byHand.annotated(1)).toBe(true);
    });
    law(4, "every way of spoiling a managed field is seen and repaired", async () => {
      await h.make(1);
      for (const [what, spoil] of Object.entries(rig.byHand.spoil)) {
        await spoil(1);
        expect(h.plan(1, await h.look(1), rig.desired(1)).changes[0]!.action, what).toMatch(
          /update|create|adopt|restore/,
        );
        await h.settle(1, rig.desired(1));
        expect(await rig.byHand.count(1), what).toBe(1);
      }
    });
    lawWith(["marks"], 5, "what another owner holds is shown as such and refused in every way", async () => {
      const ours = await h.make(1);
      const thief = { token: "lm_somebody-else", owner: "lab/acme/Subscriber/acme/thief" };
      const create = { ...h.order(1, null, rig.desired(1, true)), ...thief };
      if (!lacks.includes("names")) expect(await h.apply(create)).toMatchObject([{ kind: "Conflict" }]);
      for (const action of ["adopt", "update", "restore", "retire", "destroy"] as const)
        expect(await h.apply({ ...create, action, id: ours.id }), action).toMatchObject([{ kind: "Conflict" }]);
      expect(await h.look(1)).toEqual(ours);
    });
    lawWith(
      ["marks", "names"],
      5,
      "what is nobody's is shown unmarked, not overwritten, adopted only on demand",
      async () => {
        await rig.byHand.make(1);
        const seen = await h.look(1);
        expect(seen).toMatchObject({ token: undefined });
        const create = h.order(1, null, rig.desired(1));
        expect(await h.apply(create)).toMatchObject([{ kind: "Conflict" }]);
        expect(h.plan(1, seen, rig.desired(1)).changes).toMatchObject([{ hold: { code: "NotOwned" } }]);
        const adopting = hand(rig, "Always");
        expect((await adopting.apply(adopting.order(1, seen, rig.desired(1))))[0]).toMatchObject({
          token: create.token,
        });
        expect(h.plan(1, await h.look(1), rig.desired(1)).changes).toMatchObject([{ action: "none" }]);
        expect(await rig.byHand.count(1)).toBe(1);
      },
    );
    law(6, "retire is reversible with the same identity; destroy is final, and safe to repeat", async () => {
      const before = await h.make(1);
      expect(await h.settle(1, undefined)).toMatchObject({ id: before.id, retired: true });
      expect(await rig.byHand.count(1)).toBe(1);
      const back = await h.settle(1, rig.desired(1));
      expect(back).toEqual(before);
      await h.settle(1, undefined);
      const destroy = h.order(1, await h.look(1), undefined, true);
      expect(await h.apply(destroy)).toEqual([null]);
      expect(await h.look(1)).toBeNull();
      expect(await rig.byHand.count(1)).toBe(0);
      expect(await h.apply(destroy)).toEqual([null]);
    });
    for (const where of ["before", "after"] as const)
      lawWith(
        ["time"],
        7,
        `killed ${where} any external call, the next run converges, no duplicate, no leak`,
        async () => {
          const killed = new Set<string>();
          for (let at = 1; ; at++) {
            const now = await killedLife(rig, h, faults, { at, where });
            if (now.length === 0) break;
            for (const step of now) killed.add(step);
          }
          expect([...killed]).toEqual(lifeOf(h, rig).map(([step]) => step));
        },
      );
    lawWith(["time"], 8, "no secret in a plan, an outcome, an observation or a fault", async () => {
      const shown: unknown[] = [h.plan(1, null, rig.desired(1))];
      shown.push(await h.make(1), await h.look(1), h.plan(1, await h.look(1), rig.desired(1, true)));
      for (const [, spoil] of Object.entries(rig.byHand.spoil)) {
        await spoil(1);
        const seen = await h.look(1);
        shown.push(seen, h.plan(1, seen, rig.desired(1)));
        await h.settle(1, rig.desired(1));
      }
      const text = JSON.stringify(shown);
      for (const secret of rig.secrets) expect(text).not.toContain(secret);
    });
    lawWith(["marks", "names"], 9, "each order has its own outcome, in order, and the good ones stand", async () => {
      await rig.byHand.make(2);
      const orders = [1, 2, 3].map((n) => h.order(n, null, rig.desired(n)));
      const out = await h.apply(...orders);
      expect(out).toMatchObject([{ token: orders[0]!.token }, { kind: "Conflict" }, { token: orders[2]!.token }]);
      expect((out as readonly Observed[]).map((o) => o.ref && refKey(o.ref))).toEqual([
        refKey(orders[0]!.ref),
        undefined,
        refKey(orders[2]!.ref),
      ]);
      expect(await h.look(3)).toMatchObject({ retired: false });
      expect(await h.look(2)).toMatchObject({ token: undefined });
    });
    lawWith(["time"], 9, "one call takes as many as the resource says", async () => {
      const all = Array.from({ length: Math.min(rig.resource.limit, MANY) }, (_, n) =>
        h.order(n + 1, null, rig.desired(n + 1)),
      );
      const out = await h.apply(...all);
      expect(out.filter((o) => o instanceof Fault)).toEqual([]);
      const lookups = all.map((o) => ({ ref: o.ref, token: o.token, id: undefined }));
      expect((await rig.resource.observe(lookups, signal)).size).toBe(all.length);
    });
    lawWith(["names", "scan"], 9, "a scan shows all of the tenant with its owner, and nobody else's", async () => {
      const mine = await Promise.all([h.make(1), h.make(2)]);
      await rig.byHand.make(3);
      const { installation, tenant } = rig.owner(1);
      const seen = await all(rig, { installation, tenant });
      expect(seen.map((s) => s.observed).sort(byId)).toEqual([...mine].sort(byId));
      expect(await all(rig, { installation, tenant: "another" })).toEqual([]);
    });
  });
}

const byId = (a: Observed, b: Observed): number => (a.id < b.id ? -1 : 1);

async function all(rig: Rig, scope: { readonly installation: string; readonly tenant: string }) {
  const out = [];
  for await (const page of rig.resource.scan!(scope, signal)) out.push(...page);
  return out;
}

/** Lost means that the caller does not know: an error of the whole call, or a fault of this item. */
async function lost(h: Hand, order: Order): Promise<void> {
  const outcome = await h.apply(order).then(
    (o) => o[0],
    (e: unknown) => e,
  );
  expect(outcome).toBeInstanceOf(Fault);
}

/** All that happens to an object, step by step; each step may be taken again. */
const lifeOf = (h: Hand, rig: Rig): readonly (readonly [step: string, act: () => Promise<unknown>])[] => [
  ["create", () => h.settle(1, rig.desired(1))],
  ["update", () => h.settle(1, rig.desired(1, true))],
  ["retire", () => h.settle(1, undefined)],
  ["restore", () => h.settle(1, rig.desired(1))],
  ["destroy", () => h.settle(1, undefined).then(() => h.settle(1, undefined, true))],
];

/** A life in which every step dies at one of its calls, and is taken again. Gives the steps that had so many calls. */
async function killedLife(rig: Rig, h: Hand, faults: Faults, crash: { at: number; where: Where }): Promise<string[]> {
  expect(crash.at, "ends some time").toBeLessThan(MANY);
  await rig.reset();
  const killed: string[] = [];
  for (const [step, act] of lifeOf(h, rig)) {
    if (!(await dies(faults, crash, act))) continue;
    killed.push(step);
    await act();
    const left = step === "destroy" ? 0 : 1;
    expect(await rig.byHand.count(1), `${step}, killed ${crash.where} call ${crash.at}`).toBe(left);
  }
  return killed;
}

/** Whether the process came so far as to die at this call. */
async function dies(
  faults: Faults,
  crash: NonNullable<Faults["crash"]>,
  act: () => Promise<unknown>,
): Promise<boolean> {
  faults.calls = 0;
  faults.crash = crash;
  const died = await act().then(
    () => false,
    (e: unknown) => e instanceof Crash || Promise.reject(e),
  );
  revive(faults);
  return died;
}

function revive(faults: Faults): void {
  faults.dead = false;
  faults.crash = undefined;
  faults.refuse.clear();
  faults.dropReply.clear();
}
