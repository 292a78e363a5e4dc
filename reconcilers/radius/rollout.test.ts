/** While an edit of a plan reaches its subscribers one after the other: every account has its group at every moment. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LastmileObject, Subscriber } from "../../controller/api/types.generated.ts";
import { Catalog, keyOfObject } from "../../controller/core/catalog.ts";
import { type Composed, compose } from "../../controller/core/compose.ts";
import { type Desired, refKey } from "../../controller/core/model.ts";
import type { OwnerKey } from "../../controller/core/owner.ts";
import { plan, radius, subscriber, tenant } from "../../controller/core/resolve/fixture.ts";
import { Revisions } from "../../controller/core/revisions.ts";
import { advanced, begun, edited, type Progress, type RolloutPolicy } from "../../controller/core/rollout.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { config } from "../../test/contract/radius.subjects.ts";
import { desired } from "./desired.ts";

const specs = [100, 200, 300].map((m) => plan({ speed: { down: `${m}Mbps`, up: "50Mbps" } }).spec);
const [A, B] = [specs[0]!, specs[1]!];
const names = Array.from({ length: 6 }, (_, n) => `s${n}`);
const ownerOf = (name: string): OwnerKey => `i/acme/Subscriber/isp-acme/${name}`;
const PLAN = "i/acme/ServicePlan/isp-acme/basic";
const sub = (name: string): Subscriber => subscriber({ subscriberNumber: name }, name);
const policy: RolloutPolicy = { step: { count: 2 }, pauseMs: 60_000, from: 2, stopAfter: 3 };
const served = [{ name: "mitte", olts: ["olt1"], nas: config.nas.slice(0, 1).map((n) => n.name) }];
const base: readonly LastmileObject[] = [tenant({ servingAreas: served }), radius(), plan({ speed: A.speed })];

function composed(key: OwnerKey, p: Progress, objects: readonly LastmileObject[]): Composed {
  const catalog = new Catalog(objects);
  catalog.revise(keyOfObject(plan()), new Revisions(p));
  const endpoint = (name: string) => ({ desired: (s: Parameters<typeof desired>[0]) => desired(s, name, config) });
  return compose(catalog, key, { installation: "i", endpoint, secrets: { password: new Sensitive("p") }, held: {} });
}
const groupsOf = (p: Progress): readonly string[] => {
  const { desired: all, blocked } = composed(PLAN, p, base);
  expect(blocked).toEqual([]);
  return all.map((d) => d.ref.key);
};
const accountOf = (name: string, p: Progress, s: Subscriber = sub(name)): Desired | undefined =>
  composed(ownerOf(name), p, [...base, s]).desired.find((d) => d.ref.resource === "account");
const groupOf = (name: string, p: Progress): string => String(accountOf(name, p)?.spec["group"]);
const look = (p: Progress, now: number): Progress => advanced(p, { policy, now, paused: false, belongs: () => true });
const arrived = (p: Progress, which: (owner: OwnerKey) => boolean): Progress => ({
  ...p,
  members: p.members.map((m) => (m.place === "Released" && which(m.owner) ? { ...m, place: "Ready" } : m)),
});
const edit = (p: Progress, spec: typeof A): Progress => edited(p, spec, names.map(ownerOf), { policy, now: 0 });
const rolling = (): Progress => look(edit(begun(A), B), 0);

describe("a plan in two revisions", () => {
  const [old, next] = ["acme:basic:mikrotik", "acme:basic~2:mikrotik"];
  test("has both groups, each with its own speed, until the last user of the old one has arrived", () => {
    const p = rolling();
    const rates = composed(PLAN, p, base).desired.map((d) => [d.ref.key, d.spec["mikrotikRate"]]);
    expect(Object.fromEntries(rates)).toMatchObject({ [old]: "50M/100M", [next]: "50M/200M" });
    const all = [60_000, 120_000, 180_000].reduce(
      (q, now) =>
        look(
          arrived(q, () => true),
          now,
        ),
      p,
    );
    expect(groupsOf(all)).toEqual([next]);
    const late = [60_000, 120_000, 180_000].reduce(
      (q, now) =>
        look(
          arrived(q, (o) => o !== firstOf(p)),
          now,
        ),
      p,
    );
    expect(late.rollout.state).toBe("Done");
    expect(groupsOf(late)).toEqual([next, old]);
  });
  test("its subscribers are in the one that counts for them, and wait for that group", () => {
    const p = rolling();
    const found = names.map((n) => groupOf(n, p)).toSorted();
    expect(found).toEqual([next, next, old, old, old, old].toSorted());
    for (const n of names) expect(accountOf(n, p)?.requires).toEqual([`radius-1/group/${groupOf(n, p)}`]);
  });
  test("who joins starts on the new one; who is suspended is in none, at once", () => {
    expect(groupOf("newcomer", rolling())).toBe(next);
    const waiting =
      rolling()
        .members.find((m) => m.place === "Waiting")
        ?.owner.split("/")
        .at(-1) ?? "";
    const suspended = { ...sub(waiting), spec: { ...sub(waiting).spec, serviceState: "Suspended" as const } };
    expect(accountOf(waiting, rolling(), suspended)?.spec).toMatchObject({ authType: "Reject", group: null });
  });
  test("without an edit the group has its plain name", () => {
    expect(groupsOf(begun(A))).toEqual([old]);
    expect(composed(PLAN, begun(A), base).desired.map((d) => refKey(d.ref))).toEqual([`radius-1/group/${old}`]);
  });
});
const firstOf = ({ members }: Progress): OwnerKey => members.find((m) => m.place === "Released")?.owner ?? "";

test("whatever happens, the plan wants every group that an account may be in", () => {
  const event = fc.oneof(
    fc.record({ arrives: fc.constantFrom(...names) }),
    fc.record({ spec: fc.constantFrom(...specs) }),
    fc.record({ after: fc.constantFrom(1_000, 60_000) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      let p = begun(A);
      let now = 0;
      /** Where its account is, or may be while it moves. */
      const seen = new Map(names.map((n) => [n, new Set([groupOf(n, p)])]));
      for (const e of events) {
        if ("spec" in e) p = edit(p, e.spec);
        else if ("after" in e) now += e.after;
        else {
          p = arrived(p, (owner) => owner === ownerOf(e.arrives));
          if (p.members.some((m) => m.owner === ownerOf(e.arrives) && m.place === "Ready"))
            seen.set(e.arrives, new Set([groupOf(e.arrives, p)]));
        }
        p = look(p, now);
        const there = groupsOf(p);
        for (const n of names) {
          const groups = seen.get(n)!.add(groupOf(n, p));
          expect([...groups].filter((g) => !there.includes(g))).toEqual([]);
        }
      }
    }),
    { numRuns: 60 },
  );
});
