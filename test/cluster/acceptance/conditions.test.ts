/** "observedGeneration on every condition; Ready / Reconciling / Stalled by kstatus", and what people write themselves. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Condition, condition, type Live, NAMESPACE, openSite, type Site } from "../site.ts";
import { becomes, converges, groups } from "./words.ts";

type Verdict = "Current" | "InProgress" | "Failed" | "Terminating";
/** The rules of kstatus (sigs.k8s.io/cli-utils), as Flux and Argo CD apply them to a custom resource. */
function kstatus(object: Live): Verdict {
  if (object.metadata.deletionTimestamp) return "Terminating";
  const { observedGeneration, conditions = [] } = object.status ?? {};
  if (observedGeneration !== undefined && observedGeneration !== object.metadata.generation) return "InProgress";
  const is = (type: string): string | undefined => conditions.find((c) => c.type === type)?.status;
  if (is("Reconciling") === "True") return "InProgress";
  if (is("Stalled") === "True") return "Failed";
  if (is("Ready") === "False" || is("Ready") === "Unknown") return "InProgress";
  return "Current";
}

let site: Site;
const here = (...args: readonly string[]) => site.kubectl("-n", NAMESPACE, ...args);
const anna = async (): Promise<Live> => (await site.read("subscribers", "anna"))!;
const KINDS = ["tenants", "externalsystems", "serviceplans", "networkprofiles", "subscribers"];

beforeAll(async () => {
  site = await openSite({ more: [plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } })] });
  await site.run();
  await site.apply(
    subscriber("anna"),
    profile("dora", { staticIPv4: "10.0.1.8" }),
    subscriber("dora", { networkProfileRef: { name: "dora" } }),
  );
  await converges(site, "anna", "dora");
});
afterAll(() => site?.close());

describe("conditions", () => {
  it("every object carries its conditions: all kinds that are reconciled", async () => {
    await soon(async () => {
      for (const kind of KINDS)
        for (const object of await site.list(kind))
          expect(object.status?.conditions?.length ?? 0, `${object.kind} ${object.metadata.name}`).toBeGreaterThan(0);
    });
  });
  it("observedGeneration on every condition is metadata.generation after an edit", async () => {
    const { generation } = (await anna()).metadata;
    await site.apply(subscriber("anna", { planRef: { name: "fast" } }));
    await soon(async () => expect(await groups(site, "anna@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await soon(async () => {
      const { metadata, status } = await anna();
      expect(metadata.generation).toBe(generation + 1);
      expect(status?.["observedGeneration"]).toBe(metadata.generation);
      for (const c of status?.conditions ?? []) expect(c).toMatchObject({ observedGeneration: metadata.generation });
      expect(condition(await anna(), "Ready")).toBe("True Converged");
    });
  });
  it("an edit that changes nothing outside still becomes Current: observedGeneration follows", async () => {
    await site.apply(subscriber("anna", { planRef: { name: "fast" }, installation: { notes: "ring twice" } }));
    await soon(async () => {
      const { metadata, status } = await anna();
      expect(status?.["observedGeneration"]).toBe(metadata.generation);
      expect(kstatus(await anna())).toBe("Current");
    });
  });
  it("observedGeneration on every condition of every kind", async () => {
    await soon(async () => {
      for (const kind of KINDS) for (const object of await site.list(kind)) expect(stale(object)).toEqual([]);
    });
  });
  it("the form of metav1.Condition: types once, reasons in CamelCase, messages without counters or times", async () => {
    for (const kind of KINDS)
      for (const { status } of await site.list(kind)) {
        const conditions = status?.conditions ?? [];
        expect(new Set(conditions.map((c) => c.type)).size).toBe(conditions.length);
        for (const { reason, message, ...c } of conditions as readonly Dated[]) {
          expect(reason).toMatch(/^[A-Z][A-Za-z0-9]*$/);
          expect(message).not.toMatch(/\d{4}-\d{2}-\d{2}T|\b\d+ (tries|attempts|seconds|s)\b/);
          expect(Number.isNaN(Date.parse(c.lastTransitionTime))).toBe(false);
        }
      }
  });
  it("lastTransitionTime moves only when status does", async () => {
    const before = transitions(await anna());
    await site.apply(subscriber("anna"));
    await soon(async () => expect(await groups(site, "anna@acme.example")).toEqual(["acme:basic:mikrotik"]));
    await converges(site, "anna");
    const after = transitions(await anna());
    expect(after["InService"]).toBe(before["InService"]);
    expect(after["Stalled"]).toBe(before["Stalled"]);
  });
});

describe("kstatus", () => {
  it("Current: converged, and suspended as declared", async () => {
    expect(kstatus(await anna())).toBe("Current");
    await site.apply(
      subscriber("susi", { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } }),
    );
    await becomes(site, "susi", /^True/);
    await soon(async () => expect(kstatus((await site.read("subscribers", "susi"))!)).toBe("Current"));
  });
  it("Failed: only a person can help", async () => {
    await site.apply(subscriber("fred", { planRef: { name: "no-such-plan" } }));
    await soon(async () => expect(kstatus((await site.read("subscribers", "fred"))!)).toBe("Failed"));
    await here("delete", "subscriber", "fred", "--timeout=60s");
  });
  it("InProgress: the system is away, and it is tried again; then Current by itself", async () => {
    site.door.shut();
    await site.apply(subscriber("ida"));
    await becomes(site, "ida", /^False (Unavailable|Lost|NotObserved)/);
    expect(kstatus((await site.read("subscribers", "ida"))!)).toBe("InProgress");
    site.door.open();
    await converges(site, "ida");
    expect(kstatus((await site.read("subscribers", "ida"))!)).toBe("Current");
  });
  it("Terminating: while a deletion waits for the system; observedGeneration on every condition also then", async () => {
    site.door.shut();
    await here("delete", "subscriber", "ida", "--wait=false");
    await becomes(site, "ida", /^False/);
    expect(kstatus((await site.read("subscribers", "ida"))!)).toBe("Terminating");
    expect(stale((await site.read("subscribers", "ida"))!)).toEqual([]);
    site.door.open();
    await soon(async () => expect(await site.read("subscribers", "ida")).toBeUndefined());
  });
  it("a system that is away: no status of a converged subscriber is written for it", async () => {
    await converges(site, "anna");
    const before = (await anna()).metadata.resourceVersion;
    site.door.shut();
    await soon(async () =>
      expect(condition(await site.read("externalsystems", "radius-1"), "Reachable")).toMatch(/^False/),
    );
    expect((await anna()).metadata.resourceVersion).toBe(before);
    site.door.open();
    await soon(async () =>
      expect(condition(await site.read("externalsystems", "radius-1"), "Reachable")).toMatch(/^True/),
    );
    expect((await anna()).metadata.resourceVersion).toBe(before);
  });
});

