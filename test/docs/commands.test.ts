/** Every command of the pages, run as it stands there, in the order of the page. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type LabNas, labNas } from "../lab/radius/nas.ts";
import { bare, commandsOf, keepCredentials, ROOT } from "./page.ts";

/** The two commands of README.md are what CI itself is made of; one calls the tests, which cannot call themselves. */
const BY_CI: ReadonlySet<string> = new Set(["make demo", "make test"]);

let folder: string;
let radius: FreshDatabase;
let store: FreshDatabase;
/** Of docs/sessions.md, with the session that the page puts online. */
let nas: LabNas;
const NAS_SECRET = "n4s-s3cret";
let tickets: FreshDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-docs-"));
  radius = await freshDatabase("template1");
  store = await freshDatabase("template1");
  tickets = await freshDatabase("template1");
  nas = await labNas(NAS_SECRET, radius.pool);
  nas.up.add("81a0");
  for (const declared of ["examples", "docs/fieldwork"])
    await cp(join(ROOT, declared), join(folder, declared), { recursive: true });
  await mkdir(join(folder, "bin"));
  await symlink(join(ROOT, "controller/cli/lastmile"), join(folder, "bin/lastmile"));
  for (const name of ["radius-acme", "radius-harbour"]) await keepCredentials(new URL(radius.url), folder, name);
  await keepCredentials(new URL(tickets.url), folder, "tickets-harbour");
});
afterAll(async () => {
  await nas.close();
  await rm(folder, { recursive: true, force: true });
  await radius.drop();
  await store.drop();
  await tickets.drop();
});

describe.each([
  "README.md",
  "docs/operate.md",
  "docs/rollout.md",
  "docs/freeradius.md",
  "docs/sessions.md",
  "docs/gitops.md",
  "docs/recovery.md",
  "docs/schedule.md",
  "docs/older.md",
  "docs/history.md",
  "docs/fieldwork.md",
])("%s", (page) => {
  test("every command does what the page says", async () => {
    const env = {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      DATABASE_URL: store.url,
      RADIUS_URL: bare(radius.url),
      TICKETS_URL: bare(tickets.url),
      // For psql, which reads no Secret.
      PGUSER: decodeURIComponent(new URL(radius.url).username),
      PGPASSWORD: decodeURIComponent(new URL(radius.url).password),
      NAS: "127.0.0.1",
      NAS_PORT: String(nas.port),
      NAS_SECRET,
      LASTMILE_HOME: join(folder, ".lastmile"),
      LASTMILE_SECRETS: join(folder, "secrets"),
    };
    for (const { line, exits } of (await commandsOf(page)).filter((c) => !BY_CI.has(c.line))) {
      const ran = await execa("sh", ["-c", line], { cwd: folder, env, reject: false, all: true });
      expect(ran.exitCode, `$ ${line}\n${ran.all}`).toBe(exits);
    }
  });
});

test("the two commands of README.md are the ones that CI runs", async () => {
  const ci = await readFile(join(ROOT, ".ci/run"), "utf8");
  const commands = (await commandsOf("README.md")).map((c) => c.line);
  expect(commands).toEqual([...BY_CI]);
  for (const c of commands) expect(ci).toContain(`"${c}" ${c}`);
});
