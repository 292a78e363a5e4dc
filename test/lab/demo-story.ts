/** The chapters of the demo: one thing that happens at a provider every day, its plan, and how the network follows. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { table } from "../../controller/cli/render/table.ts";
import { tellHillnet } from "./demo-hillnet.ts";
import { tellLakenet } from "./demo-lakenet.ts";
import { tellLife } from "./demo-life.ts";
import { propose } from "./demo-proposal.ts";
import { digest, type Stage } from "./demo-stage.ts";
import { chapter, edit, expectExit, planAndApply, say } from "./demo-telling.ts";

export async function tellStory(stage: Stage): Promise<void> {
  await arrive(stage);
  await upgrade(stage);
  await suspend(stage);
  await repair(stage);
  await leaveAndReturn(stage);
  await tellHillnet(stage);
  await tellLakenet(stage);
  await tellLife(stage);
  await propose(stage);
}

async function arrive(s: Stage): Promise<void> {
  chapter(s, "1. Two providers, thirty customers, one folder");
  say(s, "The folder declares tenants, systems, plans and subscribers. Is it well declared?");
  await expectExit(s, 0, "validate", s.folder);
  say(s, "Tables are made once: in the store, and in each provider's RADIUS database.");
  await expectExit(s, 0, "init", s.folder);
  say(s, "Now make it so. (`lastmile plan` would show every row beforehand.)");
  await expectExit(s, 0, "apply", s.folder, "--yes");
  say(s, "Once more, to see that nothing is done twice:");
  await expectExit(s, 0, "plan", s.folder);
  await expectExit(s, 0, "status");
}

async function upgrade(s: Stage): Promise<void> {
  chapter(s, "2. Anna orders the gigabit");
  await edit(
    s,
    "acme/subscribers/residential.yaml",
    "anna-schmidt",
    "planRef: { name: residential-100mbps }",
    "planRef: { name: fiber-1gbps }",
  );
  await planAndApply(s);
  await showRows(s, "anna-schmidt@acme.example");
}

async function suspend(s: Stage): Promise<void> {
  chapter(s, "3. Bernd has not paid");
  const line = "planRef: { name: residential-100mbps }";
  await edit(
    s,
    "acme/subscribers/residential.yaml",
    "bernd-krause",
    line,
    `${line}\n  serviceState: Suspended\n  suspension: { reason: NonPayment }`,
  );
  await planAndApply(s);
  await showRows(s, "bernd-krause@acme.example");
}

async function repair(s: Stage): Promise<void> {
  chapter(s, "4. Somebody changes John's address by hand, in the database");
  const sql = "update radreply set value = '10.0.1.200' where username = $1 and attribute = 'Framed-IP-Address'";
  s.io.out(s.io.paint(["bold", "cyan"], `psql> ${sql.replace("$1", "'john@acme.example'")}`));
  await s.radius(sql, "john@acme.example");
  await showRows(s, "john@acme.example");
  say(s, "Who is not as declared?");
  await expectExit(s, 2, "drift");
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showRows(s, "john@acme.example");
  await expectExit(s, 0, "history", "john-doe");
}

async function leaveAndReturn(s: Stage): Promise<void> {
  chapter(s, "5. A customer leaves, and comes back a week later");
  const file = join(s.scene.folder, "acme", "subscribers", "customer-123.yaml");
  const user = "customer-123@acme.example";
  const before = await identity(s, user);
  const text = await readFile(file, "utf8");
  await rm(file);
  s.io.out(s.io.paint(["bold", "cyan"], `$ rm ${join(s.folder, "acme/subscribers/customer-123.yaml")}`));
  say(s, "Nothing is destroyed: the login is rejected, and everything is kept until retention ends.");
  await planAndApply(s, "--prune");
  await showRows(s, user);
  await writeFile(file, text);
  s.io.out(s.io.paint(["bold", "cyan"], `$ git checkout ${join(s.folder, "acme/subscribers/customer-123.yaml")}`));
  await planAndApply(s);
  await showRows(s, user);
  const after = await identity(s, user);
  if (before !== after) throw new Error(`identity was lost: ${before}, now ${after}`);
  say(s, `The same customer as before: ${after}.`);
}

const ROWS = `select 'radcheck', attribute, op, value from radcheck where username = $1
  union all select 'radreply', attribute, op, value from radreply where username = $1
  union all select 'radusergroup', '', '', groupname from radusergroup where username = $1 order by 1, 2`;
const isPassword = (attribute: string): boolean => attribute.endsWith("-Password");

async function showRows(s: Stage, user: string): Promise<void> {
  const rows = await s.radius(ROWS, user);
  say(s, `What FreeRADIUS reads for ${user} now:`);
  const shown = rows.map(([from = "", attribute = "", op = "", value = ""]) => [
    from,
    attribute,
    op,
    isPassword(attribute) ? `(secret ${digest(value)})` : value,
  ]);
  s.io.out(`${table(["table", "attribute", "op", "value"], shown)}\n`);
}

/** What must survive a retirement. */
async function identity(s: Stage, user: string): Promise<string> {
  const rows = await s.radius(ROWS, user);
  const password = rows.find(([, attribute = ""]) => isPassword(attribute))?.[3] ?? "";
  const address = rows.find(([, attribute]) => attribute === "Framed-IP-Address")?.[3];
  return `password ${digest(password)}, address ${address}`;
}
