/** docs/mail.md, command by command, with a mail server that takes what it is sent. */
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { bare, commandsOf, keepCredentials, ROOT, writeFilesOf } from "./page.ts";

const PAGE = "docs/mail.md";
let folder: string;
let radius: FreshDatabase;
let store: FreshDatabase;
let box: Mailbox;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-mail-"));
  [radius, store, box] = await Promise.all([freshDatabase("template1"), freshDatabase("template1"), openMailbox()]);
  await cp(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
  await mkdir(join(folder, "bin"));
  await symlink(join(ROOT, "controller/cli/lastmile"), join(folder, "bin/lastmile"));
  await keepCredentials(new URL(radius.url), folder);
  await writeFilesOf(PAGE, folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([radius.drop(), store.drop(), box.close()]);
});

test("every command does what the page says, and the customers are told", async () => {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    DATABASE_URL: store.url,
    RADIUS_URL: bare(radius.url),
    MAIL_URL: box.address,
    LASTMILE_HOME: join(folder, ".lastmile"),
    LASTMILE_SECRETS: join(folder, "secrets"),
  };
  const shown: string[] = [];
  for (const { line, exits } of await commandsOf(PAGE)) {
    const ran = await execa("sh", ["-c", line], { cwd: folder, env, reject: false, all: true });
    expect(ran.exitCode, `$ ${line}\n${ran.all}`).toBe(exits);
    shown.push(`$ ${line}\n${ran.all}`);
  }
  const of = (command: string): string => shown.findLast((s) => s.startsWith(`$ lastmile ${command}`)) ?? "";
  expect(of("mail list --subscriber john-doe")).toMatch(
    / Activated +Sent +j…@example\.com +<[0-9a-f]{32}@acme\.example> /,
  );
  expect(of("mail list --state Refused")).toContain("the customer has no mail address");
  expect(of("mail list --subscriber jan-novak")).toMatch(/ Sent +j…@example\.com /);
  expect(of("history jan-novak")).toMatch(/resend.*address added/s);
  const [john] = box.received.filter((m) => m.to.includes("john@example.com"));
  expect(john?.text).toContain("From: Acme Fibre <service@acme.example>");
  expect(box.received.filter((m) => m.to.includes("jan@example.com"))).toHaveLength(1);
  expect(shown.join("\n")).not.toContain("john@example.com");
});
