/** FreeRADIUS's tables on a real PostgreSQL, with the other hands that write into them. */
import type pg from "pg";
import type { Desired, State } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { type Database, database } from "../../reconcilers/postgres.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { accounts, groups } from "../../reconcilers/radius/resources.ts";
import { ensureSchema } from "../../reconcilers/radius/schema.ts";
import type { Resource } from "../../reconcilers/system.ts";
import { freshDatabase } from "../lab/database.ts";
import { guarded } from "./guarded.ts";
import { signal } from "./hand.ts";
import { config, ENDPOINT, PASSWORD, planSubject, subscriber } from "./radius.subjects.ts";
import type { MakeRig, Rig } from "./rig.ts";

const TABLES = "radcheck, radreply, radusergroup, radgroupcheck, radgroupreply, lastmile.radius_owner";
type Hands = Rig["byHand"];

interface Part {
  readonly make: (db: Database) => Resource;
  readonly desired: Rig["desired"];
  readonly owner: Rig["owner"];
  readonly hands: (pool: pg.Pool) => Hands;
  readonly secrets: readonly string[];
  /** What must stand before the first object. */
  readonly before: readonly Desired[];
}

const makeRig =
  (part: Part): MakeRig =>
  async (faults) => {
    const { pool, drop } = await freshDatabase("template1");
    const plain = database(pool);
    await ensureSchema(plain, signal);
    return {
      resource: part.make(guarded(plain, faults, "radius")),
      calls: { read: "radius.read", write: "radius.write" },
      owner: part.owner,
      desired: part.desired,
      broken: wireErrors.map(({ what, error }) => ({ what, resource: part.make(database(failing(error))) })),
      byHand: part.hands(pool),
      secrets: part.secrets,
      async reset() {
        await pool.query(`truncate ${TABLES}`);
        for (const d of part.before) await groups(plain, ENDPOINT, config.nas).apply([create(d)], signal);
      },
      close: drop,
    };
  };

const create = (d: Desired) => {
  const owner = ownerKey(planSubject().owner);
  return {
    ref: d.ref,
    action: "create" as const,
    token: token(owner, refKey(d.ref)),
    owner,
    id: undefined,
    patch: d.spec as State,
  };
};

/** What the driver says when the answer is not an answer. */
const state = (code: string) => Object.assign(new Error(`value ${PASSWORD(1)} of a row`), { code });
const wireErrors = [
  { what: "wrong password", error: state("28P01") },
  { what: "no such database", error: state("3D000") },
  { what: "no right to read", error: state("42501") },
  { what: "no such table", error: state("42P01") },
  { what: "shut down", error: state("57P01") },
  { what: "too many connections", error: state("53300") },
  { what: "statement timeout", error: state("57014") },
  { what: "connection refused", error: state("ECONNREFUSED") },
  { what: "connection reset", error: state("ECONNRESET") },
  { what: "half an answer", error: new Error("Connection terminated unexpectedly") },
];
const failing = (error: Error) => ({
  connect: () => Promise.reject(error),
  end: async () => undefined,
});

const group = (edited = false, name?: string): Desired => {
  const more = edited
    ? { speed: { downKbps: 200_000, upKbps: 100_000 }, simultaneousUse: undefined, attributes: [] }
    : {};
  return desired(planSubject({ ...more, ...(name !== undefined && { name }) }), ENDPOINT, config)[0]!;
};

