/** Rotation: a changed secret or user name waits for the router, and nobody is locked out at any step. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type Access, access, aSecondLater, dials, everythingStored, letIn, tags } from "./access.ts";
import { condition, controller, eventually } from "./provider.ts";

const WORDS = Array.from({ length: 11 }, (_, n) => `dial-in-word-no-${n}`);
const USER = "nora@acme.example";
const NEVER = { maintenanceWindows: [{ schedule: "0 0 29 2 *", duration: "1m", gates: ["All"] }] };

describe("rotation WithDevice", () => {
  let p: Access;
  let router: Cpe;
  let word = 0;
  const line = (radius: object = {}): Record<string, unknown> => ({
    ...tags(1001),
    onu: { olt: "olt1", serial: "ACME00000001" },
    cpe: { serial: "LR-0001" },
    radius: { passwordSecretRef: { name: "nora-radius" }, ...radius },
  });
  /** What it dials with, which must be let in whenever somebody looks. */
  const dialing = async (): Promise<string> => {
    const pair = dials(router);
    expect(await letIn(p)).toContain(pair);
    return pair;
  };
  const next = async (): Promise<string> => {
    word += 1;
    await p.secret("isp-acme/nora-radius/password", WORDS[word]!);
    return WORDS[word]!;
  };
  beforeAll(async () => {
    p = await access();
    p.onu("ACME00000001");
    router = p.router("LR-0001");
    await p.secret("isp-acme/nora-radius/password", WORDS[0]!);
    p.lines["nora"] = line();
    await p.applied();
  });
  beforeEach(() => dialing());
  afterAll(() => p?.end());

  it("at once, where the router answers; the plan shows digests only", async () => {
    const now = await next();
    const plan = await p.plan();
    expect(plan.code, plan.text).toBe(2);
    expect(plan.out).toMatch(/\(secret [^)]+\) → \(secret [^)]+\)/);
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${now}`);
    expect((await p.plan()).code).toBe(0);
  });

  it.each(["before", "after"] as const)("and where its session breaks off %s it took the new one", async (when) => {
    router.breaksOff = when;
    const now = await next();
    await p.applied();
    expect(router.breaksOff).toBeUndefined();
    expect(await dialing()).toBe(`${USER} ${now}`);
    expect(condition(await p.show("nora"), "Ready")).toBe("True Converged");
  });

  it("while the router is away both keep the old one, which is no error; explain says what it waits for", async () => {
    const before = dials(router);
    router.online = false;
    await next();
    await p.applied();
    expect(await dialing()).toBe(before);
    const status = await p.show("nora");
    expect(condition(status, "Ready")).toBe("True AwaitingDevice");
    expect(condition(status, "RADIUSReady")).toMatch(/AwaitingDevice$/);
    expect(await p.explain("nora")).toMatch(/LR-0001/);
    expect(p.acs.tasks().filter((task) => task.name === "setParameterValues")).toEqual([]);
  });

  it("when it informs, both change", async () => {
    router.inform();
    await dialing();
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${WORDS[word]}`);
    expect(condition(await p.show("nora"), "Ready")).toBe("True Converged");
  });

  it("everything else of the line goes on while the password waits", async () => {
    const before = dials(router);
    router.online = false;
    await next();
    p.lines["nora"] = {
      ...line(),
      networkProfile: { ...(tags(1001)["networkProfile"] as object), staticIPv4: "10.0.1.77" },
    };
    await p.applied();
    const { rows } = await p.radius.query("select value from radreply where attribute = 'Framed-IP-Address'");
    expect(rows).toEqual([{ value: "10.0.1.77" }]);
    expect(await dialing()).toBe(before);
    router.inform();
    p.lines["nora"] = line();
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${WORDS[word]}`);
  });

  it("a new user name is held like a new password", async () => {
    const before = dials(router);
    router.online = false;
    p.lines["nora"] = line({ username: "nora.new@acme.example" });
    await p.applied();
    expect(await dialing()).toBe(before);
    router.inform();
    await p.applied();
    expect(await dialing()).toBe(`nora.new@acme.example ${WORDS[word]}`);
    expect((await letIn(p)).filter((pair) => pair.startsWith(USER))).toEqual([]);
    p.lines["nora"] = line({ username: USER }); // once given it stays, unless another one is declared
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${WORDS[word]}`);
  });

  it.each([
    ["paused", { "radius-1": { paused: true } }],
    ["in mode Observe", { "radius-1": { mode: "Observe" } }],
    ["outside of its window for all changes", { "radius-1": NEVER }],
  ])("RADIUS %s: the router is not told", async (_, changed) => {
    const before = dials(router);
    await p.declareHouse(changed);
    await next();
    const answer = await p.tried();
    expect(answer.code, answer.text).toBe(3);
    expect(await dialing()).toBe(before);
    await p.declareHouse();
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${WORDS[word]}`);
  });

  it("RADIUS away: the router is not told, until it is back", async () => {
    const before = dials(router);
    const [{ name }] = (await p.radius.query<{ name: string }>("select current_database() as name")).rows as [
      { name: string },
    ];
    await next();
    await p.store.query(`alter database "${name}" with allow_connections false`);
    await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    const answer = await p.tried("--timeout", "3");
    expect(answer.code, answer.text).not.toBe(0);
    expect(dials(router)).toBe(before);
    await p.store.query(`alter database "${name}" with allow_connections true`);
    await eventually(
      () => letIn(p).catch(() => []),
      (all) => all.length > 0,
    );
    expect(await dialing()).toBe(before);
    await p.applied();
    expect(await dialing()).toBe(`${USER} ${WORDS[word]}`);
  });

  it("the router refuses the password: RADIUS keeps the old one, and the fault is named without it", async () => {
    const before = dials(router);
    router.rejects("Device.PPP.Interface.1.Password", "9007");
    word = 0;
    await p.secret("isp-acme/nora-radius/password", WORDS[0]!);
    const answer = await p.tried();
    expect(answer.code, answer.text).not.toBe(0);
    expect(await dialing()).toBe(before);
    const said = await p.explain("nora");
    expect(said).toMatch(/Password/);
    expect(said).toMatch(/9007/);
  });

  it("no password of all these is in any output, task, fault or, in clear, in the store", async () => {
    await p.lastmile(["history", "nora", "-o", "json"]);
    const text = [
      p.said.join("\n"),
      JSON.stringify([p.acs.tasks(), p.acs.faults(), p.acs.presets()]),
      await everythingStored(p),
    ];
    expect(text[2]).toContain("SUB-nora"); // the store was really read
    for (const one of text) for (const secret of WORDS) expect(one.includes(secret)).toBe(false);
  });
});

describe("rotation beside other routers", () => {
  let p: Access;
  const at = (n: number, more: object): Record<string, unknown> => ({
    ...tags(1000 + n),
    onu: { olt: "olt1", serial: `ACME0000000${n}` },
    ...more,
  });
  const secret = (name: string, rotation?: string): object => ({
    radius: { passwordSecretRef: { name: `${name}-radius` }, ...(rotation && { rotation }) },
  });
  let router: Cpe;
  beforeAll(async () => {
    p = await access();
    for (const n of [1, 2, 3]) p.onu(`ACME0000000${n}`);
    router = p.router("LR-0001");
    for (const name of ["otto", "own", "fast"]) await p.secret(`isp-acme/${name}-radius/password`, WORDS[0]!);
    p.lines["otto"] = at(1, { cpe: { serial: "LR-0001" }, ...secret("otto") });
    p.lines["own"] = at(2, secret("own"));
    p.lines["fast"] = at(3, { cpe: { serial: "LR-0003" }, ...secret("fast", "Force") });
    await p.applied();
  });
  afterAll(() => p?.end());

  it("a router that nobody manages would be locked out: refused with RouterNotManaged, and the old one counts", async () => {
    await p.secret("isp-acme/own-radius/password", WORDS[1]!);
    const answer = await p.tried();
    expect(answer.code, answer.text).toBe(3);
    expect(condition(await p.show("own"), "Ready")).toBe("False RouterNotManaged");
    expect(await letIn(p)).toContain(`own@acme.example ${WORDS[0]}`);
    p.lines["own"] = at(2, secret("own", "Force"));
    await p.applied();
    expect(await letIn(p)).toContain(`own@acme.example ${WORDS[1]}`);
  });

  it("Force does not wait for the router", async () => {
    await p.secret("isp-acme/fast-radius/password", WORDS[1]!);
    await p.applied();
    expect(await letIn(p)).toContain(`fast@acme.example ${WORDS[1]}`);
  });

  it("a controller that stays: the password changes by itself when the router informs, and its log holds none", async () => {
    router.online = false;
    await p.secret("isp-acme/otto-radius/password", WORDS[2]!);
    await p.applied();
    expect(await letIn(p)).toContain(dials(router));
    expect(dials(router)).toContain(WORDS[0]);
    const run = await controller(p);
    router.inform();
    await eventually(
      async () => dials(router),
      (pair) => pair.endsWith(WORDS[2]!),
    );
    await eventually(
      () => letIn(p),
      (all) => all.includes(`otto@acme.example ${WORDS[2]}`),
    );
    run.process.kill("SIGINT");
    await new Promise((gone) => run.process.once("exit", gone));
    for (const word of WORDS) expect(run.log().includes(word)).toBe(false);
  });

  it("a new router at home gets what RADIUS lets in; the one before loses it", async () => {
    p.lines["otto"] = at(1, { cpe: { serial: "LR-0009" }, ...secret("otto") });
    const spare = p.router("LR-0009");
    await p.applied();
    expect(await letIn(p)).toContain(dials(spare));
    expect(dials(router)).not.toContain("otto@acme.example");
  });

  it("a router reset to the factory gets the same again, RADIUS unchanged", async () => {
    const spare = p.router("LR-0003");
    await p.applied();
    const before = await letIn(p);
    expect(before).toContain(dials(spare));
    spare.factoryReset();
    spare.inform();
    await aSecondLater();
    await p.applied();
    expect(await letIn(p)).toEqual(before);
    expect(before).toContain(dials(spare));
  });
});
