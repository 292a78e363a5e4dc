/** `lastmile ticket …`. */
import { type Command, Option } from "commander";
import { examples, output, type Run } from "./catalogue-options.ts";

export function tickets(ticket: Command, run: Run): void {
  const load = () => import("./commands/ticket.ts");
  const result = (): Option => new Option("--result <text>", "what came of it, for the ticket");
  ticket
    .summary("show and work on installation tickets")
    .description(
      "Tickets of the declared ticket systems. Each act is written to the ticket and to the subscriber's history.",
    )
    .addHelpText("after", examples("lastmile ticket list --overdue", "lastmile ticket complete TCK-20261124-0001"));
  ticket
    .command("list")
    .description("Open tickets, in the order of their appointments.")
    .option("--tenant <name>", "of this tenant")
    .option("--technician <name>", "of this technician")
    .addOption(new Option("--state <state>", "in this state").choices(["Scheduled", "Completed", "Cancelled", "All"]))
    .option("--overdue", "only those that are past the moment by which they are due")
    .option("--unassigned", "only those to which nobody goes")
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket list --overdue", "lastmile ticket list --technician ada -o json"))
    .action(run(async () => (await load()).list));
  ticket
    .command("show <ticket>")
    .description("One ticket with what the technician needs to know, and what happened to it. Shows personal data.")
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket show TCK-20261124-0001"))
    .action(run(async () => (await load()).show));
  ticket
    .command("complete <ticket>")
    .description("The installation is done: a bill that waits for it begins.")
    .addOption(result())
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket complete TCK-20261124-0001 --result 'ONU at -19.2 dBm'"))
    .action(run(async () => (await load()).complete));
  ticket
    .command("reschedule <ticket> <day>")
    .description(
      "Another appointment, also of a cancelled ticket. It stays until installation.date of the subscriber is changed. Whoever " +
        "had it keeps it if he is free then.",
    )
    .option("--at <time>", "HH:MM in the tenant's time zone (as the tenant says)")
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket reschedule TCK-20261124-0001 2026-12-04 --at 14:00"))
    .action(run(async () => (await load()).reschedule));
  ticket
    .command("cancel <ticket>")
    .description("Nobody goes. The subscriber stays declared, and waits.")
    .addOption(result())
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket cancel TCK-20261124-0001 --result 'nobody at home'"))
    .action(run(async () => (await load()).cancel));
  ticket
    .command("assign <ticket> [technician]")
    .description(
      "Sends a declared technician; without a name whoever is free and can do it. Nobody is given one hour twice.",
    )
    .addOption(output())
    .addHelpText("after", examples("lastmile ticket assign TCK-20261124-0001 ada"))
    .action(run(async () => (await load()).assign));
}
