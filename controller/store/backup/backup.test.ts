import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../test/lab/database.ts";
import { Sensitive } from "../../core/sensitive.ts";
import { openCalls } from "../calls.ts";
import { recordInstallation } from "../installation.ts";
import { type KeyRing, readKeys } from "../keys.ts";
import { openSecrets } from "../secrets.ts";
import { TABLES } from "./format.ts";
import { readBackup } from "./read.ts";
import { writeBackup } from "./write.ts";

const OWNER = "lab/acme/Subscriber/isp/s1";
const SECRET = "the-password-of-s1";
let folder: string;
let file: string;
let from: FreshDatabase;
let to: FreshDatabase;
let keys: KeyRing;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-backup-"));
  file = join(folder, "store.backup");
  from = await freshDatabase();
  keys = await ringOf("key");
  await fill();
  await writeBackup(from.url, file, new Date(0));
});
afterAll(async () => {
  await from.drop();
  await to?.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await to?.drop();
  to = await freshDatabase();
});

async function ringOf(name: string): Promise<KeyRing> {
  await writeFile(join(folder, name), randomBytes(32).toString("hex"));
  return readKeys({ file: join(folder, name), make: false });
}
/** At least one row of each table, with what is hard to spell. */
async function fill(): Promise<void> {
  const calls = openCalls(from.pool);
  await recordInstallation(calls, "lab");
  const secrets = await openSecrets(calls, keys);
  await secrets.put([{ owner: OWNER, name: "radius-password", value: new Sensitive(SECRET) }]);
  await from.pool.query(`
    insert into lastmile.objects (key, tenant, source_id, object, digest, generation, origin, deleted_at, seq)
      select 'Subscriber/isp/s' || n, 'acme', 'dir:/x', jsonb_build_object('name', E'Ünï\\n"\\\\', 'n', n), 'd', 1, '{"line":1}',
        case when n = 2 then now() end, n from generate_series(1, 1200) n;
    update lastmile.head set seq = 1200;
    insert into lastmile.refusals (source_id, revision, total, problems) values ('dir:/x', 'r', 1, '[{"a":1}]');
    insert into lastmile.inventory (owner, ref, needs, ext_id, outputs, intent_at)
      values ('${OWNER}', 'radius/account/s1', '{"a/b/c","d \\"e\\" {f},"}', '1', '{"address":"10.0.0.1"}', now());
    insert into lastmile.ledger values ('${OWNER}', 'radius/account/s1', now(), now() + interval '30 days');
    insert into lastmile.claims (kind, scope, value, owner) values ('userName', 'radius', 's1@isp', '${OWNER}');
    insert into lastmile.budgets values ('acme', 'retire', '-infinity', 3);
    insert into lastmile.reservations values ('acme', 'retire', '${OWNER}', 'held', now());
    insert into lastmile.approvals values ('radius/account/s1|retire|1|d', 'cs', 'ann', now(), now(), 'why');
    insert into lastmile.held (owner, plan_id, reason, impact, tuples, said)
      values ('${OWNER}', 'p', 'DestructiveLimit', 'retire', '{"radius/account/s1|retire|1|d"}', '{"retire radius/account/s1"}');
    insert into lastmile.requests (tenant, change_set, used) values ('acme', 'cs', true);
    insert into lastmile.rollouts values ('lab/acme/ServicePlan/isp/fiber', '{"target":2}', 7);
    insert into lastmile.rollout_members values ('lab/acme/ServicePlan/isp/fiber', '${OWNER}', 1, '{3}', 'Waiting', 0, false, true);
    insert into lastmile.status (owner, status, written) values ('${OWNER}', '{"z":1,"a":[true,null]}', '9000000000');
    insert into lastmile.lives values ('${OWNER}', 1);
    insert into lastmile.outbox (owner, seq, notice, facts, at, since, due, changed_at, state)
      values ('${OWNER}', 1, 'Activated', '{"plan":"basic"}', now(), now(), now(), now(), 'Sent');
    insert into lastmile.audit (at, owner, ref, action, changes, plan_id, outcome)
      select now(), '${OWNER}', 'radius/account/s1', 'create', '[{"field":"x"}]', 'p', 'Done' from generate_series(1, 3);`);
}
const into = (over: Partial<Parameters<typeof readBackup>[0]> = {}) =>
  readBackup({ url: to.url, file, installation: "lab", keys, ...over });
async function rowsOf({ pool }: FreshDatabase): Promise<readonly string[]> {
  const parts = TABLES.map((t) =>
    pool.query<{ line: string }>(`select (to_jsonb(t) - 'written')::text as line from lastmile.${t} t order by 1`),
  );
  return (await Promise.all(parts)).flatMap(({ rows }, n) => rows.map((r) => `${TABLES[n]} ${r.line}`));
}
/** Another file with other lines. */
async function edited(edit: (lines: string[]) => readonly string[]): Promise<string> {
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split("\n");
  const other = join(folder, "edited");
  await writeFile(other, gzipSync(`${edit(lines).join("\n")}\n`));
  return other;
}

