/** Accounts, a real PostgreSQL, and two NAS that hold their sessions. */
import { type Desired, refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import type { EffectivePlan, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { database } from "../../reconcilers/postgres.ts";
import { nasClient } from "../../reconcilers/radius/coa/client.ts";
import { nasLink } from "../../reconcilers/radius/coa/nas.ts";
import { parseConfig } from "../../reconcilers/radius/config.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { InUse } from "../../reconcilers/radius/in-use.ts";
import { accounts, groups } from "../../reconcilers/radius/resources.ts";
import { ensureSchema } from "../../reconcilers/radius/schema.ts";
import { sessions } from "../../reconcilers/radius/sessions.ts";
import { freshDatabase } from "../lab/database.ts";
import { Faults } from "../lab/faults.ts";
import { labNas } from "../lab/radius/nas.ts";
import { guarded } from "./guarded.ts";
import { hand, signal } from "./hand.ts";
import { ENDPOINT, planSubject, subscriber } from "./radius.subjects.ts";

export const SECRET = "n4s-s3cret";
const TABLES =
  "radcheck, radreply, radusergroup, radgroupcheck, radgroupreply, radacct, lastmile.radius_owner, lastmile.radius_change, lastmile.radius_session";
/** One that is silent must be found so within a test; one that answers has as long as it takes. */
const PATIENCE = { initial: 40, longest: 200, count: 4, duration: 400 };
const LONG = { ...PATIENCE, count: 1000, duration: 120_000 };

export type More = Partial<ResolvedSubscriber>;
export async function openTown() {
  const { pool, drop } = await freshDatabase("template1");
  const plain = database(pool);
  await ensureSchema(plain, signal);
  const faults = new Faults();
  const db = guarded(plain, faults, "radius");
  const bng = await labNas(SECRET, pool);
  const bng2 = await labNas(SECRET, pool);
  const secretRef = { namespace: "lastmile-system", name: "nas", key: "secret" };
  const nas = (name: string, address: string, port: number, more: object) => ({
    ...{ name, address, coaPort: port, coaPerSecond: 1000, secretRef, ...more },
  });
  const config = parseConfig({
    address: "postgresql://radius-db.example:5432/radius",
    radius: {
      nas: [
        nas("bng1", "192.0.2.1", bng.port, { vendor: "MikroTik" }),
        nas("bng2", "192.0.2.2", bng2.port, { vendor: "Generic", sendVlan: true }),
        nas("juniper1", "192.0.2.3", bng.port, { vendor: "Juniper" }),
        { name: "mute1", address: "192.0.2.4", vendor: "MikroTik" },
      ],
    },
  });
  let patience = LONG;
  const links = () =>
    new Map(
      config.nas
        .filter((n) => n.dynamic.secret !== undefined)
        .map((n) => {
          const to = { address: "127.0.0.1", port: n.dynamic.port, secret: new Sensitive(SECRET) };
          const client = nasClient(to, patience);
          const ask: typeof client.ask = (request, stop) => faults.guard("nas", () => client.ask(request, stop));
          return [n.name, nasLink(n, new Sensitive(SECRET), () => ({ ...client, ask }))] as const;
        }),
    );
  let inUse = new InUse();
  let resource = sessions({ db, endpoint: ENDPOINT, nas: config.nas, links: links(), inUse });
  const areas = [["bng1"], ["bng2"], ["juniper1"]];
  const profiles = { juniper: "inet" };
  const plan = (more: Partial<EffectivePlan> = {}): EffectivePlan => ({ ...planSubject().plan, profiles, ...more });
  const setPlan = async (more: Partial<EffectivePlan> = {}): Promise<void> => {
    const all = desired({ ...planSubject(), plan: plan(more), areas }, ENDPOINT, config);
    const owner = () => planSubject().owner;
    const h = hand({ resource: groups(plain, ENDPOINT, config.nas), owner, desired: (n) => all[n]! });
    for (const n of all.keys()) await h.settle(n, all[n]);
  };
  const owner = (n: number) => subscriber(n).owner;
  const wish = (n: number, kind: "account" | "session", more: More = {}): Desired =>
    desired(subscriber(n, { plan: plan(), ...more }), ENDPOINT, config).find((d) => d.ref.resource === kind)!;
  const rowsOf = hand({
    resource: accounts(plain, ENDPOINT, config.nas),
    owner,
    desired: (n) => wish(n, "account"),
  });
  const h = () => hand({ resource, owner, desired: (n) => wish(n, "session") });
  return {
    ...{ pool, plain, faults, bng, bng2, config, setPlan, plan, wish, rows: rowsOf, owner },
    hand: h,
    resource: () => resource,
    /** Of another process: it says nothing to any NAS. */
    watch: () => ({ db: plain, endpoint: ENDPOINT, nas: config.nas, links: new Map(), inUse: new InUse() }),
    /** As after a restart: nothing is remembered in the process. `impatient`: for a NAS that says nothing. */
    restart(impatient = false): void {
      patience = impatient ? PATIENCE : LONG;
      inUse = new InUse();
      resource = sessions({ db, endpoint: ENDPOINT, nas: config.nas, links: links(), inUse });
    },
    /** What the account's rows say from now on. */
    async declare(n: number, more: More = {}): Promise<void> {
      await rowsOf.settle(n, wish(n, "account", more));
    },
    /** A session that began a while ago. */
    async online(n: number, id: string, more: { nas?: string; ago?: number; heard?: number } = {}): Promise<void> {
      const { nas: at = "192.0.2.1", ago = 3600, heard = 5 } = more;
      await pool.query(
        `insert into radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime,
           framedipaddress, callingstationid, nasportid)
         values ($1, $1, $2, $3, now() - $4 * interval '1 s', now() - $5 * interval '1 s', '10.0.0.1', 'aa:bb', 'ether1')`,
        [id, subscriber(n).userName, at, ago, Math.min(heard, ago)],
      );
      for (const one of [bng, bng2]) one.up.add(id);
    },
    /** Brings the session object where it should be, as the engine would; what the NAS heard of it. `null`: not declared any more. */
    async settle(n: number, more: More | null = {}): Promise<readonly string[]> {
      const from = [bng.heard.length, bng2.heard.length];
      await h().settle(n, more === null ? undefined : wish(n, "session", more));
      return [...bng.heard.slice(from[0]), ...bng2.heard.slice(from[1])];
    },
    outdated: async (n: number) => (await h().look(n, wish(n, "session")))?.state["outdated"] ?? null,
    facts: async (n: number) => (await h().look(n, wish(n, "session")))?.facts,
    order: (n: number, action: "create" | "update" | "retire" | "destroy") => {
      const { ref } = wish(n, "session");
      const by = ownerKey(owner(n));
      return { ref, action, token: token(by, refKey(ref)), owner: by, id: ref.key, patch: {} } as const;
    },
    async reset(): Promise<void> {
      await pool.query(`truncate ${TABLES}`);
      for (const one of [bng, bng2]) {
        one.heard.length = 0;
        one.up.clear();
        Object.assign(one.trouble, { of: undefined, coa: undefined });
      }
      faults.dead = false;
      faults.crash = undefined;
      this.restart();
      await setPlan();
    },
    async close(): Promise<void> {
      await bng.close();
      await bng2.close();
      await drop();
    },
  };
}
export type Town = Awaited<ReturnType<typeof openTown>>;