export const accountRig = makeRig({
  make: (db) => accounts(db, ENDPOINT, config.nas),
  owner: (n) => subscriber(n).owner,
  desired: (n, edited = false) => {
    const { ipv6 } = subscriber(n);
    const more = {
      ipv4: { assignment: "Pool", pool: "cgnat-1" },
      ipv6: { ...ipv6, delegatedPrefix: undefined },
    } as const;
    return desired(subscriber(n, edited ? more : {}), ENDPOINT, config)[0]!;
  },
  secrets: [1, 2, 3].map(PASSWORD),
  before: [group()],
  hands: (pool) => {
    const user = (n: number) => subscriber(n).userName;
    const check = (attribute: string, op: string, value: string) => (n: number) =>
      run(
        pool,
        "insert into radcheck (username, attribute, op, value) values ($1, $2, $3, $4)",
        user(n),
        attribute,
        op,
        value,
      );
    const reply = (attribute: string, op: string, value: string) => (n: number) =>
      run(
        pool,
        "insert into radreply (username, attribute, op, value) values ($1, $2, $3, $4)",
        user(n),
        attribute,
        op,
        value,
      );
    return {
      make: check("Cleartext-Password", ":=", "theirs"),
      annotate: reply("Reply-Message", "=", "by hand"),
      annotated: (n) =>
        exists(pool, "select from radreply where username = $1 and attribute = 'Reply-Message'", user(n)),
      count: (n) =>
        count(pool, "select count(*) from radcheck where username = $1 and attribute = 'Cleartext-Password'", user(n)),
      spoil: {
        "another address": (n) =>
          run(
            pool,
            "update radreply set value = '10.9.9.9' where username = $1 and attribute = 'Framed-IP-Address'",
            user(n),
          ),
        "a second address": reply("Framed-IP-Address", ":=", "10.9.9.9"),
        "the same address twice": reply("Framed-IP-Address", ":=", "10.0.0.1"),
        "another operator": (n) =>
          run(pool, "update radreply set op = '=' where username = $1 and attribute = 'Framed-IP-Address'", user(n)),
        "a circuit id that is not compared": (n) =>
          run(
            pool,
            "update radcheck set op = ':=' where username = $1 and attribute = 'ADSL-Agent-Circuit-Id'",
            user(n),
          ),
        "a circuit id of another attribute": check("Agent-Circuit-Id", "==", "0x00"),
        "no circuit id": (n) =>
          run(pool, "delete from radcheck where username = $1 and attribute = 'ADSL-Agent-Circuit-Id'", user(n)),
        "another password": (n) =>
          run(
            pool,
            `update radcheck set value = '${PASSWORD(2)}' where username = $1 and attribute = 'Cleartext-Password'`,
            user(n),
          ),
        "a second password of another kind": check("MD5-Password", ":=", PASSWORD(3)),
        "an attribute in lower case": check("auth-type", ":=", "Accept"),
        "accepted without a password": check("Auth-Type", ":=", "Accept"),
        "rejected by hand": check("Auth-Type", ":=", "Reject"),
        "a timeout of another length": reply("Session-Timeout", ":=", "1"),
        "a route more": reply("Framed-Route", "+=", "198.51.100.0/24 0.0.0.0 1"),
        "a speed of its own": reply("Mikrotik-Rate-Limit", ":=", "1G/1G"),
        "an end": check("Expiration", ":=", "1 Jan 2030"),
        "more sessions": check("simultaneous-use", ":=", "9"),
        "a VLAN": reply("Tunnel-Private-Group-Id", "=", "666"),
        "another group": (n) =>
          run(pool, "update radusergroup set groupname = 'free-for-all' where username = $1", user(n)),
        "a second group": (n) =>
          run(pool, "insert into radusergroup (username, groupname) values ($1, 'free-for-all')", user(n)),
        "a group of another priority": (n) =>
          run(pool, "update radusergroup set priority = 7 where username = $1", user(n)),
        "no reply at all": (n) =>
          run(pool, "delete from radreply where username = $1 and attribute <> 'Reply-Message'", user(n)),
      },
    };
  },
});

export const groupRig = makeRig({
  make: (db) => groups(db, ENDPOINT, config.nas),
  owner: (n) => planSubject({ name: `plan-${n}` }).owner,
  desired: (n, edited) => group(edited, `plan-${n}`),
  secrets: [PASSWORD(1)],
  before: [],
  hands: (pool) => {
    const name = (n: number) => group(false, `plan-${n}`).ref.key;
    const insert = (table: string, attribute: string, op: string, value: string) => (n: number) =>
      run(
        pool,
        `insert into ${table} (groupname, attribute, op, value) values ($1, $2, $3, $4)`,
        name(n),
        attribute,
        op,
        value,
      );
    return {
      make: insert("radgroupreply", "Idle-Timeout", "=", "600"),
      annotate: insert("radgroupreply", "Reply-Message", "=", "by hand"),
      annotated: (n) =>
        exists(pool, "select from radgroupreply where groupname = $1 and attribute = 'Reply-Message'", name(n)),
      count: (n) =>
        count(
          pool,
          "select count(*) from radgroupreply where groupname = $1 and attribute = 'Mikrotik-Rate-Limit'",
          name(n),
        ),
      spoil: {
        "another rate": (n) =>
          run(
            pool,
            "update radgroupreply set value = '1k/1k' where groupname = $1 and attribute = 'Mikrotik-Rate-Limit'",
            name(n),
          ),
        "a rate that overrides": (n) =>
          run(
            pool,
            "update radgroupreply set op = ':=' where groupname = $1 and attribute = 'Mikrotik-Rate-Limit'",
            name(n),
          ),
        "a second rate": insert("radgroupreply", "Mikrotik-Rate-Limit", "=", "1G/1G"),
        "a rate of another vendor": insert("radgroupreply", "WISPr-Bandwidth-Max-Up", "=", "1"),
        "accepts everybody": insert("radgroupcheck", "Auth-Type", ":=", "Accept"),
        "a password for everybody": insert("radgroupcheck", "Cleartext-Password", ":=", PASSWORD(1)),
        "an address for everybody": insert("radgroupreply", "Framed-IP-Address", ":=", "10.0.0.1"),
        "another extra": (n) =>
          run(
            pool,
            "update radgroupreply set value = '9000' where groupname = $1 and attribute = 'Framed-MTU'",
            name(n),
          ),
        "an extra twice": insert("radgroupreply", "framed-mtu", "=", "9000"),
        "no limit of sessions": (n) => run(pool, "delete from radgroupcheck where groupname = $1", name(n)),
      },
    };
  },
});

async function run(pool: pg.Pool, text: string, ...values: readonly unknown[]): Promise<void> {
  await pool.query(text, [...values]);
}
const exists = async (pool: pg.Pool, text: string, name: string): Promise<boolean> =>
  ((await pool.query(text, [name])).rowCount ?? 0) > 0;
const count = async (pool: pg.Pool, text: string, name: string): Promise<number> =>
  Number((await pool.query<{ count: string }>(text, [name])).rows[0]!.count);
