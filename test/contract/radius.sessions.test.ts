/** The laws of architecture.md for sessions, and the matrix: which change reaches a session how. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../reconcilers/errors.ts";
import { database } from "../../reconcilers/postgres.ts";
import { InUse } from "../../reconcilers/radius/in-use.ts";
import { news, sessions } from "../../reconcilers/radius/sessions.ts";
import { Crash } from "../lab/faults.ts";
import { signal } from "./hand.ts";
import { type More, openTown, SECRET, type Town } from "./radius.sessions.rig.ts";
import { ENDPOINT, subscriber } from "./radius.subjects.ts";

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());
beforeEach(() => town.reset());

const { ipv6 } = subscriber(1);
const SUSPENDED: More = { state: "Suspended" };
const THROTTLED: More = { ...SUSPENDED, limited: { mode: "Throttle", speed: { downKbps: 512, upKbps: 256 } } };
const V4: More = {
  ipv6: {
    mode: "None",
    wanPrefix: undefined,
    address: undefined,
    delegatedPrefix: undefined,
    delegatedPool: undefined,
  },
};
const WALLED: More = { ...V4, ...SUSPENDED, limited: { mode: "WalledGarden", list: "unpaid" } };
const FAST = { speed: { downKbps: 200_000, upKbps: 100_000 } };

describe("which change reaches a session how", () => {
  /** From `before` to `after`; a session of bng1 (MikroTik) or of another NAS. */
  const rows: readonly [string, More, More, readonly string[], string?][] = [
    ["nothing has changed", {}, {}, []],
    ["suspension by Reject", {}, SUSPENDED, ["Disconnect a1"]],
    ["resume from Reject: there is no session, and one that is left runs on the plan", SUSPENDED, {}, []],
    ["an address", {}, { ipv4: { assignment: "Static", address: "10.9.9.9", pool: undefined } }, ["Disconnect a1"]],
    ["a delegated prefix", {}, { ipv6: { ...ipv6, delegatedPrefix: "2001:db8:99::/56" } }, ["Disconnect a1"]],
    ["a route", {}, { routes: [] }, ["Disconnect a1"]],
    ["a pool", {}, { ipv4: { assignment: "Pool", pool: "cgnat" } }, ["Disconnect a1"]],
    ["a timeout counts from the next login", {}, { plan: { ...subscriber(1).plan, sessionTimeout: 3600 } }, []],
    ["option 82 is asked at the login only", {}, { option82: { ...subscriber(1).option82, policy: "Log" } }, []],
    ["throttle on a MikroTik", {}, THROTTLED, ["CoA a1 14988/8=256k/512k"]],
    ["and back", THROTTLED, {}, ["CoA a1 14988/8=50M/100M"]],
    ["throttle on a Juniper, which has no rate", {}, { ...THROTTLED, nas: ["bng1"] }, ["Disconnect a1"], "192.0.2.3"],
    ["walled garden, IPv4 only", V4, WALLED, ["CoA a1 14988/19=unpaid"]],
    ["walled garden takes the IPv6 away, which only a new session can", {}, { ...WALLED, ipv6 }, ["Disconnect a1"]],
    ["out of the garden: no vendor takes a list off a session", WALLED, V4, ["Disconnect a1"]],
    ["a resume before the NAS was told: what is left hears its plan", THROTTLED, {}, ["CoA a1 14988/8=50M/100M"]],
    ["from throttle to Reject", THROTTLED, SUSPENDED, ["Disconnect a1"]],
  ];
  test.each(rows)("%s", async (_, before, after, heard, nas) => {
    await town.declare(1, before);
    await town.settle(1, before);
    if (before.state !== "Suspended" || before.limited) await town.online(1, "a1", { ...(nas && { nas }) });
    await town.declare(1, after);
    expect(await town.settle(1, after)).toEqual(heard);
    expect(await town.outdated(1)).toBeNull();
    expect(await town.settle(1, after), "and once is enough").toEqual([]);
  });
  test("VLAN: the NAS that is told one", async () => {
    await town.declare(1, { nas: ["bng2"] });
    await town.online(1, "a1", { nas: "192.0.2.2" });
    await town.declare(1, { nas: ["bng2"], vlan: { service: 200, inner: undefined } });
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
  });
  test("a plan that is edited: by CoA at the NAS that holds the session, in the words of its vendor", async () => {
    for (const n of [1, 2]) await town.declare(n);
    await town.settle(1);
    await town.online(1, "a1");
    await town.setPlan(FAST);
    expect(await town.outdated(1)).toEqual(["CoA a1 at bng1: plan"]);
    expect(await town.settle(1)).toEqual(["CoA a1 14988/8=100M/200M"]);
  });
  test("a plan that is edited ends sessions where the vendor cannot: that is counted as an interruption", async () => {
    await town.declare(1, { nas: ["juniper1"] });
    await town.settle(1);
    await town.online(1, "a1", { nas: "192.0.2.3" });
    await town.setPlan({ profiles: { juniper: "inet-fast" } });
    const seen = await town.hand().look(1, town.wish(1, "session"));
    expect(town.hand().plan(1, seen, town.wish(1, "session")).changes).toMatchObject([{ impact: "disrupt" }]);
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
  });
  const other = (more: More["plan"]): More => ({ nas: ["juniper1"], ...(more && { plan: more }) });
  /** As a roll-out does: another group, which is there before anybody goes to it. */
  const moved = async (more: object): Promise<readonly string[] | null> => {
    const plan = { ...subscriber(1).plan, profiles: { juniper: "inet" } };
    await town.declare(1, other(plan));
    await town.settle(1);
    await town.online(1, "a1", { nas: "192.0.2.3" });
    await town.setPlan({ revision: 2, ...more });
    await town.declare(1, other({ ...plan, revision: 2, ...more }));
    return (await town.outdated(1)) as readonly string[] | null;
  };
  test("who goes to another revision of a plan is counted as an interruption as well", async () => {
    expect(await moved({ profiles: { juniper: "inet-fast" } })).toEqual(["Disconnect a1 at juniper1: plan"]);
    const seen = await town.hand().look(1, town.wish(1, "session"));
    expect(town.hand().plan(1, seen, town.wish(1, "session")).changes).toMatchObject([{ impact: "disrupt" }]);
  });
  test("who goes to a revision that says the same to a session hears nothing", async () => {
    expect(await moved({ simultaneousUse: 7 })).toBeNull();
  });
  test("a suspension is counted with the account, and never a second time", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, SUSPENDED);
    const seen = await town.hand().look(1, town.wish(1, "session"));
    expect(town.hand().plan(1, seen, town.wish(1, "session")).changes[0]).not.toHaveProperty("impact");
  });
});

