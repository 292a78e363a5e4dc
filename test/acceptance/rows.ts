/** What a RADIUS server finds: rows as `attribute op value`, in the order of the alphabet. */
import type { Provider } from "./provider.ts";

type Table = "radcheck" | "radreply" | "radgroupcheck" | "radgroupreply";

export async function rows(p: Provider, table: Table, name: string): Promise<string[]> {
  const key = table.startsWith("radgroup") ? "groupname" : "username";
  const sql = `select attribute || ' ' || op || ' ' || value as row from ${table} where ${key} = $1`;
  return (await p.radius.query<{ row: string }>(sql, [name])).rows.map(({ row }) => row).sort();
}

export async function groupsOf(p: Provider, user: string): Promise<string[]> {
  const sql = "select groupname from radusergroup where username = $1 order by priority, groupname";
  return (await p.radius.query<{ groupname: string }>(sql, [user])).rows.map((row) => row.groupname);
}

/** Check rows, reply rows and groups of a user, without values that differ from run to run. */
export async function account(p: Provider, user: string): Promise<Account> {
  const [check, reply, groups] = await Promise.all([
    rows(p, "radcheck", user),
    rows(p, "radreply", user),
    groupsOf(p, user),
  ]);
  return { check: check.map(anonymous), reply: reply.map(anonymous), groups };
}

export interface Account {
  readonly check: readonly string[];
  readonly reply: readonly string[];
  readonly groups: readonly string[];
}

const anonymous = (row: string): string =>
  row.replace(/^((?:Cleartext|NT|SHA2|SSHA2-512)-Password :=) .+/, "$1 …").replace(/^(Session-Timeout :=) .+/, "$1 …");

export async function passwordOf(p: Provider, user: string): Promise<string | undefined> {
  const sql = "select value from radcheck where username = $1 and attribute = 'Cleartext-Password'";
  return (await p.radius.query<{ value: string }>(sql, [user])).rows[0]?.value;
}

/** Every row of every table that a stock server reads, to prove that nothing was touched. */
export async function everything(p: Provider): Promise<string> {
  const tables = ["radcheck", "radreply", "radgroupcheck", "radgroupreply", "radusergroup"];
  const parts = tables.map((t) => `select '${t}' as t, to_jsonb(x) - 'id' as j from ${t} x`);
  const found = await p.radius.query(`select t, j::text from (${parts.join(" union all ")}) s order by 1, 2`);
  return JSON.stringify(found.rows);
}
