/** Resource `session`: every open session of the account runs on what the account's rows say now. */
import { type Observed, parseRef, type RefKey, refKey, type State } from "../../controller/core/model.ts";
import { fault } from "../errors.ts";
import type { Query, Row } from "../postgres.ts";
import type { Lookup, Order, Outcome, Resource, Scanned, ScanScope } from "../system.ts";
import type { Reply } from "./coa/attributes.ts";
import { told } from "./coa/attributes.ts";
import { hints } from "./hints.ts";
import type { Account, How, Judged, SessionsOf } from "./judged.ts";
import { judge, type LiveSession, type Says, usesFormer, type Verdict } from "./live.ts";
import { factsOf } from "./live-facts.ts";
import * as sql from "./sessions-sql.ts";
import { page } from "./sql.ts";
import { tell } from "./tell.ts";

/** Every one of them may be a request to a NAS and its answer. */
const LIMIT = 50;
const PAGE = 1000;
/** A plan that is edited for all its customers must not end their sessions uncounted; everything else was counted before. */
const interrupts = (have: unknown): boolean => Array.isArray(have) && have.some((w) => /^Disconnect .*: plan$/.test(w));

export function sessions(of: SessionsOf): Resource {
  return {
    name: "session",
    marker: "beside",
    follows: "account",
    serves: "Session",
    fields: { outdated: { authority: "managed", disruptive: interrupts } },
    limit: LIMIT,
    settleMs: 0,
    observe: async (lookups, signal) => {
      const found = await read(of, (text, values) => of.db.read(text, values ?? [], signal), lookups);
      return new Map(lookups.flatMap(({ ref }) => pair(ref, found.get(ref.key))));
    },
    apply: (orders, signal) => apply(of, orders, signal),
    scan: (scope, signal) => scan(of, scope, signal),
  };
}
const pair = (ref: Observed["ref"], one: Account | undefined): readonly (readonly [RefKey, Observed])[] => {
  const seen = one && observed(ref, one);
  return seen ? [[refKey(ref), seen]] : [];
};

function observed(ref: Observed["ref"], one: Account): Observed | undefined {
  if (one.token === undefined) return undefined;
  const due = one.sessions.flatMap(({ session, nas, verdict }) =>
    verdict.kind === "Due" && counts(one, verdict)
      ? [`${verdict.type} ${session.id} at ${nas?.name}: ${verdict.why}`]
      : [],
  );
  const state: State = due.length > 0 ? { outdated: due } : {};
  const retired = one.retired && due.length === 0;
  const inUse = isInUse(one) && { inUse: true as const };
  return { ref, id: ref.key, token: one.token, retired, state, outputs: {}, ...inUse, facts: factsOf(one) };
}

/** Of who is out of service every session counts; else those that still run on what was given before. */
const isInUse = ({ retired, sessions }: Account): boolean =>
  sessions.some(
    ({ session, verdict }) => usesFormer(session, verdict) || (retired && !["Stale", "Ending"].includes(verdict.kind)),
  );

/** Of who is out of service only that he is kept out: nobody wants anything else of him any more. */
const counts = ({ retired }: Account, verdict: Verdict): boolean =>
  !retired || (verdict.kind === "Due" && verdict.why === "rejected");

type Asked = Pick<Lookup, "ref" | "how">;
async function read(of: SessionsOf, query: Query, asked: readonly Asked[]): Promise<ReadonlyMap<string, Account>> {
  const names = [...new Set(asked.map((l) => l.ref.key))];
  const [owners, says, open] = [
    await query(sql.owners, [names]),
    await query(sql.says, [names]),
    await query(sql.open, [names]),
  ];
  const online = [...new Set(open.map(([name]) => name!))];
  const replies = online.length > 0 ? await query(sql.replies, [online]) : [];
  const last = new Map((await query(sql.last, [names])).map((row) => [row[0]!, row]));
  const marks = new Map(
    owners.map(([name, token, retired]) => [name!, { token: token!, retired: retired === "true" }]),
  );
  const interim = new Map(asked.map((l) => [l.ref.key, (l.how as How | undefined)?.interim]));
  const found = new Map(
    says.map((row): [string, Account] => {
      const name = row[0]!;
      const now = saysIn(row);
      const own = repliesOf(replies, name);
      const judged = open.flatMap((s) =>
        s[0] === name ? [judgedIn(of, s, now, own, interim.get(name) ?? interimIn(own))] : [],
      );
      const mark = marks.get(name) ?? { token: undefined, retired: false };
      return [name, { ...mark, says: now, sessions: judged, last: last.get(name) ?? [] }];
    }),
  );
  for (const [name, one] of found) of.inUse.note(name, one.token !== undefined && isInUse(one));
  return found;
}

function judgedIn(
  of: SessionsOf,
  row: Row,
  says: Says,
  replies: readonly Reply[],
  interim: number | undefined,
): Judged {
  const session = sessionIn(row);
  const nas = of.nas.find((n) => n.address === session.nas && (n.dynamic.secret === undefined || of.links.has(n.name)));
  const known = nas ?? of.nas.find((n) => n.address === session.nas);
  const canTell = known !== undefined && told(known.vendor, replies).length > 0;
  const verdict = judge(session, says, known, canTell, interim);
  const lost = verdict.kind === "Due" && nas === undefined;
  return {
    session,
    nas: known,
    replies,
    verdict: lost
      ? { kind: "Untold", type: verdict.type, why: `the secret of NAS ${known?.name} cannot be read` }
      : verdict,
  };
}

