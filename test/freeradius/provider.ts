/** A provider with a real FreeRADIUS: what it declares is written as the engine would, and its customers log in. */
import { type Desired, parseRef } from "../../controller/core/model.ts";
import { resolve } from "../../controller/core/plan.ts";
import type { EffectivePlan, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { database } from "../../reconcilers/postgres.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { accounts, groups } from "../../reconcilers/radius/resources.ts";
import { ensureSchema } from "../../reconcilers/radius/schema.ts";
import { hand, signal } from "../contract/hand.ts";
import { plan as basic, configWith, ENDPOINT, PASSWORD, planSubject, subscriber } from "../contract/radius.subjects.ts";
import { freshDatabase } from "../lab/database.ts";
import { type Reply, type Server, startServer } from "./server.ts";

/** One NAS of each vendor, and the two of other option 82. */
const config = configWith(
  { name: "cisco1", vendor: "Cisco" },
  { name: "cisco2", vendor: "Cisco", option82: { circuitAttribute: "NAS-Port-Id" } },
  { name: "juniper1", vendor: "Juniper" },
  { name: "huawei1", vendor: "Huawei" },
);
const areas = [["bng1"], ["bng2"], ["cisco1"], ["juniper1"], ["huawei1"], ["bng1", "huawei1"]];

/** What a NAS sends beside the name: PAP or CHAP password, option 82. */
export interface Login {
  /** Another name than that of the subscriber's number. */
  readonly user?: string;
  readonly pap?: string;
  readonly chap?: string;
  /** `Attribute = value`. */
  readonly circuit?: string;
}

export async function openProvider() {
  const { pool, url, drop } = await freshDatabase("template1");
  const db = database(pool);
  await ensureSchema(db, signal);
  const server: Server = await startServer(url);
  const plans = [plan, businessPlan, fastPlan, hostilePlan, comparingPlan].map((p) => ({ ...planSubject(p), areas }));
  for (const p of plans) {
    const all = desired(p, ENDPOINT, config);
    const h = hand({ resource: groups(db, ENDPOINT, config.nas), owner: () => p.owner, desired: (n) => all[n]! });
    for (const [n, d] of all.entries()) await h.settle(n, d);
  }
  const of = (n: number, more: Partial<ResolvedSubscriber>) =>
    desired(subscriber(n, { plan, ...more }), ENDPOINT, config);
  const account = (n: number, more: Partial<ResolvedSubscriber> = {}): Desired => {
    const found = of(n, more).find((d) => d.ref.resource === "account")!;
    return { ...found, spec: resolve(found.spec, ({ $output }) => parseRef($output).key).spec };
  };
  const owner = (n: number) => subscriber(n).owner;
  const handOf = (more: Partial<ResolvedSubscriber>) =>
    hand({ resource: accounts(db, ENDPOINT, config.nas), owner, desired: (n) => account(n, more) });
  const h = handOf({});
  return {
    async declare(n: number, more: Partial<ResolvedSubscriber> = {}): Promise<void> {
      for (const d of of(n, more).filter(({ ref }) => ref.resource === "group"))
        await hand({ resource: groups(db, ENDPOINT, config.nas), owner, desired: () => d }).settle(n, d);
      await handOf(more).settle(n, account(n, more));
    },
    retire: (n: number) => h.settle(n, undefined),
    destroy: (n: number) => h.settle(n, undefined, true),
    login: (n: number, { pap, chap, circuit, user = subscriber(n).userName }: Login): Promise<Reply> =>
      server.ask([
        `User-Name = "${user}"`,
        ...(pap === undefined ? [] : [`User-Password = "${pap}"`]),
        ...(chap === undefined ? [] : [`CHAP-Password = "${chap}"`]),
        ...(circuit === undefined ? [] : [circuit]),
      ]),
    /** Rows of a table. */
    count: async (table: string): Promise<number> => (await pool.query(`select from ${table}`)).rowCount ?? 0,
    /** A session that the NAS has opened and not closed. */
    online: (n: number, session: string): Promise<unknown> =>
      pool.query(
        `insert into radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime)
         values ($1, $1, $2, '192.0.2.1', now())`,
        [session, subscriber(n).userName],
      ),
    async close(): Promise<void> {
      await server.stop();
      await drop();
    },
  };
}

const PROFILES = { cisco: "UP50/DOWN100", juniper: "svc-inet(100m,50m)" };
/** The plan of `subscriber`, with a profile for those who need one. */
export const plan: EffectivePlan = { ...basic, profiles: PROFILES };
/** Everything that the first plan does not have. */
export const businessPlan: EffectivePlan = {
  ...plan,
  name: "business",
  speed: { downKbps: 500_000, upKbps: 250_500, burstDownKbps: 600_000, burstUpKbps: 300_000 },
  interimInterval: 300,
  simultaneousUse: 2,
  profiles: { ...PROFILES, mikrotik: "office" },
  attributes: [],
};
/** Faster than 32 bits of bit/s: by name wherever there is one. */
export const fastPlan: EffectivePlan = {
  ...businessPlan,
  name: "fast",
  speed: { downKbps: 10_000_000, upKbps: 10_000_000 },
  profiles: { ...PROFILES, cisco: "P10G", generic: "gold", huawei: "10g" },
};
export const circuitOf = (n: number): string => `ADSL-Agent-Circuit-Id = "${subscriber(n).option82.circuitId}"`;
/** Everything that people may choose, as an attacker would choose it. */
export const EXPANSION = "%{sql:select value from radcheck limit 1}";
export const hostilePlan: EffectivePlan = {
  ...plan,
  name: "hostile",
  profiles: { juniper: EXPANSION, generic: EXPANSION, cisco: "%{User-Name}" },
  attributes: ["Reply-Message", "Class", "ERX-Virtual-Router-Name"].map(
    (name) => ({ name, op: "=", value: EXPANSION, target: "reply" }) as const,
  ),
};
export const comparingPlan: EffectivePlan = {
  ...plan,
  name: "comparing",
  attributes: [{ name: "NAS-Identifier", op: "=~", value: "%{User-Name}", target: "check" }],
};
export { PASSWORD };
