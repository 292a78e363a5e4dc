/** Mail: tells customers what happens to their service. It holds nothing; README.md says what is sent when. */
import { LiquidError } from "liquidjs";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Delivery, Letter } from "../../controller/core/life/letter.ts";
import { Fault } from "../errors.ts";
import type { System } from "../system.ts";
import { isAddress } from "./address.ts";
import { type MailConfig, parseConfig } from "./config.ts";
import { templateFor } from "./defaults.ts";
import { render } from "./render.ts";
import { converse, send } from "./smtp.ts";

export const mail: System<MailConfig> = {
  type: "Mail",
  parseConfig,
  desired: () => [],
  connect: async (config, { credentials }) => ({
    resources: [],
    slots: config.slots,
    deliver: async (letter, signal) => {
      const to = letter.to.reveal();
      if (!isAddress(to)) return { state: "Refused", said: "the customer's address is none" };
      const envelope = { from: letter.from.address, to, id: letter.messageId.slice(1, -1) };
      const message = await composed(letter, to).catch(unwritten);
      return Buffer.isBuffer(message) ? send({ ...envelope, message }, config, credentials, signal) : message;
    },
    ping: (signal) =>
      converse(config, credentials, signal, async ({ secure }) => ({ version: secure ? "SMTP over TLS" : "SMTP" })),
    close: async () => undefined,
  }),
};

/** A template that was declared before it was tried, or that fails where none of the samples does. */
function unwritten(e: unknown): Delivery {
  if (!(e instanceof LiquidError || e instanceof Fault)) throw e;
  const why = e instanceof Fault ? e.message : (e.originalError?.message ?? e.name);
  return { state: "Refused", said: `the template cannot be rendered: ${why}` };
}

async function composed(letter: Letter, address: string): Promise<Buffer> {
  const { messageId, from, replyTo, words, language, timeZone } = letter;
  const template = templateFor(words.notice, language, letter.templates);
  const { subject, text, html } = render(template, words, { timeZone, language: template.language });
  const composer = new MailComposer({
    ...{ messageId, from, subject, text, date: new Date(words.at) },
    ...(html !== undefined && { html }),
    ...(replyTo !== undefined && { replyTo }),
    to: { name: words.customer.name.replace(/[\s\p{Cc}]+/gu, " "), address },
    // Nobody answers it by machine, and no list manager takes it for his own (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": template.language },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