test("who edits a plan need not know its customers: those who are online are named, others are not", async () => {
  for (const n of [1, 2]) await town.declare(n);
  await town.online(1, "a1");
  const ear = new AbortController();
  const heard = news(town.watch(), ear.signal, 20);
  const first = heard.next();
  await town.setPlan(FAST);
  expect((await first).value).toEqual([`${ENDPOINT}/session/${subscriber(1).userName}`]);
  const end = heard.next().then(
    () => "more",
    () => "ended",
  );
  ear.abort();
  expect(await end).toMatch(/ended|more/);
});

describe("which sessions", () => {
  test("only those that began before, with the time that a login takes; and who logged in since is left alone", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, { routes: [] });
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
    await town.online(1, "a2", { ago: 0 });
    expect(await town.outdated(1)).toBeNull();
  });
  test("all of them, each at the NAS that holds it", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.online(1, "a2", { nas: "192.0.2.2" });
    await town.declare(1, SUSPENDED);
    await town.settle(1);
    expect([town.bng.heard, town.bng2.heard]).toEqual([["Disconnect a1"], ["Disconnect a2"]]);
  });
  test("a session of which nobody has reported for three intervals is no open session", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1", { ago: 9000, heard: 3 * 600 + 120 });
    await town.declare(1, SUSPENDED);
    expect(await town.settle(1)).toEqual([]);
    expect(await town.facts(1)).toMatchObject({ stale: 1, active: "[]" });
  });
  test("503 is what was wanted: it is gone already", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    town.bng.up.clear();
    await town.declare(1, SUSPENDED);
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
    expect(await town.facts(1)).toMatchObject({ active: "[]", lastOutcome: "already gone" });
  });
  test("one that goes on to be reported after its end was acknowledged is told again", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, SUSPENDED);
    await town.settle(1);
    await town.pool.query(
      "update radacct set acctstoptime = null, acctupdatetime = now() + interval '2 minutes' where acctsessionid = 'a1'",
    );
    expect(await town.outdated(1)).toEqual(["Disconnect a1 at bng1: rejected"]);
  });
  test("a NAS without a secret is told nothing, holds nothing up, and that is said", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1", { nas: "192.0.2.4" });
    await town.online(1, "a2", { nas: "198.51.100.1" });
    await town.declare(1, SUSPENDED);
    expect(await town.settle(1)).toEqual([]);
    expect(await town.facts(1)).toMatchObject({ untold: "NAS mute1 has no secretRef" });
  });
  test("what people are told of a session", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    const { active } = (await town.facts(1)) as { active: string };
    expect(JSON.parse(active)).toMatchObject([
      { id: "a1", nas: "bng1", port: "ether1", mac: "aa:bb", address: "10.0.0.1", since: expect.stringMatching(/Z$/) },
    ]);
  });
});

