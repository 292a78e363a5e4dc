/** Sends what sessions have to hear: noted before, answered after, so that nobody's death leaves more than one in doubt. */
import { Fault } from "../errors.ts";
import type { Query } from "../postgres.ts";
import { naming, told } from "./coa/attributes.ts";
import { isGone, isUnsupported, wordsOf } from "./coa/causes.ts";
import type { Answer, Request } from "./coa/client.ts";
import { type NasLink, silent, type Turn } from "./coa/nas.ts";
import type { Nas } from "./config.ts";
import type { Judged, SessionsOf } from "./judged.ts";
import { ACK, CANNOT, GONE } from "./live.ts";
import * as sql from "./sessions-sql.ts";

interface Job {
  readonly of: Judged;
  readonly nas: Nas;
  readonly link: NasLink;
  readonly type: Request["type"];
  readonly turn: Turn;
}
/** What went wrong, by name of the account. */
export async function tell(
  { db, links }: SessionsOf,
  all: readonly Judged[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fault>> {
  const faults = new Map<string, Fault>();
  const jobs: Job[] = [];
  for (const of of all) {
    const link = of.nas && links.get(of.nas.name);
    if (of.verdict.kind !== "Due" || !link) continue;
    const { type, why } = of.verdict;
    jobs.push({ of, nas: of.nas!, link, type, turn: why === "plan" ? "Later" : "Now" });
  }
  const placed = await settled(jobs, faults, (job) => job.link.place(job.of.session.key, job.turn).then(() => job));
  if (placed.length === 0) return faults;
  // As of now: what changes after the rows were read has not been heard.
  const query: Query = (text, values) => db.read(text, values ?? [], signal);
  const at = Number((await query(sql.clock))[0]?.[0]);
  const sent = [
    placed.map((j) => j.of.session.key),
    placed.map((j) => j.of.session.user),
    placed.map((j) => j.type),
    at,
  ];
  await db.transaction((write) => write(sql.send, sent), signal);
  const rows = await freshReplies(query, placed);
  const answers = await Promise.all(
    placed.map(async (job) => ({ job, answer: await job.link.ask(requestOf(job, rows), signal) })),
  );
  const heard = [
    answers.map(({ job }) => job.of.session.key),
    answers.map(({ job, answer }) => outcomeOf(answer, job.type)),
  ];
  await db.transaction((write) => write(sql.heard, heard), signal);
  for (const { job, answer } of answers) {
    const trouble = troubleOf(job, answer);
    if (trouble) faults.set(job.of.session.user, trouble);
  }
  return faults;
}

async function settled(jobs: readonly Job[], faults: Map<string, Fault>, work: (job: Job) => Promise<Job>) {
  const results = await Promise.allSettled(jobs.map(work));
  return results.flatMap((r, n) => {
    if (r.status === "fulfilled") return [r.value];
    if (!(r.reason instanceof Fault)) throw r.reason;
    faults.set(jobs[n]!.of.session.user, r.reason);
    return [];
  });
}

type Replies = ReadonlyMap<string, Judged["replies"]>;
/** Read after the moment that is noted: newer rows may be told, older ones never. */
async function freshReplies(query: Query, jobs: readonly Job[]): Promise<Replies> {
  const names = jobs.filter((j) => j.type === "CoA").map((j) => j.of.session.user);
  const rows = names.length > 0 ? await query(sql.replies, [names]) : [];
  const out = new Map<string, Judged["replies"][number][]>(names.map((name) => [name, []]));
  for (const [name, attribute, value] of rows) out.get(name!)?.push({ attribute: attribute!, value: value! });
  return out;
}

function requestOf({ of: { session }, nas, type }: Job, replies: Replies): Request {
  const named = naming(session, Date.now());
  const rest = type === "CoA" ? told(nas.vendor, replies.get(session.user) ?? []) : [];
  return { type, attributes: [...named, ...rest] };
}

function outcomeOf(answer: Answer, type: Request["type"]): string {
  if (answer.kind === "Ack") return ACK;
  if (answer.kind === "Silent") return "no answer";
  if (answer.kind === "Unsayable") return `${type === "CoA" ? CANNOT : ""}not sent: ${UNSAYABLE}`;
  if (isGone(answer.cause)) return GONE;
  return `${type === "CoA" && isUnsupported(answer.cause) ? CANNOT : "NAK "}${wordsOf(answer.cause)}`;
}

function troubleOf({ of: { session }, nas, type }: Job, answer: Answer): Fault | undefined {
  if (answer.kind === "Ack") return undefined;
  if (answer.kind === "Silent") return silent(nas);
  if (answer.kind === "Unsayable") return type === "CoA" ? undefined : refused(`session ${session.id}: ${UNSAYABLE}`);
  if (isGone(answer.cause) || (type === "CoA" && isUnsupported(answer.cause))) return undefined;
  return refused(`NAS ${nas.name} refuses ${type} for session ${session.id}: ${wordsOf(answer.cause)}`);
}
const UNSAYABLE = "what names it, or what it is to hear, fits in no packet";
const refused = (message: string): Fault =>
  new Fault("Conflict", "NASRefused", message, { remedy: "see to the NAS; it is tried again" });