const number = (text: string | null | undefined): number | undefined => (text == null ? undefined : Number(text));
const word = (text: string | null | undefined): string | undefined => text || undefined;
function saysIn([, rejected, coa, disconnect, planCoa, ended, now]: Row): Says {
  return {
    rejected: rejected === "true",
    coa: number(coa),
    disconnect: number(disconnect),
    planCoa: number(planCoa),
    ended: number(ended),
    now: Number(now),
  };
}
function sessionIn(row: Row): LiveSession {
  const [user, key, id, nas, port, mac, address, start, heard, interval, type, outcome, at] = row;
  return {
    ...{ user: user!, key: key!, id: id!, nas: nas! },
    ...{ port: word(port), mac: word(mac), address: word(address), interval: number(interval) },
    ...{ start: Number(start), heard: Number(heard) },
    told: type == null ? undefined : { type: type as "CoA" | "Disconnect", outcome: outcome ?? "", at: Number(at) },
  };
}
/** Of who is wanted no more: what his rows still ask for. */
const interimIn = (replies: readonly Reply[]): number | undefined =>
  number(replies.find(({ attribute }) => attribute.toLowerCase() === "acct-interim-interval")?.value);
const repliesOf = (rows: readonly Row[], name: string): readonly Reply[] =>
  rows.flatMap(([user, attribute, value]) => (user === name ? [{ attribute: attribute!, value: value! }] : []));

async function apply(of: SessionsOf, orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const ours = await of.db.transaction(async (query) => {
    const cells = (cell: (o: Order) => string) => orders.map(cell);
    const rows = await query(sql.own, [
      cells((o) => o.ref.key),
      cells((o) => o.token),
      cells((o) => o.owner),
      cells((o) => o.action),
    ]);
    const names = rows.map(([name]) => name!);
    const ended = orders.filter((o) => o.action === "destroy" && names.includes(o.ref.key)).map((o) => o.ref.key);
    if (ended.length > 0) for (const text of sql.forget) await query(text, [ended]);
    if (names.length > 0) await query(sql.tidy, [names]);
    return new Set(names);
  }, signal);
  const query: Query = (text, values) => of.db.read(text, values ?? [], signal);
  const telling = orders.filter((o) => ours.has(o.ref.key) && o.action !== "destroy");
  const before = await read(of, query, telling);
  const outdated = [...before.values()].flatMap((one) => one.sessions.filter(({ verdict }) => counts(one, verdict)));
  const faults = await tell(of, outdated, signal);
  const now = await read(of, query, orders);
  return orders.map((o) => outcome(o, ours, now.get(o.ref.key), faults.get(o.ref.key)));
}

function outcome(o: Order, ours: ReadonlySet<string>, one: Account | undefined, trouble: Outcome | undefined): Outcome {
  const seen = one && observed(o.ref, one);
  if (o.action === "destroy")
    return seen && !ours.has(o.ref.key) ? fault("NotOwned", `session of ${o.ref.key} belongs to somebody else`) : null;
  if (!ours.has(o.ref.key))
    return seen
      ? fault("NotOwned", `session of ${o.ref.key} belongs to somebody else`)
      : fault("Lost", `session of ${o.ref.key} is not there any more`);
  return trouble ?? seen ?? fault("Lost", `session of ${o.ref.key} is not there any more`);
}

async function* scan(of: SessionsOf, scope: ScanScope, signal: AbortSignal): AsyncGenerator<readonly Scanned[]> {
  const query: Query = (text, values) => of.db.read(text, values ?? [], signal);
  for (let after = ""; ; ) {
    const rows = await query(page("session"), [`${scope.installation}/${scope.tenant}`, after, PAGE]);
    if (rows.length === 0) return;
    const ref = (name: string) => parseRef(`${of.endpoint}/session/${name}`);
    const found = await read(
      of,
      query,
      rows.map(([name]) => ({ ref: ref(name!) })),
    );
    yield rows.flatMap(([name, owner]): readonly Scanned[] => {
      const one = found.get(name!);
      const seen = one && observed(ref(name!), one);
      return seen ? [{ owner: owner!, observed: seen }] : [];
    });
    if (rows.length < PAGE) return;
    after = rows.at(-1)![0]!;
  }
}

/** Ends with the signal. */
export function news(of: SessionsOf, signal: AbortSignal, everyMs?: number): AsyncGenerator<readonly RefKey[]> {
  const query: Query = (text, values) => of.db.read(text, values ?? [], signal);
  const look = (names: readonly string[]) =>
    read(
      of,
      query,
      names.map((key) => ({ ref: { system: of.endpoint, resource: "session", key } })),
    );
  return hints({ query, endpoint: of.endpoint, inUse: of.inUse, look }, signal, everyMs);
}
