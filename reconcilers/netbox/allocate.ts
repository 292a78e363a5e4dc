/** Taking free values: lists of at most a hundred below one prefix, then the next prefix of the pool. */
import { Fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { hostLength } from "./addresses.ts";
import { wordsOf } from "./answers.ts";
import { type At, type Job, refusals, unexpected } from "./body.ts";
import { textAt } from "./list.ts";
import { accepted, type Verdicts, without } from "./verdicts.ts";

/** Others take values too: so often a list is made smaller before the next prefix is tried. */
const TRIES = 4;
const RETRY_MS = 60_000;

export async function allocate(at: At, jobs: readonly Job[], out: Verdicts): Promise<void> {
  for (const group of groupsOf(jobs)) await fromPool(at, group, out);
}

/** Those who take the same from the same place. */
function groupsOf(jobs: readonly Job[]): Iterable<readonly Job[]> {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const { vrf, from, length } = job.order.patch;
    const key = JSON.stringify([vrf ?? null, from ?? [], length ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return groups.values();
}

async function fromPool(at: At, jobs: readonly Job[], out: Verdicts): Promise<void> {
  const { vrf, from } = jobs[0]!.order.patch;
  const prefixes = (from ?? []) as readonly string[];
  const parent = (cidr: string) => at.names.prefix(cidr, typeof vrf === "string" ? vrf : undefined, at.signal);
  let open = jobs;
  let there = 0;
  for (const cidr of prefixes) {
    if (open.length === 0) return;
    const left =
      (await fromPrefix(at, await parent(cidr), open, out)) ?? (await fromPrefix(at, await parent(cidr), open, out));
    if (left === undefined) continue;
    there++;
    open = left;
  }
  for (const { order } of open) out.set(order, there === 0 ? missing(prefixes) : exhausted(prefixes));
}
const missing = (prefixes: readonly string[]): Fault =>
  new Fault("Conflict", "Missing", `NetBox has no prefix ${prefixes.join(" or ")}`, {
    remedy: "the tenant's pools are made first; it is tried again",
  });
const exhausted = (prefixes: readonly string[]): Fault =>
  new Fault("Conflict", "PoolExhausted", `${prefixes.join(", ")}: nothing is free`, {
    remedy: "add a prefix to the pool, or free some; it is tried again",
    retryAfterMs: RETRY_MS,
  });

/** Gives those for whom there was no room. Undefined: it is not there, or not any more under this id. */
async function fromPrefix(
  at: At,
  parent: number | undefined,
  jobs: readonly Job[],
  out: Verdicts,
): Promise<readonly Job[] | undefined> {
  if (parent === undefined) return undefined;
  const path = `/api/ipam/prefixes/${parent}/${at.kind.taking!.path}/`;
  let open = jobs;
  let room = open.length;
  for (let tries = 0; open.length > 0 && tries < TRIES; ) {
    const part = open.slice(0, room);
    const left = await ask(at, path, part, out);
    if (left === "gone") return undefined;
    if (left !== "full") open = [...left, ...open.slice(part.length)];
    else {
      tries++;
      room = Math.min(part.length - 1, await free(at, path, part));
      if (room <= 0) return open;
    }
  }
  return open;
}

/** Gives those who go again without the refused. */
async function ask(
  at: At,
  path: string,
  jobs: readonly Job[],
  out: Verdicts,
): Promise<readonly Job[] | "full" | "gone"> {
  const answer = await at.http.send("POST", path, jobs.map(wish), at.signal);
  if (answer.code === 400) return without(at, jobs, refusals(answer.body, jobs.length), out);
  if (answer.code === 409 && /Insufficient resources/i.test(wordsOf(answer.body))) return "full";
  if (answer.code === 404) {
    at.names.forget();
    return "gone";
  }
  if (answer.code !== 201) throw unexpected(answer);
  accepted(at, jobs, answer.body, out);
  return [];
}

/** `from` has one family, and so one length. */
function wish({ order, body }: Job): Readonly<Record<string, unknown>> {
  return { ...body, prefix_length: lengthOf(order) };
}
function lengthOf({ patch }: Order): number {
  if (typeof patch["length"] === "number") return patch["length"];
  return hostLength(((patch["from"] ?? []) as readonly string[])[0] ?? "");
}

/** How many of the same kind NetBox could give now. */
async function free(at: At, path: string, jobs: readonly Job[]): Promise<number> {
  const answer = await at.http.get(path, { limit: jobs.length }, at.signal);
  if (answer.code !== 200 || !Array.isArray(answer.body)) throw unexpected(answer);
  if (at.kind.taking!.path === "available-ips") return answer.body.length;
  const length = lengthOf(jobs[0]!.order);
  return answer.body.reduce((sum: number, block: unknown) => {
    const bits = length - Number((textAt(block, "prefix") ?? "/129").split("/")[1]);
    return sum + (bits < 0 ? 0 : 2 ** bits);
  }, 0);
}
