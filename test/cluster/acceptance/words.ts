/** What people ask a site about. */
import { expect } from "vitest";
import { soon } from "../cluster.ts";
import { type Condition, condition, type Live, type Site } from "../site.ts";

/** Waits until condition Ready of a subscriber reads so, such as `True Converged`. */
export const becomes = (site: Site, name: string, ready: string | RegExp): Promise<void> =>
  soon(async () => expect(condition(await site.read("subscribers", name), "Ready")).toMatch(ready));
export const converges = async (site: Site, ...names: readonly string[]): Promise<void> => {
  for (const name of names) await becomes(site, name, "True Converged");
};
/** The words about what is open. */
export const message = (object: Live | undefined, type = "Ready"): string =>
  object?.status?.conditions?.find((c: Condition) => c.type === type)?.message ?? "";

/** Rows of radcheck as `attribute op value`; passwords are left out. */
export async function checks(site: Site, user: string): Promise<readonly string[]> {
  const sql = "select attribute, op, value from radcheck where username = $1 order by 1, 3";
  const { rows } = await site.radius.query<{ attribute: string; op: string; value: string }>(sql, [user]);
  return rows.map(({ attribute: a, op, value }) => `${a} ${op} ${a.endsWith("-Password") ? "…" : value}`);
}
export const ACTIVE = ["Cleartext-Password := …"];
export const REJECTED = ["Auth-Type := Reject", "Cleartext-Password := …"];

export async function reply(site: Site, user: string, attribute: string): Promise<string | undefined> {
  const sql = "select value from radreply where username = $1 and attribute = $2";
  return (await site.radius.query<{ value: string }>(sql, [user, attribute])).rows[0]?.value;
}
export async function groups(site: Site, user: string): Promise<readonly string[]> {
  const sql = "select groupname from radusergroup where username = $1 order by priority, groupname";
  return (await site.radius.query<{ groupname: string }>(sql, [user])).rows.map((row) => row.groupname);
}
/** Every row that a RADIUS server reads, to prove that nothing was touched. */
export async function everything(site: Site): Promise<string> {
  const tables = ["radcheck", "radreply", "radgroupcheck", "radgroupreply", "radusergroup"];
  const parts = tables.map((t) => `select '${t}' as t, to_jsonb(x) - 'id' as j from ${t} x`);
  const found = await site.radius.query(`select t, j::text from (${parts.join(" union all ")}) s order by 1, 2`);
  return JSON.stringify(found.rows);
}
