/** The least that any design must do: the same rows, the same batch, the same number of connections, and nothing else. */
import type pg from "pg";
import { read } from "../../reconcilers/radius/sql.ts";

/** As the controller does it: objects in a call, and bulk calls at a time (four slots, one of them kept for small edits). */
const BATCH = 500;
const PARALLEL = 3;

type Attribute = readonly [attribute: string, op: string, value: string];
/** Everything that stands under one name. */
export interface Account {
  readonly name: string;
  readonly check: readonly Attribute[];
  readonly reply: readonly Attribute[];
  readonly group: string;
  readonly token: string;
  readonly owner: string;
}

/** What stands in the tables now: what a floor has to write, or to compare. */
export async function accountsOf(pool: pg.Pool): Promise<readonly Account[]> {
  const rows = async (text: string): Promise<readonly (readonly string[])[]> =>
    (await pool.query<string[]>({ text, rowMode: "array" })).rows;
  const attributes = async (table: string): Promise<(name: string) => readonly Attribute[]> => {
    const found = await rows(`select username, attribute, op, value from ${table} order by id`);
    const by = Map.groupBy(found, ([name]) => name);
    return (name) => (by.get(name) ?? []).map(([, attribute = "", op = "", value = ""]) => [attribute, op, value]);
  };
  const [check, reply] = [await attributes("radcheck"), await attributes("radreply")];
  const groups = new Map((await rows("select username, groupname from radusergroup")).map(([u, g]) => [u, g]));
  const owners = "select name, token, owner from lastmile.radius_owner where kind = 'account' order by name";
  return (await rows(owners)).map(([name = "", token = "", owner = ""]) => {
    return { name, token, owner, check: check(name), reply: reply(name), group: groups.get(name) ?? "" };
  });
}

/** One transaction of four statements for each batch. */
export const insertAll = (pool: pg.Pool, accounts: readonly Account[]): Promise<void> =>
  eachBatch(accounts, async (part) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(
        `insert into lastmile.radius_owner (kind, name, token, owner)
         select 'account', * from unnest($1::text[], $2::text[], $3::text[])`,
        [part.map((a) => a.name), part.map((a) => a.token), part.map((a) => a.owner)],
      );
      for (const table of ["check", "reply"] as const) {
        const lines = part.flatMap((a) => a[table].map((l) => [a.name, ...l]));
        await client.query(
          `insert into rad${table} (UserName, Attribute, op, Value)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
          [0, 1, 2, 3].map((n) => lines.map((l) => l[n])),
        );
      }
      await client.query(
        "insert into radusergroup (UserName, GroupName, priority) select *, 1 from unnest($1::text[], $2::text[])",
        [part.map((a) => a.name), part.map((a) => a.group)],
      );
      await client.query("commit");
    } finally {
      client.release();
    }
  });

/** Reads every row and compares every value. @throws when one differs: then something else was measured. */
export const compareAll = (pool: pg.Pool, accounts: readonly Account[]): Promise<void> =>
  eachBatch(accounts, async (part) => {
    const values = [part.map((a) => a.name)];
    const { rows } = await pool.query<string[]>({ text: read("account"), values, rowMode: "array" });
    const found = Map.groupBy(rows, (r) => r[1]);
    for (const account of part) {
      if (!same(account, found.get(account.name) ?? [])) throw new Error(`${account.name} differs`);
    }
  });

function same({ check, reply, group, token }: Account, rows: readonly string[][]): boolean {
  if (rows.length !== check.length + reply.length + 2) return false;
  return rows.every(([letter, , a = "", b = "", c = ""]) => {
    if (letter === "o") return a === token && b === "false";
    if (letter === "m") return c === group;
    return (letter === "c" ? check : reply).some(([name, op, value]) => name === a && op === b && value === c);
  });
}

/** Writes the only group of every account again. */
export const regroupAll = (pool: pg.Pool, accounts: readonly Account[]): Promise<void> =>
  eachBatch(accounts, async (part) => {
    await pool.query(
      `with gone as (delete from radusergroup where UserName = any($1::text[]))
       insert into radusergroup (UserName, GroupName, priority) select *, 1 from unnest($1::text[], $2::text[])`,
      [part.map((a) => a.name), part.map((a) => a.group)],
    );
  });

async function eachBatch(accounts: readonly Account[], work: (part: readonly Account[]) => Promise<void>) {
  let at = 0;
  const next = async (): Promise<void> => {
    while (at < accounts.length) {
      const part = accounts.slice(at, at + BATCH);
      at += BATCH;
      await work(part);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, next));
}
