/** "Billing" of the rules of the field, and docs/billing.md, seen in the tables that the billing people read. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber, survey } from "./declarations.ts";
import { condition, type Status } from "./provider.ts";
import { account } from "./rows.ts";
import { at, becomes, type Item, statuses, type Town, town } from "./town.ts";

type Spec = Record<string, unknown>;
const price = (amount: string): Spec => ({ amount, currency: "EUR", period: "Monthly" });
const PLANS = [
  plan("gigabit", { billing: { product: "gig-1000", price: price("59.90") } }),
  plan("hundred", { billing: { product: "res-100", price: price("29.90") } }),
];
const on = (name: string, number: string, more: Spec = {}): Spec => ({
  planRef: { name },
  billing: { account: number },
  ...more,
});
const ANNA = { id: "cust-anna", name: "Anna Schmidt", email: "anna@example.com", phone: "+49301234567" };
const suspended = (billing: string): Spec => ({
  serviceState: "Suspended",
  suspension: { reason: "NonPayment", mode: "Reject", billing },
});

describe("billing", () => {
  let p: Town;
  let database: string;
  let booked: readonly Item[] | undefined;
  const lines: Record<string, Spec> = {
    anna: on("basic", "ACC-1", {
      customer: ANNA,
      networkProfile: { serviceVlan: 100, innerVlan: 1000, ipv6AssignmentMode: "DualStack", ipv6WAN: "Address" },
      cpe: { serial: "HW-12345678" },
    }),
    twin: on("hundred", "ACC-1", {
      billing: { account: "ACC-1", subscriptions: [{ product: "res-100", trial: true }, { product: "voice" }] },
    }),
    cora: on("hundred", "ACC-2"),
    rudi: on("hundred", "ACC-3"),
  };
  const surveys: Record<string, Spec> = { cora: { serviceability: "NotServiceable" } };
  const declare = async (): Promise<void> => {
    await p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
    await p.declare("surveys.yaml", ...Object.entries(surveys).map(([name, spec]) => survey(name, spec)));
  };
  const applied = async (...options: readonly string[]): Promise<void> => {
    await declare();
    const answer = await p.apply(...options);
    expect(answer.code, answer.text).toBe(0);
  };
  const rows = async (sql: string): Promise<readonly Item[]> => (await p.billing.query<Item>(sql)).rows;
  /** Of all subscribers, as `number service/charges slot=subscription …`. */
  const states = async (): Promise<readonly unknown[]> =>
    (
      await rows(`select s.number || ' ' || s.state || case s.state when 'SUSPENDED' then '/' || s.charges else '' end
        || ' ' || string_agg(u.slot || '=' || u.state, ' ' order by u.slot) as line
        from billing.services s join billing.subscriptions u using (tenant, number) group by s.number, s.state, s.charges order by s.number`)
    ).map((row) => row["line"]);
  const billing = (status: Status | undefined): Item => at(status, "billing") as Item;
  beforeAll(async () => {
    const activation = { require: ["SurveyPassed", "RADIUSReady", "ONUActive", "CPEOnline"] };
    p = await town({ policies: { activation, budgets: { minimum: 100 } } }, PLANS);
    database = String((await rows("select current_database() as name"))[0]?.["name"]);
    await applied();
  });
  afterAll(() => p?.end());

  const reachable = async (yes: boolean): Promise<unknown> =>
    p.store.query(`alter database "${database}" with allow_connections ${yes}`);
  it("activated only when the policy's facts are observed; a fact whose system is not bound is not required", async () => {
    expect(await states()).toEqual([
      "SUB-anna PENDING plan=PENDING",
      "SUB-cora PENDING plan=PENDING",
      "SUB-rudi PENDING plan=PENDING",
      "SUB-twin PENDING addon.voice=PENDING plan=TRIAL",
    ]);
    const { anna } = await statuses(p);
    expect(billing(anna)).toMatchObject({ account: "ACC-1", billingStarted: false });
    expect(billing(anna)["facts"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ fact: "SurveyPassed", required: true }),
        expect.objectContaining({ fact: "RADIUSReady", required: true }),
        expect.objectContaining({ fact: "ONUActive", required: false }),
        expect.objectContaining({ fact: "CPEOnline", required: false }),
      ]),
    );
  });

  // "every gap is a condition, never a silent success"; explain: "say what a subscriber is waiting for, and why".
  it("explain says that the bill waits for the survey", async () => {
    expect((await p.lastmile(["explain", "anna"])).out).toMatch(/survey/i);
  });

  it("PENDING/TRIAL → ACTIVE, with time stamps; installation Completed, connection active", async () => {
    for (const name of ["anna", "twin", "rudi"]) surveys[name] = {};
    await applied();
    expect(await states()).toEqual([
      "SUB-anna ACTIVE plan=ACTIVE",
      "SUB-cora PENDING plan=PENDING",
      "SUB-rudi ACTIVE plan=ACTIVE",
      "SUB-twin ACTIVE addon.voice=ACTIVE plan=ACTIVE",
    ]);
    const [view] = await rows("select * from billing.connections where account = 'ACC-1'");
    expect(view).toMatchObject({ installation: "Completed", connection: "Active", services: "2" });
    const { anna } = await statuses(p);
    expect(billing(anna)).toMatchObject({ billingStarted: true, activatedAt: expect.stringMatching(/^20/) });
  });

  it("service_metadata in the exact keys", async () => {
    const [row] = await rows("select service_metadata as m from billing.services where number = 'SUB-anna'");
    expect(row?.["m"]).toMatchObject({
      network_profile: {
        network_profile_id: expect.any(String),
        service_vlan: 100,
        inner_vlan: 1000,
        qinq_enabled: true,
        ipv6_assignment_mode: "DualStack",
      },
      allocated_ips: {
        ipv4: "10.0.1.2",
        ipv6: "2001:db8::2",
        ipv6_prefix: "2001:db8:1::/56",
        source: expect.any(String),
      },
      devices: { onu_id: expect.stringMatching(/^ALCL/), cpe_id: "HW-12345678" },
      radius: { username: "anna@acme.example" },
      allocation_method: "Dynamic",
    });
  });

  // "dynamic from a pool (source `NetBoxDynamic`)".
  it("service_metadata names the source of the addresses as status does", async () => {
    const [row] = await rows(
      "select service_metadata -> 'allocated_ips' as ips from billing.services where number = 'SUB-anna'",
    );
    expect(row?.["ips"]).toMatchObject({ source: "NetBoxDynamic" });
  });

  it("suspension as declared: Continue charges, Pause does not, ReducedFee less; another plan from the next period", async () => {
    Object.assign(lines, {
      anna: { ...lines["anna"], planRef: { name: "gigabit" }, networkProfile: { ipv4Assignment: "Pool" } },
      twin: { ...lines["twin"], ...suspended("ReducedFee") },
      rudi: { ...lines["rudi"], ...suspended("Pause") },
    });
    await applied();
    expect(await states()).toEqual([
      "SUB-anna ACTIVE plan=ACTIVE",
      "SUB-cora PENDING plan=PENDING",
      "SUB-rudi SUSPENDED/Pause plan=PAUSED",
      "SUB-twin SUSPENDED/ReducedFee addon.voice=REDUCED plan=REDUCED",
    ]);
    expect(await prices("SUB-anna")).toEqual(["res-100 29.90 now", "gig-1000 59.90 later"]);
  });
  const prices = async (number: string): Promise<readonly unknown[]> =>
    (
      await rows(`select p.product || ' ' || p.amount || case when p.valid_from > billing.today() then ' later' else ' now' end
        as line from billing.prices p join billing.subscriptions s on s.id = p.subscription_id
        where s.number = '${number}' and s.slot = 'plan' order by p.valid_from`)
    ).map((row) => row["line"]);

  it("resumed, and the change taken back before its day; one product removed ends with its period", async () => {
    Object.assign(lines, {
      anna: { ...lines["anna"], planRef: { name: "hundred" } },
      twin: { ...on("hundred", "ACC-1"), billing: { account: "ACC-1", subscriptions: [{ product: "res-100" }] } },
      rudi: { ...on("hundred", "ACC-3"), ...suspended("Continue") },
    });
    await applied();
    expect(await states()).toEqual([
      "SUB-anna ACTIVE plan=ACTIVE",
      "SUB-cora PENDING plan=PENDING",
      "SUB-rudi SUSPENDED/Continue plan=ACTIVE",
      "SUB-twin ACTIVE addon.voice=CANCELLED plan=ACTIVE",
    ]);
    expect(await prices("SUB-anna")).toEqual(["res-100 29.90 now"]);
    const [gone] = await rows(`select effective_to > billing.today() as later from billing.subscriptions
      where number = 'SUB-twin' and slot = 'addon.voice'`);
    expect(gone).toEqual({ later: true });
  });

  it("a state, price or key changed by hand is drift and put right; what others keep there stays", async () => {
    await rows(
      "update billing.services set state = 'SUSPENDED', charges = 'Pause', note = 'called' where number = 'SUB-anna'",
    );
    await rows(`update billing.services set service_metadata = service_metadata || '{"router": "theirs", "radius": {"username": "x"}}'
      where number = 'SUB-twin'`);
    const drift = await p.lastmile(["drift"]);
    expect(drift.code, drift.text).toBe(2);
    await applied();
    expect(await rows("select state, note from billing.services where number = 'SUB-anna'")).toEqual([
      { state: "ACTIVE", note: "called" },
    ]);
    const [twin] = await rows("select service_metadata as m from billing.services where number = 'SUB-twin'");
    expect(twin?.["m"]).toMatchObject({ router: "theirs", radius: { username: "twin@acme.example" } });
    const [events] = await rows(`select count(*)::int as n from billing.events
      where number = 'SUB-anna' and kind = 'service' and after = 'SUSPENDED'`);
    expect(events).toEqual({ n: 1 });
  });

  it("termination ends; the account stays open while another is on it; nothing is hard-deleted", async () => {
    lines["anna"] = { ...lines["anna"], serviceState: "Terminated" };
    delete lines["rudi"];
    delete surveys["rudi"];
    await applied("--prune");
    expect(await states()).toEqual([
      "SUB-anna CANCELLED plan=CANCELLED",
      "SUB-cora PENDING plan=PENDING",
      "SUB-rudi CANCELLED plan=CANCELLED",
      "SUB-twin ACTIVE addon.voice=CANCELLED plan=ACTIVE",
    ]);
    const open = await rows("select account, closed_at is null as open from billing.customers order by 1");
    expect(open.map((row) => `${row["account"]} ${row["open"]}`)).toEqual(["ACC-1 true", "ACC-2 true", "ACC-3 false"]);
  });

  it("personal data is erased on demand, refused while served, and never stands in the history", async () => {
    await expect(rows("select billing.erase('acme', 'SUB-twin')")).rejects.toThrow(/SUB-twin/);
    const history = await p.lastmile(["history", "anna", "-o", "json"]);
    await rows("select billing.erase('acme', 'SUB-anna')");
    const left = await rows(`select to_jsonb(c)::text as t from billing.customers c
      union all select to_jsonb(c)::text from billing.contacts c
      union all select to_jsonb(s)::text from billing.services s union all select to_jsonb(e)::text from billing.events e`);
    for (const text of [history.text, JSON.stringify(left)])
      expect(text).not.toMatch(/Anna Schmidt|anna@example\.com|49301234567/);
  });

  it("a return within retention: the same account, service and subscriptions with the same ids", async () => {
    const ids = (): Promise<readonly Item[]> =>
      rows(`select s.id, s.account, s.activated_at, u.id as subscription from billing.services s
        join billing.subscriptions u using (tenant, number) where s.number = 'SUB-rudi'`);
    const before = await ids();
    lines["rudi"] = on("hundred", "ACC-3");
    surveys["rudi"] = {};
    lines["anna"] = { ...lines["anna"], serviceState: "Active" };
    await applied();
    expect(await ids()).toEqual(before);
    expect((await states()).slice(2, 3)).toEqual(["SUB-rudi ACTIVE plan=ACTIVE"]);
    expect(await rows("select name from billing.contacts where number = 'SUB-anna'")).toEqual([
      { name: "Anna Schmidt" },
    ]);
  });

  it("an account that somebody else made is refused and left alone", async () => {
    await rows(
      "insert into billing.customers (tenant, account, customer_id, name) values ('acme', 'ACC-9', 'theirs', 'Theirs')",
    );
    lines["nina"] = on("hundred", "ACC-9");
    await declare();
    const { nina } = await becomes(p, { nina: "False NotOwned" });
    expect(condition(nina!, "BillingReady")).toBe("False NotOwned");
    expect(await rows("select customer_id, name from billing.customers where account = 'ACC-9'")).toEqual([
      { customer_id: "theirs", name: "Theirs" },
    ]);
    booked = await rows("select number, account, state from billing.services where account = 'ACC-9'");
    delete lines["nina"];
    await applied("--prune");
  });

  // "An account … that somebody else made under the same name is refused": nobody is charged for our service.
  it("… and no service is booked on it", () => {
    expect(booked).toEqual([]);
  });

  it("billing that is down holds nothing else", async () => {
    await reachable(false);
    await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [database]);
    lines["twin"] = { ...lines["twin"], ...suspended("Pause") };
    lines["nora"] = on("hundred", "ACC-5");
    surveys["nora"] = {};
    await declare();
    const all = await becomes(p, { nora: "False Unavailable" }, 10);
    expect(condition(all["nora"]!, "InService")).toBe("True InService");
    expect((await account(p, "twin@acme.example")).check).toContain("Auth-Type := Reject");
    expect((await p.lastmile(["status"])).out).toMatch(/billing-1 .*False/);
  });

  // "What status must carry": billing started. It did, months ago perhaps; that nobody can be asked now is no "false".
  it("billing that is down: status does not say that billing has not started", async () => {
    expect(billing((await statuses(p))["anna"])).toMatchObject({ billingStarted: true });
  });

  it("billing that comes back is brought up to date", async () => {
    await reachable(true);
    await applied();
    expect(await states()).toEqual(
      expect.arrayContaining([
        "SUB-nora ACTIVE plan=ACTIVE",
        "SUB-rudi ACTIVE plan=ACTIVE",
        "SUB-twin SUSPENDED/Pause addon.voice=CANCELLED plan=PAUSED",
      ]),
    );
  });
});