describe("what people write themselves", () => {
  it("a hand-edited status is put right", async () => {
    await converges(site, "anna");
    const lie = { status: { radius: { username: "mallory@acme.example" }, addresses: { pool: "mine" } } };
    const done = await here(
      ...["patch", "subscriber", "anna", "--subresource=status", "--type=merge", "-p", JSON.stringify(lie)],
    );
    expect(done.code, done.text).toBe(0);
    await soon(async () =>
      expect((await anna()).status).toMatchObject({
        radius: { username: "anna@acme.example" },
        addresses: { pool: "cgn-pool" },
      }),
    );
  });
  it("a status that was taken away is put right", async () => {
    const done = await here(
      ...["patch", "subscriber", "anna", "--subresource=status", "--type=merge", "-p", '{"status":null}'],
    );
    expect(done.code, done.text).toBe(0);
    await converges(site, "anna");
    await soon(async () => expect((await anna()).status).toMatchObject({ radius: { state: "Active" } }));
  });
  it("a condition of somebody else's in the status does not take ours away", async () => {
    const conditions = [
      ...((await anna()).status?.conditions ?? []),
      {
        ...{ type: "example.com/Checked", status: "True", reason: "Looked", message: "by hand" },
        lastTransitionTime: "2026-11-20T10:00:00Z",
      },
    ];
    await here(
      ...["patch", "subscriber", "anna", "--subresource=status", "--type=merge"],
      ...["-p", JSON.stringify({ status: { conditions } })],
    );
    await site.apply(subscriber("anna", { planRef: { name: "fast" } }));
    await soon(async () => expect(await groups(site, "anna@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "anna");
    expect(condition(await anna(), "RADIUSReady")).toBe("True Converged");
  });
  it("a person's own labels, annotations and finalizers stay", async () => {
    await here("label", "subscriber", "anna", "team=north");
    await here("annotate", "subscriber", "anna", "example.com/note=vip");
    const finalizers = [...((await anna()).metadata.finalizers ?? []), "example.com/backup"];
    await here("patch", "subscriber", "anna", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }));
    await here("patch", "subscriber", "anna", "--type=merge", "-p", '{"spec":{"planRef":{"name":"basic"}}}');
    await soon(async () => expect(await groups(site, "anna@acme.example")).toEqual(["acme:basic:mikrotik"]));
    await converges(site, "anna");
    const { metadata } = await anna();
    expect(metadata.labels).toMatchObject({ team: "north" });
    expect(metadata.annotations).toMatchObject({ "example.com/note": "vip" });
    expect(metadata.finalizers).toContain("example.com/backup");
  });
  it("a finalizer that was taken away by hand comes back while the subscriber is in service", async () => {
    const finalizers = ["example.com/backup"];
    await here("patch", "subscriber", "anna", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }));
    await soon(async () => expect((await anna()).metadata.finalizers).toHaveLength(2));
  });
  it("deleted: ours goes when it was seen done, the other one stays until its owner is done", async () => {
    await here("delete", "subscriber", "anna", "--wait=false");
    await soon(async () => expect((await anna()).metadata.finalizers).toEqual(["example.com/backup"]));
    await here("patch", "subscriber", "anna", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    await soon(async () => expect(await site.read("subscribers", "anna")).toBeUndefined());
  });
});

type Dated = Condition & { readonly lastTransitionTime: string };
const transitions = (object: Live): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ((object.status?.conditions ?? []) as readonly Dated[]).map((c) => [c.type, c.lastTransitionTime]),
  );
const stale = (object: Live): readonly string[] =>
  (object.status?.conditions ?? [])
    .filter((c) => c.observedGeneration !== object.metadata.generation)
    .map((c) => `${object.kind} ${object.metadata.name} ${c.type} ${c.observedGeneration}`);
