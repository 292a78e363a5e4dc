/** On what, and beside how much other work, the figures were taken. */
import { cpus, loadavg, totalmem } from "node:os";
import pg from "pg";

/** Settings that decide what a commit and a page cost. */
const SETTINGS = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "max_wal_size"];

export interface Machine {
  readonly cpu: string;
  readonly memory: string;
  readonly node: string;
  readonly postgres: string;
  readonly settings: string;
}
export async function machine(server: string): Promise<Machine> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const show = async (name: string): Promise<string> =>
    (await client.query<Record<string, string>>(`show ${name}`)).rows[0]?.[name] ?? "";
  const settings: string[] = [];
  for (const name of SETTINGS) settings.push(`${name}=${await show(name)}`);
  const postgres = await show("server_version");
  await client.end();
  return {
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    postgres,
    settings: settings.join(", "),
  };
}
/** Mean number of runnable processes in the last minute. */
export const load = (): number => loadavg()[0] ?? 0;
