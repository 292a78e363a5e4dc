/** `lastmile mail …`. */
import { type Command, Option } from "commander";
import { examples, namespace, output, type Run, SUBSCRIBER, wholeNumber } from "./catalogue-options.ts";

export function mail(program: Command, run: Run): void {
  program
    .description("Mails to customers: one for each turn of a life. What is uncertain or refused waits for a person.")
    .addHelpText("after", examples("lastmile mail list --state Uncertain Refused", "lastmile mail resend 17"));
  program
    .command("list")
    .summary("newest first")
    .description(`What was or is to be told, and what became of it. ${SUBSCRIBER}`)
    .option("--tenant <name>", "of one tenant")
    .option("--subscriber <subscriber>", "of one subscriber")
    .addOption(namespace())
    .addOption(
      new Option("--state <states...>", "in one of these states").choices([
        ...["Queued", "Sending", "Sent", "Refused", "Uncertain", "Bounced"],
      ]),
    )
    .option("--limit <rows>", "how many", wholeNumber, 50)
    .addOption(output())
    .addHelpText(
      "after",
      examples("lastmile mail list --state Uncertain Refused", "lastmile mail list --tenant acme -o json"),
    )
    .action(run(async () => (await import("./commands/mail.ts")).listMail));
  program
    .command("show")
    .summary("one of them")
    .description("To whom it went, what the mail server said, and under which Message-ID it is found there.")
    .argument("<id>", "as `mail list` shows it", wholeNumber)
    .addOption(output())
    .addHelpText("after", examples("lastmile mail show 17"))
    .action(run(async () => (await import("./commands/mail.ts")).showMail));
  program
    .command("resend")
    .summary("send it again")
    .description(
      "What is Refused, Uncertain or Bounced is sent once more, under the same Message-ID: whoever got it already sees it once.",
    )
    .argument("<id>", "as `mail list` shows it", wholeNumber)
    .option("--reason <text>", "why, for the history")
    .addOption(output())
    .addHelpText("after", examples("lastmile mail resend 17 --reason 'address corrected'"))
    .action(run(async () => (await import("./commands/mail.ts")).resendMail));
  program
    .command("bounce <file>")
    .summary("take in a report that it came back")
    .description(
      "Reads a delivery report (RFC 3464), such as a mail system pipes it to a program, and marks the mail as Bounced.",
    )
    .addOption(output())
    .addHelpText("after", examples("lastmile mail bounce /dev/stdin"))
    .action(run(async () => (await import("./commands/mail.ts")).bounceMail));
}
