/** Every command: its arguments, options and examples. What it does is loaded when it runs. */
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { mail } from "./catalogue-mail.ts";
import { examples, namespace, output, type Run, SUBSCRIBER, wholeNumber } from "./catalogue-options.ts";
import { tickets } from "./catalogue-tickets.ts";
import type { Shell } from "./completion.ts";
import type { Ended, Exit } from "./exit.ts";
import type { Cx } from "./io.ts";

const source = (): Option =>
  new Option("--source <source>", "kubernetes[:CONTEXT]: asks the cluster of the kubeconfig, and no store");

export function register(program: Command, cx: Cx, ended: Ended): void {
  /** Runs what `load` brings, with arguments and options as commander gives them. */
  const run =
    <A extends unknown[]>(load: () => Promise<(cx: Cx, ...args: A) => Promise<Exit>>) =>
    async (...args: [...A, Command]): Promise<void> => {
      const command = await load();
      ended(await command(cx, ...(args.slice(0, -1) as unknown[] as A)));
    };

  declarations(program, run);
  questions(program, run);
  tickets(program.command("ticket"), run);
  administration(program, run);
}
function declarations(program: Command, run: Run): void {
  program
    .command("validate <path>")
    .summary("check declarations, without any system")
    .description("Checks every declaration by itself and against the others. Needs no database and no network.")
    .addOption(output())
    .addHelpText("after", examples("lastmile validate examples", "lastmile validate examples/acme/plans.yaml -o json"))
    .action(run(async () => (await import("./commands/validate.ts")).validate));
  program
    .command("convert <path>")
    .summary("rewrite older inputs as today's fields")
    .description(
      "Names every older input in the declarations, and what takes its place so that exactly the same counts as before. " +
        "With --write it changes the files: comments, order and everything else stay. What cannot be converted is told and left.",
    )
    .option("--write", "change the files")
    .option("--pool <id=name>", "which pool a prefix id of NetBox is; may be given several times", poolById)
    .addOption(output())
    .addHelpText("after", examples("lastmile convert examples", "lastmile convert my-isp --pool 12=res-v4 --write"))
    .action(run(async () => (await import("./commands/convert.ts")).convert));
  program
    .command("plan [path]")
    .summary("show what apply would do")
    .description(
      "Compares what is declared with what is there and shows every difference. Without a path, or with " +
        "`kubernetes[:CONTEXT]`, what a cluster declares. With --base and --head it compares two revisions of a git clone, " +
        "and asks neither the store nor any system. Changes nothing.",
    )
    .option("--prune", "also withdraw what this path declared before and does not declare any more")
    .option("--base <ref>", "the revision that is declared now, such as origin/main")
    .option("--head <ref>", "the revision that shall be declared, such as HEAD")
    .option("--markdown", "with --base and --head: as the comment of a pull request")
    .addOption(output())
    .addHelpText(
      "after",
      examples(
        "lastmile plan examples",
        "lastmile plan examples --prune -o json",
        "lastmile plan examples --base origin/main --head HEAD --markdown",
      ),
    )
    .action(run(async () => (await import("./commands/plan.ts")).plan));
  program
    .command("drift")
    .summary("show what was changed in the systems by others")
    .description("Compares the last good declarations with what is there. Changes nothing.")
    .addOption(output())
    .addHelpText("after", examples("lastmile drift", "lastmile drift -o json"))
    .action(run(async () => (await import("./commands/plan.ts")).drift));
  program
    .command("apply <path>")
    .summary("make it so")
    .description(
      "Shows the plan, asks on a terminal, and works until nothing more can be done. Beside a running controller it hands " +
        "over to it and waits.",
    )
    .option("--plan <id>", "only if the plan now is this change set")
    .option("--prune", "also withdraw what this path declared before and does not declare any more")
    .option("-y, --yes", "do not ask")
    .option("--timeout <seconds>", "how long to wait for what is tried again", wholeNumber, 60)
    .addOption(output())
    .addHelpText("after", examples("lastmile apply examples", "lastmile apply examples --plan 3f9a0c11d2e4 --yes"))
    .action(run(async () => (await import("./commands/apply.ts")).apply));
}