describe("what was given to a session is in use yet", () => {
  const ROUTES: More = { routes: [] };
  const isInUse = async (): Promise<boolean> => (await town.hand().look(1))?.inUse === true;
  const online = async (more: Parameters<typeof town.online>[2] = {}): Promise<void> => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1", more);
  };
  const end = async (): Promise<void> => {
    await town.rows.settle(1, undefined);
    await town.settle(1, null);
  };
  const goesOn = () => town.pool.query("update radacct set acctstoptime = null");
  test("of who is served as his rows say, nothing that anybody waits for", async () => {
    await online();
    expect(await isInUse()).toBe(false);
  });
  test("of who ends: until its Stop is seen, though the NAS has acknowledged; then no more", async () => {
    await online();
    await end();
    await goesOn();
    expect(await isInUse()).toBe(true);
    await town.pool.query("update radacct set acctstoptime = now()");
    expect(await isInUse()).toBe(false);
  });
  test("the NAS knows it no more: its Stop was lost, and nobody waits for it", async () => {
    await online();
    town.bng.up.clear();
    await end();
    expect(await isInUse()).toBe(false);
  });
  test("nothing can be said to that NAS: as long as it is reported on, and not for ever", async () => {
    await online({ nas: "192.0.2.4" });
    await end();
    expect(await isInUse()).toBe(true);
    await town.pool.query("update radacct set acctupdatetime = now() - interval '2 hours'");
    expect(await isInUse()).toBe(false);
  });
  test("an address is another one: until the session with the former has ended; a new one does not count", async () => {
    await online();
    await town.declare(1, ROUTES);
    expect(await isInUse()).toBe(true);
    await town.settle(1);
    await goesOn();
    expect(await isInUse()).toBe(true);
    await town.pool.query("update radacct set acctstoptime = now()");
    await town.online(1, "a2", { ago: 0 });
    expect(await isInUse()).toBe(false);
  });
  test("another speed takes nothing away", async () => {
    await online();
    await town.setPlan(FAST);
    expect(await isInUse()).toBe(false);
  });
  test("whoever waits hears of its end", async () => {
    await online();
    await end();
    await goesOn();
    let now = 0;
    const inUse = new InUse(() => now);
    const ear = new AbortController();
    const of = { ...town.watch(), inUse };
    inUse.note(subscriber(1).userName, true);
    const heard = news(of, ear.signal, 20).next();
    await town.pool.query("update radacct set acctstoptime = now()");
    now = 600_000;
    expect((await heard).value).toEqual([`${ENDPOINT}/session/${subscriber(1).userName}`]);
    ear.abort();
  });
});

