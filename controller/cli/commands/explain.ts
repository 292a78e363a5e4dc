/** `lastmile explain`: what a subscriber is waiting for, and why. `lastmile history`: what was done for him. */
import type { SubscriberStatus } from "../../api/types.generated.ts";
import { rfc3339 } from "../../core/status/conditions.ts";
import { explain as inWords } from "../../core/status/explain.ts";
import { asking, findSubscriber, type Known } from "../declared-objects.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type SourceOption, withKnowledge } from "../knowledge.ts";
import { type OutputOption, print } from "../output.ts";
import { historyText } from "../render/history.ts";
import { withInstallation } from "../session.ts";

export interface SubscriberOptions extends OutputOption, SourceOption {
  readonly namespace?: string;
}

export async function explain(cx: Cx, subscriber: string, options: SubscriberOptions): Promise<Exit> {
  const { namespace, output } = options;
  return withKnowledge(cx, options, async (ask) => {
    const known = await findSubscriber(ask, subscriber, namespace);
    const status = known.status as SubscriberStatus | undefined;
    const lines = inWords(status);
    const data = { subscriber: `${known.namespace}/${known.name}`, lines, conditions: status?.conditions ?? [] };
    await print(cx.io, output, data, () =>
      [cx.io.paint("bold", title(known)), ...lines.map((l) => `  ${l}`)].join("\n"),
    );
    return EXIT.ok;
  });
}

function title({ namespace, name, row }: Known): string {
  const { file, line } = row.origin;
  const place = file === undefined ? "" : `  ${file}${line === undefined ? "" : `:${line}`}`;
  const gone = row.deletedAt === undefined ? "" : `  withdrawn ${rfc3339(row.deletedAt)}`;
  return `Subscriber ${namespace}/${name}${place}${gone}`;
}

export interface HistoryOptions extends SubscriberOptions {
  readonly limit: number;
}

export async function history(cx: Cx, subscriber: string, options: HistoryOptions): Promise<Exit> {
  return withInstallation(cx, async (installation) => {
    const known = await findSubscriber(asking(installation), subscriber, options.namespace);
    const entries = await installation.store.history(known.owner, { limit: options.limit });
    const { deletedAt } = known.row;
    const gone = deletedAt === undefined ? {} : { deletedAt: rfc3339(deletedAt) };
    const data = { subscriber: `${known.namespace}/${known.name}`, ...gone, entries };
    const head = deletedAt === undefined ? "" : `${cx.io.paint("bold", title(known))}\n`;
    await print(cx.io, options.output, data, (wide) => `${head}${historyText(entries, wide)}`);
    return EXIT.ok;
  });
}
