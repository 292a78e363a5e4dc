/** "The ways that people stop things", said with kubectl. Every title is a sentence of the promise. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, radius, subscriber, ten, tenant } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, NAMESPACE, openSite, type Site } from "../site.ts";
import { ACTIVE, becomes, checks, converges, everything, groups, message, REJECTED, reply } from "./words.ts";

const FAST = plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } });
const fast = { planRef: { name: "fast" } };
const ANNA = "anna@acme.example";

let site: Site;
let controller: Controller;
const here = (...args: readonly string[]) => site.kubectl("-n", NAMESPACE, ...args);
const annotate = async (name: string, ...annotations: readonly string[]): Promise<void> => {
  const done = await here("annotate", "--overwrite", "subscriber", name, ...annotations);
  expect(done.code, done.text).toBe(0);
};
/** Whatever was declared before it has been seen when this one is done. */
let marks = 0;
const taken = async (): Promise<void> => {
  const name = `mark-${marks++}`;
  await site.apply(subscriber(name));
  await converges(site, name);
};
const finalizers = async (name: string): Promise<number> =>
  (await site.read("subscribers", name))?.metadata.finalizers?.length ?? 0;

describe("one subscriber", () => {
  beforeAll(async () => {
    site = await openSite({ more: [FAST], policies: { budgets: { minimum: 1000 } } });
    controller = await site.run();
    await site.apply(...["anna", "bert", "carl", "dora"].map((name) => subscriber(name)));
    await converges(site, "anna", "bert", "carl", "dora");
  });
  afterAll(() => site?.close());

  it("lastmile.dev/paused: an edit has no effect, Ready says Paused, and it is made up for afterwards", async () => {
    await annotate("anna", "lastmile.dev/paused=true");
    await site.tried([subscriber("anna", fast)], "--server-side", "--force-conflicts");
    await becomes(site, "anna", "False Paused");
    await taken();
    expect(await groups(site, ANNA)).toEqual(["acme:basic:mikrotik"]);
    expect(condition(await site.read("subscribers", "anna"), "Stalled")).toMatch(/^True/);
    await annotate("anna", "lastmile.dev/paused-");
    await converges(site, "anna");
    expect(await groups(site, ANNA)).toEqual(["acme:fast:mikrotik"]);
  });

  it("Pause blocks every effect, deletion included", async () => {
    await annotate("bert", "lastmile.dev/paused=true");
    await here("delete", "subscriber", "bert", "--wait=false");
    await becomes(site, "bert", "False Paused");
    await taken();
    expect(await checks(site, "bert@acme.example")).toEqual(ACTIVE);
    expect(await finalizers("bert")).toBe(1);
  });

  it("the pause of a deletion ends: the deletion is carried out", async () => {
    await annotate("bert", "lastmile.dev/paused-");
    await soon(async () => expect(await site.read("subscribers", "bert")).toBeUndefined());
    expect(await checks(site, "bert@acme.example")).toEqual(REJECTED);
  });

  it.each(["beside the controller", "while it was away"])(
    "paused, and deleted right after it, %s: nothing is lost",
    async (when) => {
      const name = when.replaceAll(" ", "-");
      await site.apply(subscriber(name));
      await converges(site, name);
      if (when === "while it was away") await controller.end("SIGKILL");
      const marked = here("annotate", "subscriber", name, "lastmile.dev/paused=true");
      expect((await marked).code).toBe(0);
      await here("delete", "subscriber", name, "--wait=false");
      if (when === "while it was away") controller = await site.run();
      await taken();
      expect(await checks(site, `${name}@acme.example`)).toEqual(ACTIVE);
      expect(await finalizers(name)).toBe(1);
      await becomes(site, name, "False Paused");
    },
  );

  it("paused from the first day: nothing is made, and it can be deleted at once", async () => {
    await site.apply(subscriber("pia", {}, { annotations: { "lastmile.dev/paused": "true" } }));
    await becomes(site, "pia", "False Paused");
    await taken();
    expect(await checks(site, "pia@acme.example")).toEqual([]);
    const gone = await here("delete", "subscriber", "pia", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
  });

  it("lastmile.dev/reconcile-requested-at: what was changed by hand is put right at once", async () => {
    await site.radius.query("delete from radreply where username = 'carl@acme.example'");
    expect(await reply(site, "carl@acme.example", "Framed-Pool")).toBeUndefined();
    await annotate("carl", `lastmile.dev/reconcile-requested-at=${new Date().toISOString()}`);
    await soon(async () => expect(await reply(site, "carl@acme.example", "Framed-Pool")).toBe("cgn-pool"));
    await converges(site, "carl");
  });

  it("lastmile.dev/suspend: REASON is stricter than spec", async () => {
    await annotate("dora", "lastmile.dev/suspend=Fraud");
    await soon(async () => expect(await checks(site, "dora@acme.example")).toEqual(REJECTED));
    await soon(async () =>
      expect(condition(await site.read("subscribers", "dora"), "InService")).toBe("False Suspended"),
    );
    await becomes(site, "dora", /^True/);
  });

  it("lastmile.dev/suspend survives self-heal: another apply of the same spec, and an edit, resume nothing", async () => {
    await site.apply(subscriber("dora", fast));
    await soon(async () => expect(await groups(site, "dora@acme.example")).not.toContain("acme:basic:mikrotik"));
    await taken();
    expect(await checks(site, "dora@acme.example")).toContain("Auth-Type := Reject");
    expect((await site.read("subscribers", "dora"))?.spec["serviceState"]).toBe("Active");
  });

  it("resume: the annotation goes, and the same account is back", async () => {
    await annotate("dora", "lastmile.dev/suspend-");
    await converges(site, "dora");
    expect(await checks(site, "dora@acme.example")).toEqual(ACTIVE);
  });

  it("lastmile.dev/suspend with a reason that is none: refused by name, or suspended; never ignored in silence", async () => {
    await annotate("dora", "lastmile.dev/suspend=because");
    await taken();
    await soon(async () => {
      const dora = await site.read("subscribers", "dora");
      const rejected = (await checks(site, "dora@acme.example")).includes("Auth-Type := Reject");
      const told = JSON.stringify(dora?.status?.conditions).includes("lastmile.dev/suspend");
      expect({ rejected, told }).not.toEqual({ rejected: false, told: false });
    });
    await annotate("dora", "lastmile.dev/suspend-");
    await converges(site, "dora");
  });

  it("Suspended in spec with the annotation gone stays suspended: the stricter wins", async () => {
    await annotate("dora", "lastmile.dev/suspend=Fraud");
    const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment", mode: "Reject" } };
    await site.apply(subscriber("dora", suspended));
    await annotate("dora", "lastmile.dev/suspend-");
    await taken();
    await soon(async () => expect(await checks(site, "dora@acme.example")).toEqual(REJECTED));
  });
});

describe("mode Observe", () => {
  let before: string;
  beforeAll(async () => {
    site = await openSite({ more: [FAST], system: { mode: "Observe" } });
    before = await everything(site);
    await site.run();
  });
  afterAll(() => site?.close());

  it("no effect, and Ready says ObserveOnly", async () => {
    await site.apply(subscriber("anna"));
    await becomes(site, "anna", "False ObserveOnly");
    expect(await everything(site)).toBe(before);
  });
  it("Mode Observe adds no finalizer, and a deletion ends at once without effect", async () => {
    expect(await finalizers("anna")).toBe(0);
    const gone = await here("delete", "subscriber", "anna", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
    expect(await everything(site)).toBe(before);
  });
  it("Enforce: what was observed is carried out, and guarded by a finalizer; Observe again: no effect any more", async () => {
    await site.apply(subscriber("bert"));
    await becomes(site, "bert", "False ObserveOnly");
    await site.apply(radius(site.radiusUrl, { mode: "Enforce" }));
    await converges(site, "bert");
    expect(await finalizers("bert")).toBe(1);
    await site.apply(radius(site.radiusUrl, { mode: "Observe" }));
    await site.apply(subscriber("bert", fast));
    await becomes(site, "bert", "False ObserveOnly");
    expect(await groups(site, "bert@acme.example")).toEqual(["acme:basic:mikrotik"]);
  });
});

describe("a tenant, a system, a window, a budget", () => {
  /** One minute of a leap day: always shut while this runs. */
  const windows = { maintenanceWindows: [{ schedule: "0 0 29 2 *", duration: "1m", gates: ["All"] }] };
  const policies = { budgets: { retire: "20%", suspend: "20%", disrupt: "20%", minimum: 1 } };
  const fraud = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
  const names = Array.from({ length: 10 }, (_, n) => `sub-${n}`);
  beforeAll(async () => {
    site = await openSite({ more: [FAST], policies });
    await site.run();
    await site.apply(...ten());
    await converges(site, ...names);
  });
  afterAll(() => site?.close());
  const edited = async (object: object, reason: string): Promise<void> => {
    await site.apply(object);
    await site.apply(subscriber("sub-9", fast));
    await becomes(site, "sub-9", `False ${reason}`);
    expect(await groups(site, "sub-9@acme.example")).toEqual(["acme:basic:mikrotik"]);
  };
  const undone = async (object: object): Promise<void> => {
    await site.apply(object);
    await converges(site, "sub-9");
    expect(await groups(site, "sub-9@acme.example")).toEqual(["acme:fast:mikrotik"]);
    await site.apply(subscriber("sub-9"));
    await soon(async () => expect(await groups(site, "sub-9@acme.example")).toEqual(["acme:basic:mikrotik"]));
    await converges(site, "sub-9");
  };

  it("paused on the Tenant stops every effect for this tenant", async () => {
    await edited(tenant({ policies, paused: true }), "Paused");
    await undone(tenant({ policies }));
  });
  it("paused on the ExternalSystem stops every effect on this system", async () => {
    await edited(radius(site.radiusUrl, { paused: true }), "Paused");
    await undone(radius(site.radiusUrl));
  });
  it("maintenance windows: outside of them a gated change is held as OutsideWindow", async () => {
    await edited(radius(site.radiusUrl, windows), "OutsideWindow");
    await undone(radius(site.radiusUrl));
  });
  it("a budget hold: of five suspended at once no more than 20 % are, the others are held as DestructiveLimit", async () => {
    await site.apply(...ten((n) => (n < 5 ? fraud : {})));
    await soon(async () => expect(await limited()).toBeGreaterThanOrEqual(3));
    expect((await rejected()) + (await limited())).toBe(5);
    expect(condition(await oneLimited(), "Stalled")).toMatch(/^True/);
    expect(message(await oneLimited())).toContain("lastmile approve");
  });
  it("Tenant.status.held lists them by ChangeSet id", async () => {
    await soon(async () =>
      expect(await held()).toEqual([
        expect.objectContaining({
          changeSet: expect.stringMatching(/^[0-9a-f]{12}$/),
          ...{ reason: "DestructiveLimit", impact: "Suspend", subscribers: await limited() },
        }),
      ]),
    );
    expect((await site.kubectl("get", "tenant", "acme", "-o", "yaml")).out).toContain("changeSet: ");
  });
  it("released by the declaration's return", async () => {
    await site.apply(...ten());
    await converges(site, ...names);
    await soon(async () => expect(await held()).toEqual([]));
  });
  it("kubectl delete of all subscribers at once: held by the budget, no more than that lose service", async () => {
    await here("delete", "subscribers", "--all", "--wait=false");
    await soon(async () => expect(await limited()).toBeGreaterThanOrEqual(8));
    expect((await rejected()) + (await limited())).toBe(10);
    expect(await finalizers((await oneLimited())?.metadata.name ?? "")).toBe(1);
  });
  it("approval of held changes on the Tenant by ChangeSet id: they proceed", async () => {
    await soon(async () => expect((await held())[0]).toMatchObject({ impact: "Retire", subscribers: await limited() }));
    const ids = (await held()).map((set) => set.changeSet).join();
    const done = await site.kubectl("annotate", "tenant", "acme", `lastmile.dev/approve=${ids}`);
    expect(done.code, done.text).toBe(0);
    await soon(async () => expect((await site.list("subscribers")).map((s) => s.metadata.name)).toEqual([]));
    for (const name of names) expect(await checks(site, `${name}@acme.example`)).toEqual(REJECTED);
  });
});

const held = async () =>
  ((await site.read("tenants", "acme"))?.status?.["held"] ?? []) as readonly { readonly changeSet: string }[];
const LIMITED = "False DestructiveLimit";
const allLimited = async () => (await site.list("subscribers")).filter((s) => condition(s, "Ready") === LIMITED);
const limited = async (): Promise<number> => (await allLimited()).length;
const oneLimited = async () => (await allLimited())[0];
async function rejected(): Promise<number> {
  const sql = "select 1 from radcheck where attribute = 'Auth-Type' and value = 'Reject'";
  return (await site.radius.query(sql)).rowCount ?? 0;
}