function questions(program: Command, run: Run): void {
  program
    .command("status")
    .summary("show the whole installation at a glance")
    .description(
      "Tenants, systems, running controllers, what of the last declarations was refused, and everything that is not in " +
        "place. Asks the store alone.",
    )
    .addOption(source())
    .addOption(output())
    .addHelpText("after", examples("lastmile status", "lastmile status -o json"))
    .action(run(async () => (await import("./commands/status.ts")).status));
  program
    .command("get <kind> [name]")
    .summary("show declared objects with their status")
    .description("Kinds and columns are those of kubectl: subscribers (sub), serviceplans (plan), tenants (tn) …")
    .option("-n, --namespace <namespace>", "only of this namespace")
    .option("--deleted", "what is declared no longer and kept, as it was seen last")
    .addOption(source())
    .addOption(output())
    .addHelpText(
      "after",
      examples(
        "lastmile get sub -n isp-acme",
        "lastmile get subscriber john-doe -o yaml",
        "lastmile get sub --deleted",
      ),
    )
    .action(run(async () => (await import("./commands/get.ts")).get));
  program
    .command("explain <subscriber>")
    .summary("say what a subscriber is waiting for, and why")
    .description(`What is done, what is not, why, and what to do about it. ${SUBSCRIBER}`)
    .addOption(namespace())
    .addOption(source())
    .addOption(output())
    .addHelpText("after", examples("lastmile explain john-doe", "lastmile explain SUB-ABC123"))
    .action(run(async () => (await import("./commands/explain.ts")).explain));
  program
    .command("history <subscriber>")
    .summary("show what was done for a subscriber")
    .description(`Every effect and approval with before, after, outcome and plan, newest first. ${SUBSCRIBER}`)
    .addOption(namespace())
    .option("--limit <rows>", "how many", wholeNumber, 50)
    .addOption(output())
    .addHelpText("after", examples("lastmile history john-doe", "lastmile history isp-acme/john-doe -o wide"))
    .action(run(async () => (await import("./commands/explain.ts")).history));
}