test("names every table of the store, leases and migrations aside", async () => {
  const text = "select table_name from information_schema.tables where table_schema = 'lastmile'";
  const { rows } = await from.pool.query<{ table_name: string }>(text);
  expect([...TABLES, "migrations", "partitions", "replicas"].sort()).toEqual(rows.map((r) => r.table_name).sort());
});

test("every row comes back as it was, and the audit goes on behind it", async () => {
  const before = await rowsOf(from);
  expect(new Set(before.map((line) => line.split(" ", 1)[0]))).toEqual(new Set(TABLES));
  expect(await into()).toMatchObject({ header: { installation: "lab", at: "1970-01-01T00:00:00.000Z" } });
  expect(await rowsOf(to)).toEqual(before);
  const secrets = await openSecrets(openCalls(to.pool), keys);
  expect((await secrets.read([OWNER], "radius-password")).get(OWNER)?.reveal()).toBe(SECRET);
  const insert = `insert into lastmile.audit (at, owner, ref, action, changes, plan_id, outcome) values (now(), 'o', 'r', 'a', '[]', '', 'Done') returning id`;
  expect((await to.pool.query(insert)).rows[0].id).toBe("4");
});

test("what was to be sent when it was made may have been sent since", async () => {
  const state = async ({ pool }: FreshDatabase) =>
    (await pool.query("select state from lastmile.outbox")).rows[0].state;
  await from.pool.query("update lastmile.outbox set state = 'Queued'");
  const other = join(folder, "queued");
  await writeBackup(from.url, other, new Date(0));
  await into({ file: other });
  expect([await state(from), await state(to)]).toEqual(["Queued", "Uncertain"]);
});

test("a status counts as written by the restore: numbers of transactions are those of one server", async () => {
  await into();
  const late = "select from lastmile.status where written >= pg_current_xact_id()";
  expect((await to.pool.query(late)).rowCount).toBe(0);
});

test("is for its owner's eyes, and holds no secret in clear", async () => {
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  expect(gunzipSync(await readFile(file)).toString()).not.toContain(SECRET);
});

describe("nothing is restored", () => {
  const stays = async (): Promise<void> => {
    const { rows } = await to.pool.query(
      "select (select count(*) from lastmile.objects) + (select count(*) from lastmile.audit) as n",
    );
    expect(rows[0].n).toBe("0");
  };
  test.each<[string, (lines: string[]) => readonly string[]]>([
    ["its end is missing", (lines) => lines.slice(0, -1)],
    ["a row is missing", (lines) => lines.toSpliced(700, 1)],
    ["a letter is another one", (lines) => lines.map((l) => l.replace("s1@isp", "s2@isp"))],
    ["something follows its end", (lines) => [...lines, lines[1] ?? ""]],
    ["it holds another table", (lines) => lines.toSpliced(1, 0, '{"t":"partitions","r":{}}')],
    ["it is something else", () => ["hello"]],
  ])("where %s", async (_, edit) => {
    await expect(into({ file: await edited(edit) })).rejects.toMatchObject({ code: "BadBackup" });
    await stays();
  });
  test("where the file is cut off", async () => {
    const cut = join(folder, "cut");
    await writeFile(cut, (await readFile(file)).subarray(0, -20));
    await expect(into({ file: cut })).rejects.toMatchObject({ code: "BadBackup" });
    await stays();
  });
  test("where there is no file", async () => {
    await expect(into({ file: join(folder, "nowhere") })).rejects.toMatchObject({ code: "ENOENT" });
  });
  test("without the master key of its secrets", async () => {
    await expect(into({ keys: await ringOf("other") })).rejects.toMatchObject({ code: "KeyLost" });
    await stays();
  });
  test("into another installation", async () => {
    await expect(into({ installation: "other" })).rejects.toMatchObject({ code: "WrongInstallation" });
  });
  test("into a store that holds something", async () => {
    await into();
    await expect(into()).rejects.toMatchObject({ code: "NotEmpty" });
  });
  test("from another schema", async () => {
    await to.pool.query("delete from lastmile.migrations where name like '0004%'");
    await expect(into()).rejects.toMatchObject({ code: "NewerStore" });
    await stays();
  });
});

test("a backup that fails leaves no file behind", async () => {
  const url = new URL(from.url);
  url.pathname = "/nothing_of_that_name";
  await expect(writeBackup(url.href, join(folder, "none"), new Date(0))).rejects.toMatchObject({ code: "Unavailable" });
  await expect(stat(join(folder, "none.part"))).rejects.toMatchObject({ code: "ENOENT" });
});
