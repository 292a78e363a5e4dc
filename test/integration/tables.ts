/** What stands in databases, as tests compare it. */
import type pg from "pg";

/** `Attribute op Value`, sorted. */
export interface Account {
  readonly check: readonly string[];
  readonly reply: readonly string[];
  readonly groups: readonly string[];
  readonly owner: string | undefined;
  readonly retired: boolean;
}
interface Row {
  readonly name: string;
  readonly check: string[] | null;
  readonly reply: string[] | null;
  readonly groups: string[] | null;
  readonly owner: string | null;
  readonly retired: boolean | null;
}
const rows = (table: string): string =>
  `(select array_agg(attribute || ' ' || op || ' ' || value order by 1) from ${table} where username = n.name)`;
const ACCOUNTS = `select n.name, ${rows("radcheck")} as check, ${rows("radreply")} as reply,
    (select array_agg(groupname order by 1) from radusergroup where username = n.name) as groups, o.owner, o.retired
  from (select username as name from radcheck union select username from radreply union select username from radusergroup
    union select name from lastmile.radius_owner where kind = 'account') n
  left join lastmile.radius_owner o on o.kind = 'account' and o.name = n.name order by n.name`;

/** Every account in the tables of FreeRADIUS, by user name, whoever owns it. */
export async function accounts(pool: pg.Pool): Promise<ReadonlyMap<string, Account>> {
  const found = await pool.query<Row>(ACCOUNTS);
  return new Map(
    found.rows.map((r) => [
      r.name,
      {
        check: (r.check ?? []).toSorted(),
        reply: (r.reply ?? []).toSorted(),
        groups: r.groups ?? [],
        owner: r.owner ?? undefined,
        retired: r.retired ?? false,
      },
    ]),
  );
}

const TABLES = `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
  where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' order by 1`;

/** All rows of all tables as text, leases aside: they move by themselves. */
export async function dump(
  pool: pg.Pool,
  but: readonly string[] = ["lastmile.partitions", "lastmile.replicas"],
): Promise<string> {
  const tables = await pool.query<{ name: string }>(TABLES);
  const parts: string[] = [];
  for (const { name } of tables.rows) {
    if (but.includes(name)) continue;
    const { rows: lines } = await pool.query<{ line: string }>(`select t::text as line from ${name} t order by 1`);
    parts.push(`${name}\n${lines.map((r) => r.line).join("\n")}`);
  }
  return parts.join("\n\n");
}

/** Cuts Lastmile's connections to a database, as a restart of its server does; asked through `pool`. */
export async function cutConnections(pool: pg.Pool, database: string): Promise<void> {
  const text = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'lastmile%'`;
  await pool.query(text, [database]);
}
