/** `lastmile mail`: what customers were told, what became of it, and another try where a person wants one. */
import { readFile } from "node:fs/promises";
import { readBounce } from "../../../reconcilers/mail/bounce.ts";
import { objectKeyOf } from "../../core/compose.ts";
import { rfc3339 } from "../../core/status/conditions.ts";
import type { Installation } from "../../main.ts";
import type { Mail, MailState } from "../../store/outbox.ts";
import { shown } from "../because.ts";
import { asking, findSubscriber } from "../declared-objects.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { table } from "../render/table.ts";
import { withInstallation } from "../session.ts";
import { whoAmI } from "./secret.ts";

export interface MailListOptions extends OutputOption {
  readonly tenant?: string;
  readonly subscriber?: string;
  readonly namespace?: string;
  readonly state?: readonly MailState[];
  readonly limit: number;
}

export async function listMail(cx: Cx, options: MailListOptions): Promise<Exit> {
  const { tenant, subscriber, namespace, state, limit, output } = options;
  return withInstallation(cx, async (installation) => {
    const known = subscriber && (await findSubscriber(asking(installation), subscriber, namespace));
    const mails = await installation.store.mail({
      ...{ limit, ...(tenant && { tenant }), ...(known && { owner: known.owner }), ...(state && { states: state }) },
    });
    await print(cx.io, output, { mails: mails.map(view) }, (wide) =>
      mails.length === 0 ? "There is no such mail." : rows(mails.map(view), wide),
    );
    return EXIT.ok;
  });
}

export async function showMail(cx: Cx, id: number, { output }: OutputOption): Promise<Exit> {
  return withInstallation(cx, async (installation) => {
    const mail = view(await found(installation, id));
    await print(cx.io, output, mail, () => details(mail));
    return EXIT.ok;
  });
}

export interface ResendOptions extends OutputOption {
  readonly reason?: string;
}

/** The controller sends it at its next look. */
export async function resendMail(cx: Cx, id: number, { reason, output }: ResendOptions): Promise<Exit> {
  return withInstallation(cx, async (installation) => {
    const { owner, state } = await found(installation, id);
    const changes = [
      { field: "state", before: state, after: "Queued" },
      ...(reason === undefined ? [] : [{ field: "why", before: "", after: reason }]),
    ];
    const row = { owner, ref: `store/mail/${id}`, action: "resend", changes, planId: "", at: Date.now() };
    if (!(await installation.store.resendMail(id, Date.now())))
      throw new CliError(
        `mail ${id} is ${state}`,
        "only what is Refused, Uncertain or Bounced is sent again",
        EXIT.failed,
      );
    await installation.store.audit([{ ...row, outcome: "Done", by: { author: whoAmI() } }]);
    const mail = view(await found(installation, id));
    await print(cx.io, output, mail, () => `Mail ${id} is sent again at the controller's next look.`);
    return EXIT.ok;
  });
}

/** For a pipe of the mail system that reports come back to. Who sends what is no report gets no answer. */
export async function bounceMail(cx: Cx, file: string, { output }: OutputOption): Promise<Exit> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new CliError(`${file} cannot be read`, "name a file, or /dev/stdin");
  });
  const report = readBounce(text);
  if (!report) throw new CliError(`${file} is no report of a mail that failed`, "see RFC 3464");
  return withInstallation(cx, async ({ store }) => {
    const mail = await store.bounceMail(report.messageId, `it came back (${report.status})`, Date.now());
    if (!mail) throw new CliError(`the report is about ${report.messageId}, which is no mail of ours`, "", EXIT.failed);
    await print(cx.io, output, view(mail), () => `Mail ${mail.id} came back (${report.status}).`);
    return EXIT.ok;
  });
}

async function found({ store }: Installation, id: number): Promise<Mail> {
  const mail = await store.mailById(id);
  if (mail) return mail;
  throw new CliError(`there is no mail ${id}`, "`lastmile mail list` shows them");
}

const view = ({ owner, id, notice, state, attempt, facts, said, ...m }: Mail) => ({
  ...{ id, notice, state, attempts: attempt },
  subscriber: shown(objectKeyOf(owner)),
  at: rfc3339(m.at),
  changedAt: rfc3339(m.changedAt),
  ...(m.recipient !== null && { recipient: m.recipient }),
  ...(m.endpoint !== null && { system: m.endpoint }),
  ...(m.messageId !== null && { messageId: m.messageId }),
  ...(said !== null && { said }),
  facts,
});
type View = ReturnType<typeof view>;

const rows = (mails: readonly View[], wide: boolean): string =>
  table(
    ["id", "at", "subscriber", "notice", "state", "to", ...(wide ? ["message id"] : []), "said"],
    mails.map((m) => [
      ...[String(m.id), m.at, m.subscriber, m.notice, m.state, m.recipient ?? ""],
      ...(wide ? [m.messageId ?? ""] : []),
      m.said ?? "",
    ]),
  );
const details = ({ facts, ...mail }: View): string =>
  Object.entries({ ...mail, ...facts })
    .map(([name, value]) => `${name.padEnd(12)} ${value}`)
    .join("\n");
