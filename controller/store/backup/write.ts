/** Writes all of the store into one file, as it was at one moment; controllers may go on meanwhile. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { toStoreError } from "../errors.ts";
import { type Header, header, rowLine, Seal, TABLES } from "./format.ts";

export interface Written {
  readonly header: Header;
  readonly rows: number;
}
const PAGE = 1000;

/** The file appears whole or not at all, and only its owner may read it: it names customers. */
export async function writeBackup(url: string, file: string, at: Date): Promise<Written> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "lastmile",
  });
  client.on("error", () => undefined); // a lost connection fails the statement that is under way
  const draft = `${file}.part`;
  try {
    await client.connect();
    await client.query("begin isolation level repeatable read read only");
    const head = await headerOf(client, at);
    const seal = new Seal();
    const out = createWriteStream(draft, { mode: 0o600, flush: true });
    await once(out, "open");
    await pipeline(Readable.from(lines(client, head, seal)), createGzip(), out);
    await rename(draft, file);
    return { header: head, rows: seal.rows };
  } catch (e) {
    await rm(draft, { force: true });
    throw isOfDisk(e) ? e : toStoreError("backup", e);
  } finally {
    await client.end().catch(() => undefined);
  }
}
const isOfDisk = (e: unknown): boolean => e instanceof Error && "path" in e;

async function headerOf(client: pg.Client, at: Date): Promise<Header> {
  const list = async (text: string): Promise<string[]> =>
    (await client.query<[string]>({ text, rowMode: "array" })).rows.map(([v]) => v);
  const [installation = ""] = await list("select name from lastmile.installation");
  const migrations = await list("select name from lastmile.migrations order by name");
  const keys = await list("select distinct key_id from lastmile.secrets order by 1");
  return header({ installation, at: at.toISOString(), migrations, keys });
}

async function* lines(client: pg.Client, head: Header, seal: Seal): AsyncGenerator<string> {
  yield `${seal.add(JSON.stringify(head))}\n`;
  for (const table of TABLES) {
    await client.query(`declare rows no scroll cursor for select row_to_json(t)::text from lastmile.${table} t`);
    for (;;) {
      const { rows } = await client.query<[string]>({ text: `fetch ${PAGE} from rows`, rowMode: "array" });
      if (rows.length === 0) break;
      yield rows.map(([row]) => `${seal.add(rowLine({ table, row }))}\n`).join("");
    }
    await client.query("close rows");
  }
  yield `${seal.end()}\n`;
}
