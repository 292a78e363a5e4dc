/** "What a user can do at the end", with kubectl alone. Every title is a sentence of the promise. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, NAMESPACE, openSite, type Site } from "../site.ts";
import { ACTIVE, checks, converges, everything, groups, message, REJECTED } from "./words.ts";

const ANNA = "anna@acme.example";
const EXAMPLES = join(import.meta.dirname, "../../../examples");
const networkProfile = { serviceVlan: 100, innerVlan: 1000, staticIPv4: "10.0.1.5" };
const anna = (spec: Record<string, unknown> = {}): object => subscriber("anna", { networkProfile, ...spec });

let site: Site;
let controller: Controller;
const here = (...args: readonly string[]) => site.kubectl("-n", NAMESPACE, ...args);
const header = (text: string): readonly string[] => (text.split("\n")[0] ?? "").trim().split(/ {2,}|\t/);

beforeAll(async () => {
  site = await openSite({
    more: [plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } })],
    policies: { budgets: { minimum: 1000 } },
  });
  controller = await site.run();
  await site.apply(anna());
});
afterAll(() => site?.close());

describe("kubectl apply", () => {
  it("kubectl wait --for=condition=Ready behaves", async () => {
    const done = await here("wait", "--for=condition=Ready", "subscriber/anna", "--timeout=60s");
    expect(done.text).toContain("anna condition met");
    expect(await checks(site, ANNA)).toEqual(ACTIVE);
  });

  it("kubectl get subscribers shows plan, state, IPv4, VLAN, ready, reason, age", async () => {
    const { out } = await here("get", "subscribers");
    expect(header(out)).toEqual(["NAME", "NUMBER", "PLAN", "STATE", "IPV4", "VLAN", "READY", "REASON", "AGE"]);
    expect(out).toMatch(/anna +SUB-anna +basic +Active +10\.0\.1\.5 +100\.1000 +True +Converged +\d+/);
  });

  it("-o wide more", async () => {
    const [narrow, wide] = [await here("get", "subscribers"), await here("get", "subscribers", "-o", "wide")];
    expect(header(wide.out).length).toBeGreaterThan(header(narrow.out).length);
    expect(header(wide.out)).toEqual(expect.arrayContaining([...header(narrow.out)]));
  });

  it("the short names of the reference work: sub, xs, tn", async () => {
    for (const name of ["sub/anna", "xs/radius-1", "tn/acme"]) {
      const found = await here("get", name);
      expect(found.code, found.text).toBe(0);
    }
  });

  it("kubectl get tenants shows namespace, subscribers, ready, reason", async () => {
    await soon(async () => expect((await here("get", "tenants")).out).toMatch(/acme +isp-acme +1 .*True +Converged/));
  });

  it("kubectl describe shows conditions per system and events on transitions", async () => {
    const { out } = await here("describe", "subscriber", "anna");
    expect(out).toMatch(/Type: +RADIUSReady/);
    expect(out).toMatch(/Type: +Ready/);
    const [, events = ""] = out.split(/^Events:/m);
    expect(events).toMatch(/Normal +Converged/);
  });

  it("a generated NetworkProfile is mirrored as an object: owner reference, label, allocations in its status", async () => {
    await site.apply(subscriber("greta"));
    await converges(site, "greta");
    const made = await soonProfile("greta");
    expect(made).toMatchObject({
      metadata: {
        labels: expect.any(Object),
        ownerReferences: [expect.objectContaining({ kind: "Subscriber", name: "greta" })],
      },
      status: { source: "Generated", subscriber: "greta", addresses: { pool: "cgn-pool" } },
    });
  });

  it("a generated NetworkProfile is never read as input", async () => {
    const before = await everything(site);
    const made = await soonProfile("greta");
    const done = await here(
      ...["patch", "networkprofile", made.metadata.name, "--type=merge"],
      ...["-p", JSON.stringify({ spec: { staticIPv4: "10.0.1.77" } })],
    );
    if (done.code === 0) await site.apply(subscriber("gustav"));
    if (done.code === 0) await converges(site, "gustav", "greta");
    expect(await everything(site)).not.toContain("10.0.1.77");
    if (done.code !== 0) expect(await everything(site)).toBe(before);
  });

  it("allocations of a declared NetworkProfile are in its status", async () => {
    await site.apply(
      profile("hanna", { staticIPv4: "10.0.1.8", serviceVlan: 100, innerVlan: 1008 }),
      subscriber("hanna", { networkProfileRef: { name: "hanna" } }),
    );
    await converges(site, "hanna");
    await soon(async () =>
      expect((await site.read("networkprofiles", "hanna"))?.status).toMatchObject({
        source: "Declared",
        subscriber: "hanna",
        addresses: { ipv4: "10.0.1.8" },
      }),
    );
  });

  it("kubectl explain subscriber.spec behaves", async () => {
    const { code, out } = await here("explain", "subscriber.spec");
    expect(code).toBe(0);
    expect(out).toMatch(/KIND: +Subscriber/);
    for (const field of ["subscriberNumber", "planRef", "serviceState", "networkProfile"]) expect(out).toContain(field);
    expect(out).not.toContain("<empty>");
    expect((await here("explain", "subscriber.spec.serviceState")).out).toContain("Suspended: see suspension");
  });

  it("kubectl diff: nothing after apply, the change before the next, and no effect", async () => {
    const before = await everything(site);
    const same = await diff(anna());
    expect(same.code, same.text).toBe(0);
    const changed = await diff(anna({ planRef: { name: "fast" } }));
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(/^-\s+name: basic$/m);
    expect(changed.out).toMatch(/^\+\s+name: fast$/m);
    expect(await everything(site)).toBe(before);
  });

  it("--dry-run=server has no effect: neither of a new subscriber nor of an edit", async () => {
    const dry = await site.tried([subscriber("dry"), anna({ planRef: { name: "fast" } })], "--dry-run=server");
    expect(dry.text).toMatch(/dry created \(server dry run\)/);
    await site.apply(subscriber("berta")); // whatever came before it has been seen when this one is done
    await converges(site, "berta", "anna");
    expect(await site.read("subscribers", "dry")).toBeUndefined();
    expect(await checks(site, "dry@acme.example")).toEqual([]);
    expect(await groups(site, ANNA)).toEqual(["acme:basic:mikrotik"]);
  });

  it("server-side apply: no conflict with the controller, which never writes spec", async () => {
    const done = await site.tried(
      [subscriber("carl", { networkProfile: { staticIPv4: "10.0.1.9" } })],
      "--server-side",
    );
    expect(done.code, done.text).toBe(0);
    await converges(site, "carl");
    const again = await site.tried([subscriber("carl", { planRef: { name: "fast" } })], "--server-side");
    expect(again.code, again.text).toBe(0);
    await soon(async () => expect(await groups(site, "carl@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "carl");
    expect(await managersOf("carl", "f:spec")).toEqual(["kubectl"]);
  });

  it("status by server-side apply with one field manager", async () => {
    expect(await managersOf("carl", "f:status")).toHaveLength(1);
  });

  it("an edit with kubectl patch takes effect, and an event tells of the transition", async () => {
    const done = await here(
      "patch",
      "subscriber",
      "anna",
      "--type=merge",
      "-p",
      '{"spec":{"planRef":{"name":"fast"}}}',
    );
    expect(done.code, done.text).toBe(0);
    await soon(async () => expect(await groups(site, ANNA)).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "anna");
    expect((await here("get", "sub", "anna")).out).toMatch(/SUB-anna +fast/);
  });

  it("kubectl get externalsystems shows reachable, version, breaker, backlog, drift", async () => {
    await soon(async () => {
      const { out } = await here("get", "externalsystems");
      expect(header(out)).toEqual(expect.arrayContaining(["REACHABLE", "VERSION", "BREAKER", "BACKLOG", "DRIFT"]));
      expect(out).toMatch(/radius-1 .*True +PostgreSQL 18\S* .*Closed +0 /);
    });
  });
  it("a system that is down: its breaker is shown open, an edit waits, and goes on when it is back", async () => {
    site.door.shut();
    await site.apply(subscriber("dora"));
    await soon(async () =>
      expect((await here("get", "externalsystems")).out).toMatch(/radius-1 .*False .*(Open|HalfOpen) .*Unavailable/),
    );
    expect(condition(await site.read("subscribers", "dora"), "Ready")).toBe("False Unavailable");
    expect(controller.logged("breaker")).toMatchObject([{ level: "warn", system: "radius-1", state: "Open" }]);
    site.door.open();
    await converges(site, "dora");
    await soon(async () => expect((await here("get", "externalsystems")).out).toMatch(/radius-1 .*True .*Closed +0 /));
    expect(controller.logged("breaker").at(-1)).toMatchObject({ level: "info", state: "Closed" });
  });

  it("what the kinds refuse is refused at the door, with the words of lastmile validate", async () => {
    const refused = await site.tried([subscriber("bad", { serviceState: "Suspended" })]);
    expect(refused.code).not.toBe(0);
    expect(refused.text).toContain("needs a suspension with its reason");
  });

  it("an edit that cannot be carried out is told in conditions and in a warning event; the others go on", async () => {
    await site.apply(subscriber("emil", { planRef: { name: "no-such-plan" } }), subscriber("fred"));
    await converges(site, "fred");
    await soon(async () =>
      expect(condition(await site.read("subscribers", "emil"), "Ready")).toMatch(/^False (PlanUnknown|Refused)$/),
    );
    expect(condition(await site.read("subscribers", "emil"), "Stalled")).toMatch(/^True/);
    expect(message(await site.read("subscribers", "emil"))).toContain("no-such-plan");
    await soon(async () =>
      expect((await here("describe", "sub", "emil")).out).toMatch(/Warning +(PlanUnknown|Refused)/),
    );
  });

  it("kubectl apply -f examples/…: the server takes every one of them", async () => {
    await site.kubectl("create", "namespace", "isp-nordnetz");
    for (const name of ["acme", "nordnetz"]) {
      const done = await site.kubectl("apply", "--dry-run=server", "-R", "-f", join(EXAMPLES, name));
      expect(done.code, done.text).toBe(0);
    }
  });

  it("lastmile plan/status/explain work against the current kubeconfig context", async () => {
    const explained = await site.lastmile("explain", "anna");
    expect(explained.code, explained.text).toBe(0);
    expect(explained.out).toContain("anna");
    const status = await site.lastmile("status");
    expect(status.text).toContain("acme");
    const planned = await site.lastmile("plan");
    expect(planned.code, planned.text).toBeOneOf([0, 2]);
    expect(planned.text).toContain("emil");
  });

  it("no secret in the log, in any status or event", async () => {
    const { rows } = await site.radius.query<{ value: string }>(
      "select value from radcheck where attribute like '%-Password'",
    );
    const seen = [
      controller.log(),
      (await site.kubectl("get", "sub,xs,tn,networkprofiles,events", "-A", "-o", "yaml")).out,
    ];
    expect(rows.length).toBeGreaterThan(3);
    for (const { value } of rows) expect(seen.join("\n")).not.toContain(value);
  });
});

describe("kubectl delete", () => {
  it("soft-deletes, and the finalizer goes only after it was seen done", async () => {
    expect((await site.read("subscribers", "berta"))?.metadata.finalizers).toHaveLength(1);
    site.door.shut();
    await here("delete", "subscriber", "berta", "--wait=false");
    await soon(async () =>
      expect(condition(await site.read("subscribers", "berta"), "Ready")).toMatch(/^False (Unavailable|Lost)/),
    );
    const waiting = await site.read("subscribers", "berta");
    expect(waiting?.metadata.deletionTimestamp).toBeDefined();
    expect(waiting?.metadata.finalizers).toHaveLength(1);
    await soon(async () =>
      expect(condition(await site.read("externalsystems", "radius-1"), "Reachable")).toMatch(/^False/),
    );
    site.door.open();
    await soon(async () => expect(await site.read("subscribers", "berta")).toBeUndefined());
    expect(await checks(site, "berta@acme.example")).toEqual(REJECTED);
    await soon(async () =>
      expect(condition(await site.read("externalsystems", "radius-1"), "Reachable")).toMatch(/^True/),
    );
  });

  it("declared again within retention: the same account comes back", async () => {
    const before = await secretOf("berta@acme.example");
    await site.apply(subscriber("berta"));
    await converges(site, "berta");
    expect(await checks(site, "berta@acme.example")).toEqual(ACTIVE);
    expect(await secretOf("berta@acme.example")).toEqual(before);
  });

  it("Terminated and deletion end alike; only Terminated keeps the object", async () => {
    await site.apply(subscriber("fred", { serviceState: "Terminated" }));
    await soon(async () => expect(await checks(site, "fred@acme.example")).toEqual(REJECTED));
    await soon(async () =>
      expect(condition(await site.read("subscribers", "fred"), "InService")).toBe("False Terminated"),
    );
    const gone = await here("delete", "subscriber", "fred", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
    expect(await checks(site, "fred@acme.example")).toEqual(REJECTED);
  });

  it("a blocked subscriber of which nothing was ever made goes at once", async () => {
    const gone = await here("delete", "subscriber", "emil", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
  });

  it("kubectl replace --force: the same account, with its password, is there again", async () => {
    const before = await secretOf("berta@acme.example");
    await site.write("berta.yaml", subscriber("berta"));
    const done = await here("replace", "--force", "--timeout=60s", "-f", "berta.yaml");
    expect(done.code, done.text).toBe(0);
    await converges(site, "berta");
    await soon(async () => expect(await checks(site, "berta@acme.example")).toEqual(ACTIVE));
    expect(await secretOf("berta@acme.example")).toEqual(before);
  });

  it("created and deleted in one breath: nobody is left with a service, and no object is left", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `brief-${n}`);
    await site.apply(...names.map((name) => subscriber(name)));
    await here("delete", "subscribers", ...names, "--wait=false");
    for (const name of names) await soon(async () => expect(await site.read("subscribers", name)).toBeUndefined());
    await site.apply(subscriber("lasting"));
    await converges(site, "lasting"); // whatever was still under way has had the time of a whole life
    const sql = `select username from radcheck c where username like 'brief-%' and not exists
      (select from radcheck r where r.username = c.username and r.attribute = 'Auth-Type' and r.value = 'Reject')`;
    expect((await site.radius.query(sql)).rows).toEqual([]);
  });

  it("a subscriber that was deleted while nobody looked is retired when the controller is back", async () => {
    await controller.end("SIGKILL");
    await here("delete", "subscriber", "carl", "--wait=false");
    expect(await checks(site, "carl@acme.example")).toEqual(ACTIVE);
    controller = await site.run();
    await soon(async () => expect(await site.read("subscribers", "carl")).toBeUndefined());
    expect(await checks(site, "carl@acme.example")).toEqual(REJECTED);
  });

  it("an ExternalSystem keeps its finalizer while something of a subscriber is there", async () => {
    await here("delete", "externalsystem", "radius-1", "--wait=false");
    await site.apply(subscriber("karla"));
    await soon(async () => expect(condition(await site.read("subscribers", "karla"), "Ready")).not.toBe("absent"));
    const system = await site.read("externalsystems", "radius-1");
    expect(system?.metadata.deletionTimestamp).toBeDefined();
    expect(system?.metadata.finalizers).toHaveLength(1);
    await here("delete", "subscriber", "anna", "--wait=false");
    await soon(async () => expect(await site.read("subscribers", "anna")).toBeUndefined());
    expect(await checks(site, ANNA)).toEqual(REJECTED);
  });
});

async function soonProfile(name: string) {
  let found: Awaited<ReturnType<Site["list"]>>[number] | undefined;
  await soon(async () => {
    found = (await site.list("networkprofiles")).find((p) => p.status?.["subscriber"] === name);
    expect(found, `a NetworkProfile of ${name}`).toBeDefined();
  });
  return found!;
}

const secretOf = async (user: string): Promise<unknown> =>
  (await site.radius.query("select value from radcheck where username = $1 and attribute like '%-Password'", [user]))
    .rows;

async function diff(object: object) {
  await site.write("diff.yaml", object);
  return here("diff", "-f", "diff.yaml");
}

interface Managed {
  readonly metadata: { readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[] };
}
async function managersOf(name: string, field: string): Promise<readonly string[]> {
  const { metadata } = (await site.read("subscribers", name)) as unknown as Managed;
  return (metadata.managedFields ?? []).filter((f) => field in f.fieldsV1).map((f) => f.manager);
}