describe("a NAS that does not do it", () => {
  const suspend = async (): Promise<void> => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, SUSPENDED);
  };
  const told = async (n = 1): Promise<unknown> => (await town.hand().apply(town.order(n, "update")))[0];
  test("silence is not known, is no trouble of the database, and is tried again", async () => {
    await suspend();
    town.restart(true);
    town.bng.trouble.of = "deaf";
    expect(await told()).toMatchObject({ code: "NASSilent", kind: "Conflict" });
    expect(await town.outdated(1)).toEqual(["Disconnect a1 at bng1: rejected"]);
    expect(await town.facts(1)).toMatchObject({ lastOutcome: "no answer" });
    town.bng.trouble.of = undefined;
    town.restart();
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
  });
  test("while one is silent the others of it are not waited for, and other NAS go on", async () => {
    await suspend();
    await town.declare(2);
    await town.settle(2);
    await town.online(2, "b1", { nas: "192.0.2.2" });
    await town.declare(2, SUSPENDED);
    town.restart(true);
    town.bng.trouble.of = "deaf";
    await told();
    const out = await town.hand().apply(town.order(1, "update"), town.order(2, "update"));
    expect(out).toMatchObject([{ code: "NASSilent" }, { retired: false }]);
    expect(town.bng2.heard).toEqual(["Disconnect b1"]);
  });
  test("an answer that was lost: it is asked again, and hears that it is gone", async () => {
    await suspend();
    town.restart(true);
    town.bng.trouble.of = "dumb";
    expect(await told()).toMatchObject({ code: "NASSilent" });
    town.bng.trouble.of = undefined;
    await town.pool.query("update radacct set acctstoptime = null");
    town.restart();
    expect(await town.settle(1)).toEqual(["Disconnect a1"]);
    expect(await town.facts(1)).toMatchObject({ lastOutcome: "already gone" });
  });
  test("a NAK says why, in words", async () => {
    await suspend();
    town.bng.trouble.of = 506;
    const fault = (await told()) as Fault;
    expect(fault).toMatchObject({ code: "NASRefused", kind: "Conflict" });
    expect(fault.message).toContain("506 resources unavailable");
  });
  test("what no packet can hold is the trouble of one, and of nobody else; a CoA becomes a Disconnect", async () => {
    await suspend();
    await town.declare(2);
    await town.settle(2);
    const unsayable = "x".repeat(300);
    await town.online(2, unsayable);
    await town.declare(2, SUSPENDED);
    const out = await town.hand().apply(town.order(2, "update"), town.order(1, "update"));
    expect(out).toMatchObject([{ code: "NASRefused" }, { retired: false }]);
    expect(town.bng.heard).toEqual(["Disconnect a1"]);
    await town.declare(3);
    await town.settle(3);
    await town.online(3, "c1");
    await town.declare(3, THROTTLED);
    await town.pool.query("update radreply set value = $1 where username = $2 and attribute = 'Mikrotik-Rate-Limit'", [
      "1k/1k ".repeat(50),
      subscriber(3).userName,
    ]);
    expect(await town.settle(3)).toEqual(["Disconnect c1"]);
  });
  test("a CoA that it will never carry out becomes a Disconnect", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, THROTTLED);
    town.bng.trouble.coa = 401;
    expect(await town.settle(1)).toEqual(["CoA a1 14988/8=256k/512k", "Disconnect a1"]);
  });
});