function administration(program: Command, run: Run): void {
  program
    .command("run")
    .summary("follow a folder, a git branch or a cluster")
    .description(
      "The controller: takes in every edit, repairs drift, ends what is due. Logs JSON lines; Ctrl-C ends it, and " +
        "SIGHUP asks a git source to look now.",
    )
    .requiredOption("--source <source>", "dir:PATH, git:URL#BRANCH[:FOLDER], or kubernetes[:CONTEXT]")
    .option("--poll <seconds>", "git: how often the branch is asked for", wholeNumber, 30)
    .option("--git-credentials <file>", "git: a token for https, a private key for ssh (LASTMILE_GIT_TOKEN_FILE)")
    .option("--git-known-hosts <file>", "git: host keys of ssh servers (~/.ssh/known_hosts)")
    .option("--accept-rewrite <commit>", "git: take this commit though it shares no history with the last one")
    .option("--take-over", "take tenants over that another source declares")
    .option(
      "--listen <host:port>",
      "where /metrics, /healthz and /readyz are served; :PORT: on every interface; off: nowhere",
      "127.0.0.1:9090",
    )
    .option("--devices-token-file <file>", "there /sadis and /hints are served too, to whoever shows this token")
    .addHelpText(
      "after",
      examples(
        "lastmile run --source dir:examples",
        "lastmile run --source git:git@git.example:isp/network.git#main:isp",
      ),
    )
    .action(run(async () => (await import("./commands/run.ts")).run));
  program
    .command("approve <changeset> [path]")
    .summary("release what the destructive budget holds")
    .description(
      "Approves exactly the held changes of the change set that `plan PATH`, `drift` or status.held of a Tenant shows, " +
        "and nothing newer. Who approved what is in the history of each subscriber.",
    )
    .option("--prune", "the change set was planned with --prune")
    .option("--only <subscribers...>", "of the change set only these: NAME or NAMESPACE/NAME")
    .option("--hours <hours>", "how long it counts", wholeNumber, 24)
    .option("--reason <text>", "why, for the history")
    .option("-y, --yes", "do not ask")
    .addOption(output())
    .addHelpText(
      "after",
      examples(
        "lastmile approve 3f9a0c11d2e4",
        "lastmile approve 3f9a0c11d2e4 examples --prune --only john-doe kira-lund",
      ),
    )
    .action(run(async () => (await import("./commands/approve.ts")).approve));
  program
    .command("approvals")
    .summary("show what was approved, by whom, why and until when")
    .description("Also what has expired. What an approval has released is in the history of each subscriber.")
    .addOption(output())
    .addHelpText("after", examples("lastmile approvals", "lastmile approvals -o json"))
    .action(run(async () => (await import("./commands/approvals.ts")).approvals));
  program
    .command("revoke <changeset>")
    .summary("take an approval back")
    .description("What was not done yet is held again. What was done already stays done.")
    .option("--reason <text>", "why, for the history")
    .addOption(output())
    .addHelpText("after", examples("lastmile revoke 3f9a0c11d2e4 --reason 'wrong customers'"))
    .action(run(async () => (await import("./commands/approvals.ts")).revoke));
  program
    .command("secret")
    .summary("show a secret")
    .description("Secrets that Lastmile keeps. Each use is written to the history.")
    .command("show <subscriber>")
    .description(`Prints the RADIUS password, and nothing else. ${SUBSCRIBER}`)
    .addOption(namespace())
    .addHelpText("after", examples("lastmile secret show john-doe"))
    .action(run(async () => (await import("./commands/secret.ts")).showSecret));
  mail(program.command("mail").summary("show what customers were told, and send it again"), run);
  program
    .command("orphans [path]")
    .summary("show what carries our mark and nobody declares")
    .description(
      "Looks through every system for objects that carry the mark of this installation, and that nobody declares and the " +
        "store does not remember. With a path: as if that were applied, such as after recover. Changes nothing.",
    )
    .option("--tenant <names...>", "also look for tenants that are declared no longer")
    .addOption(output())
    .addHelpText(
      "after",
      examples("lastmile orphans", "lastmile orphans examples", "lastmile orphans --tenant acme -o json"),
    )
    .action(run(async () => (await import("./commands/orphans.ts")).orphans));
  program
    .command("abandon <system>")
    .summary("forget what was in a system that is gone for good")
    .description(
      "An ExternalSystem that is withdrawn is kept until nothing is remembered in it. Where it will never answer again, this " +
        "forgets its objects, in and out of service. The history of each owner says so.",
    )
    .option("-y, --yes", "do not ask")
    .addOption(output())
    .addHelpText("after", examples("lastmile abandon radius-old"))
    .action(run(async () => (await import("./commands/abandon.ts")).abandon));
  program
    .command("erase <subscriber>")
    .summary("erase the personal data of one who has left")
    .description(
      "Of a subscriber that is declared no longer: ends every retention. What systems still keep is removed for good first, by " +
        "the controller; then names, addresses, user names and all values go from the store. What was done, when and by whom " +
        `stays in the history. It cannot be undone. ${SUBSCRIBER}`,
    )
    .addOption(namespace())
    .option("-y, --yes", "do not ask")
    .addOption(output())
    .addHelpText("after", examples("lastmile erase kira-lund", "lastmile erase SUB-000112 --yes"))
    .action(run(async () => (await import("./commands/erase.ts")).erase));
  program
    .command("release-finalizers")
    .summary("let Kubernetes delete our objects without a controller")
    .description(
      "Takes the finalizer of Lastmile from every object of a cluster, for an uninstall without a controller. Nothing is taken " +
        "away in any system.",
    )
    .option("--source <source>", "kubernetes[:CONTEXT]", "kubernetes")
    .option("-y, --yes", "do not ask")
    .addOption(output())
    .addHelpText(
      "after",
      examples("lastmile release-finalizers", "lastmile release-finalizers --source kubernetes:prod"),
    )
    .action(run(async () => (await import("./commands/release-finalizers.ts")).releaseFinalizers));
  program
    .command("backup <file>")
    .summary("write all of the store into one file")
    .description(
      "As it is at one moment; controllers may go on meanwhile. Secrets stay sealed with the master key, which is not in it. " +
        "The file names customers: only its owner may read it.",
    )
    .addOption(output())
    .addHelpText("after", examples("lastmile backup store.backup"))
    .action(run(async () => (await import("./commands/backup.ts")).backup));
  program
    .command("restore <file>")
    .summary("read a backup into an empty store")
    .description("All of it or nothing. Needs the master key that its secrets are sealed with, and an empty store.")
    .addOption(output())
    .addHelpText("after", examples("lastmile restore store.backup"))
    .action(run(async () => (await import("./commands/backup.ts")).restore));
  program
    .command("recover <path>")
    .summary("take back by their marks what the systems hold, after the store was lost")
    .description(
      "Reads every system, and writes into the store what carries our mark: objects, names, addresses, passwords, and what " +
        "is retired. No system is changed. What cannot come back is told.",
    )
    .option("--withdraw", "take back also what nobody declares, so that the next run retires it within the budget")
    .addOption(output())
    .addHelpText("after", examples("lastmile recover examples", "lastmile recover examples -o json"))
    .action(run(async () => (await import("./commands/recover.ts")).recover));
  program
    .command("init [path]")
    .summary("make the tables that Lastmile needs")
    .description(
      "Makes the tables of the store, and those in every RADIUS, billing and ticket database that is declared. Safe to repeat.",
    )
    .option("--print-sql", "print the statements for an administrator, and do nothing")
    .addOption(output())
    .addHelpText("after", examples("lastmile init examples", "lastmile init --print-sql > lastmile.sql"))
    .action(run(async () => (await import("./commands/init.ts")).init));
  program
    .command("completion")
    .summary("print completion for a shell")
    .addArgument(new Argument("<shell>", "which").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", examples("source <(lastmile completion bash)", "lastmile completion fish | source"))
    .action(
      run(async () => {
        const { completion } = await import("./commands/completion.ts");
        return async (to: Cx, shell: Shell) => completion(to, shell, program);
      }),
    );
  program
    .command("version")
    .summary("print the version")
    .addOption(output())
    .action(run(async () => (await import("./commands/version.ts")).version));
}

/** `12=res-v4`, given once or several times. */
function poolById(text: string, known: ReadonlyMap<number, string> = new Map()): ReadonlyMap<number, string> {
  const [, id, name] = /^([1-9][0-9]{0,15})=([a-z0-9-]+)$/.exec(text) ?? [];
  if (id === undefined || name === undefined) throw new InvalidArgumentError("It takes ID=NAME, such as 12=res-v4.");
  return new Map([...known, [Number(id), name]]);
}
