/** The chapter of a customer's life: surveyed, visited, told by mail, suspended and let in again. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { place } from "./demo-scene.ts";
import { ROOT, type Stage } from "./demo-stage.ts";
import { chapter, edit, expectExit, say } from "./demo-telling.ts";

const LINE = "billing: { account: ACC-1004 }";
const UNPAID = `${LINE}\n  serviceState: Suspended\n  suspension: { reason: NonPayment }`;

export async function tellLife(s: Stage): Promise<void> {
  await openOffice(s);
  await survey(s);
  await visit(s);
  await owe(s);
}

async function openOffice(s: Stage): Promise<void> {
  chapter(s, "12. Ines orders: a survey, a technician, and mail");
  const office = join(s.scene.folder, "lakenet-office");
  await cp(join(ROOT, "test/lab/demo/lakenet-office"), office, { recursive: true });
  s.io.out(s.io.paint(["bold", "cyan"], `$ cp -r test/lab/demo/lakenet-office ${s.folder}`));
  for (const [name, at] of Object.entries(s.lakenet.office))
    await place(s.scene.folder, s.scene.env["LASTMILE_SECRETS"]!, name, at);
  const billing = "billing: [{ name: billing-lakenet }]";
  const bound = `${billing}\n    tickets: [{ name: tickets-lakenet }]\n    mail: [{ name: mail-lakenet, provider: Lakenet }]`;
  await edit(s, "lakenet/tenant.yaml", "lakenet", billing, bound);
  const require = "activation: { require: [RADIUSReady, ONUActive, CPEOnline] }";
  const gated = `requireSurvey: true\n    ${require.replace("CPEOnline", "CPEOnline, InstallationCompleted")}`;
  await edit(s, "lakenet/tenant.yaml", "lakenet", require, gated);
  await expectExit(s, 0, "init", s.folder);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await expectPhase(s, "Surveying");
  say(s, "Whoever is served already stays so. For Ines nothing is made before the survey of her home is done:");
  await expectExit(s, 0, "explain", "ines");
}

async function survey(s: Stage): Promise<void> {
  const open = 'state: Scheduled\n  scheduledAt: "2026-11-20T10:00:00+01:00"';
  const done = 'state: Completed\n  completedAt: "2026-11-20T10:40:00+01:00"\n  serviceability: Serviceable';
  await edit(s, "lakenet-office/ines.yaml", "survey-ines", open, done);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await expectPhase(s, "AwaitingInstallation");
  await expectExit(s, 0, "ticket", "list");
  await showMail(s);
}

async function visit(s: Stage): Promise<void> {
  const { installation } = await ines(s);
  say(s, "The technician comes. She plugs the router in, and reports:");
  s.lakenet.lake.homes[3]!.plugIn();
  await expectExit(s, 0, "ticket", "complete", installation!.ticket!, "--result", "ONU at -19.2 dBm");
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await expectPhase(s, "Active");
  await showMail(s);
}

async function owe(s: Stage): Promise<void> {
  say(s, "A month later Ines has not paid; then she does.");
  await edit(s, "lakenet-office/ines.yaml", "ines", LINE, UNPAID);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await expectPhase(s, "Suspended");
  await edit(s, "lakenet-office/ines.yaml", "ines", UNPAID, LINE);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await expectPhase(s, "Active");
  say(s, "What she was told, each once:");
  await expectExit(s, 0, "mail", "list", "--subscriber", "ines");
  await expectExit(s, 0, "history", "ines");
}

type Status = NonNullable<Subscriber["status"]>;
async function ines(s: Stage): Promise<Status> {
  const { items } = (await s.ask("get", "sub", "-n", "isp-lakenet")) as { readonly items: readonly Subscriber[] };
  return items.find((i) => i.metadata.name === "ines")?.status ?? {};
}
async function expectPhase(s: Stage, phase: Status["phase"]): Promise<void> {
  const found = (await ines(s)).phase;
  if (found !== phase) throw new Error(`ines is ${found}, not ${phase}`);
}

/** As it came to the mail server: the plain part, without what only servers read. */
async function showMail(s: Stage): Promise<void> {
  const last = s.lakenet.mailbox.received.at(-1);
  if (!last) throw new Error("no mail came");
  const [subject] = /^Subject: .*$/m.exec(last.text) ?? [];
  const [, plain = ""] = /text\/plain.*?\r\n\r\n(.*?)\r\n--/s.exec(last.text) ?? [];
  say(s, `Mail to ${last.to.join(", ")}:`);
  const shown = plain.replaceAll("=\r\n", "").replaceAll("\r\n", "\n").trim(); // RFC 2045, soft line breaks
  s.io.out(`${subject}\n\n${shown}\n`);
}