describe("the laws", () => {
  test("1: what is not there is absent; a read that fails is a Fault", async () => {
    expect(await town.hand().look(1)).toBeNull();
    for (const code of ["28P01", "42P01", "57P01", "ECONNREFUSED"]) {
      const error = Object.assign(new Error(`value ${SECRET}`), { code });
      const db = database({ connect: () => Promise.reject(error), end: async () => undefined });
      const broken = sessions({ db, endpoint: ENDPOINT, nas: town.config.nas, links: new Map(), inUse: new InUse() });
      const seen = await broken
        .observe([{ ref: town.wish(1, "session").ref, token: "lm_t", id: undefined }], signal)
        .catch((e) => e);
      expect(seen, code).toBeInstanceOf(Fault);
      expect(String(seen)).not.toContain(SECRET);
    }
  });
  test("2: a create whose reply was lost is found again, and made once more is still one", async () => {
    town.faults.dropReply.set("radius.write", 1);
    const create = { ...town.order(1, "create"), id: undefined };
    await expect(town.hand().apply(create)).rejects.toBeInstanceOf(Fault);
    expect(await town.hand().look(1)).toMatchObject({ token: create.token });
    expect(await town.hand().apply(create)).toMatchObject([{ token: create.token }]);
  });
  test("5: what another owner holds is refused in every way", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, SUSPENDED);
    const thief = { token: "lm_somebody-else", owner: "lab/acme/Subscriber/acme/thief" };
    for (const action of ["create", "update", "retire", "destroy"] as const)
      expect(await town.hand().apply({ ...town.order(1, action), ...thief }), action).toMatchObject([
        { kind: "Conflict", code: "NotOwned" },
      ]);
    expect(town.bng.heard).toEqual([]);
  });
  test("6: retired is who is told to be gone; a return is the same; destroyed is nothing left", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.rows.settle(1, undefined);
    expect(await town.settle(1, null)).toEqual(["Disconnect a1"]);
    expect(await town.hand().look(1)).toMatchObject({ retired: true });
    await town.declare(1);
    expect(await town.settle(1)).toEqual([]);
    expect(await town.hand().look(1)).toMatchObject({ retired: false });
    await town.settle(1, null);
    expect(await town.hand().apply(town.order(1, "destroy"))).toEqual([null]);
    expect(await town.hand().look(1)).toBeNull();
    expect(await town.hand().apply(town.order(1, "destroy"))).toEqual([null]);
  });
  test("6: who is taken away while his account still lets him in is told nothing", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.setPlan(FAST);
    expect(await town.settle(1, null)).toEqual([]);
  });
  test.each(["before", "after"] as const)(
    "7: killed %s any call, the next run ends the session: nothing is lost, and at most one is told twice",
    async (where) => {
      for (let at = 1; ; at++) {
        await town.reset();
        await town.declare(1);
        await town.settle(1);
        await town.online(1, "a1");
        await town.declare(1, SUSPENDED);
        town.faults.calls = 0;
        town.faults.crash = { at, where };
        const died = await town.settle(1).then(
          () => false,
          (e: unknown) => e instanceof Crash || Promise.reject(e),
        );
        town.faults.dead = false;
        town.faults.crash = undefined;
        town.restart();
        await town.settle(1);
        expect(await town.outdated(1)).toBeNull();
        expect(town.bng.up.size, `killed ${where} call ${at}`).toBe(0);
        expect(town.bng.heard.length, `killed ${where} call ${at}`).toBeLessThanOrEqual(2);
        if (!died) break;
        expect(at).toBeLessThan(100);
      }
    },
  );
  test("8: no secret in an observation, a plan or a fault", async () => {
    await town.declare(1);
    await town.settle(1);
    await town.online(1, "a1");
    await town.declare(1, SUSPENDED);
    town.bng.trouble.of = 506;
    const seen = await town.hand().look(1);
    const all = [
      seen,
      town.hand().plan(1, seen, town.wish(1, "session")),
      await town.hand().apply(town.order(1, "update")),
    ];
    expect(JSON.stringify(all) + String(all[2])).not.toContain(SECRET);
  });
  test("9: one call takes as many as the resource says; a scan shows all of the tenant, and nobody else's", async () => {
    const { limit } = town.resource();
    const all = Array.from({ length: limit }, (_, n) => ({ ...town.order(n + 1, "create"), id: undefined }));
    expect((await town.hand().apply(...all)).filter((o) => o instanceof Fault)).toEqual([]);
    const scan = async (tenant: string) => {
      const out = [];
      for await (const page of town.resource().scan!({ installation: "lab", tenant }, signal)) out.push(...page);
      return out;
    };
    expect((await scan("acme")).length).toBe(limit);
    expect(await scan("another")).toEqual([]);
  });
});
