/** Reads a backup into an empty store: all of it or nothing. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import pg from "pg";
import { StoreError, toStoreError } from "../errors.ts";
import type { KeyRing } from "../keys.ts";
import { bad, type Header, parseHeader, parseRow, Seal, TABLES } from "./format.ts";

export interface RestoreInput {
  /** Of a store with this program's schema. */
  readonly url: string;
  readonly file: string;
  readonly installation: string;
  readonly keys: KeyRing;
}
const PAGE = 500;

export async function readBackup({
  url,
  file,
  installation,
  keys,
}: RestoreInput): Promise<{ header: Header; rows: number }> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "lastmile",
  });
  client.on("error", () => undefined);
  const source = linesOf(file);
  try {
    const head = parseHeader((await source.next()).value);
    check(head, installation, keys);
    await client.connect();
    await client.query("begin");
    await checkStore(client, head);
    const seal = new Seal();
    seal.add(JSON.stringify(head));
    await fill(client, source, seal);
    for (const table of ["audit", "outbox"])
      await client.query(
        `select setval(pg_get_serial_sequence('lastmile.${table}', 'id'), coalesce(max(id), 0) + 1, false) from lastmile.${table}`,
      );
    await client.query(doubt);
    await client.query("commit");
    return { header: head, rows: seal.rows };
  } catch (e) {
    throw isOfFile(e) ? e : toStoreError("restore", e);
  } finally {
    await source.return(undefined);
    await client.end().catch(() => undefined); // what was not committed is rolled back
  }
}
/** Since the backup they may have been sent: nothing is sent twice unless a person says so. */
const doubt = `update lastmile.outbox set state = 'Uncertain', said = 'restored from a backup; it may have been sent since'
  where state in ('Queued', 'Sending')`;
const isOfFile = (e: unknown): boolean => e instanceof Error && "path" in e;

function check({ installation, keys }: Header, ours: string, ring: KeyRing): void {
  if (installation !== ours)
    throw new StoreError("WrongInstallation", `the backup is of installation "${installation}", this is "${ours}"`);
  const lost = keys.filter((id) => !ring.all.has(id));
  if (lost.length > 0)
    throw new StoreError(
      "KeyLost",
      `the backup is sealed with master key ${lost.join(", ")}, the key file holds ${[...ring.all.keys()].join(", ")}`,
    );
}

async function checkStore(client: pg.Client, { migrations }: Header): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select name from lastmile.migrations order by name");
  const here = rows.map((r) => r.name);
  if (here.join() !== migrations.join())
    throw new StoreError("NewerStore", `the backup is of schema ${migrations.at(-1)}, this program has ${here.at(-1)}`);
  const full = `select ${TABLES.filter((t) => !BEGUN.has(t))
    .map((t) => `exists (select from lastmile.${t})`)
    .join(" or ")} as full`;
  if ((await client.query<{ full: boolean }>(full)).rows[0]?.full)
    throw new StoreError("NotEmpty", "the store holds something already; nothing was restored");
  for (const table of BEGUN) await client.query(`delete from lastmile.${table}`);
}
/** What a store has from its first start. */
const BEGUN: ReadonlySet<string> = new Set(["installation", "keys", "head"]);

async function fill(client: pg.Client, source: AsyncGenerator<string>, seal: Seal): Promise<void> {
  let table = "";
  let rows: string[] = [];
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await insert(client, table, rows);
    rows = [];
  };
  let end: string | undefined;
  for await (const line of source) {
    if (end !== undefined) throw bad("something follows its end");
    const found = parseRow(line);
    if (!found) {
      end = line;
      continue;
    }
    seal.add(line);
    if (found.table !== table || rows.length === PAGE) await flush();
    table = found.table;
    rows.push(found.row);
  }
  await flush();
  if (end === undefined) throw bad("its end is missing");
  if (end !== seal.end()) throw bad("its rows are not those that were written");
}

async function insert(client: pg.Client, table: string, rows: readonly string[]): Promise<void> {
  const columns = await columnsOf(client, table);
  await client.query(
    `insert into lastmile.${table} (${columns}) overriding system value
     select ${columns} from json_populate_recordset(null::lastmile.${table}, $1::json)`,
    [`[${rows.join(",")}]`],
  );
}
/** Without those that the database computes, or counts for itself: a transaction's number says nothing in another one. */
async function columnsOf(client: pg.Client, table: string): Promise<string> {
  const text = `select string_agg(quote_ident(column_name), ', ') as names from information_schema.columns
    where table_schema = 'lastmile' and table_name = $1 and is_generated = 'NEVER' and data_type <> 'xid8'`;
  return (await client.query<{ names: string }>(text, [table])).rows[0]?.names ?? "";
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  const text = createGunzip().setEncoding("utf8");
  input.on("error", (e) => text.destroy(e)).pipe(text);
  let rest = "";
  try {
    for await (const part of text) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (e) {
    // zlib calls what it cannot read Z_BUF_ERROR, Z_DATA_ERROR …
    throw (e as NodeJS.ErrnoException).code?.startsWith("Z_") ? bad("it cannot be unpacked to its end") : e;
  } finally {
    input.destroy();
  }
  if (rest !== "") yield rest;
}
