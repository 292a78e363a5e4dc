/** What customers are to be told by mail, and what became of it. The rows come with the status that tells of the turn. */
import type { NoticeFacts, NoticeKind } from "../core/life/notices.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Calls } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";

export type MailState = "Queued" | "Sending" | "Sent" | "Refused" | "Uncertain" | "Bounced";
export interface Mail {
  readonly owner: OwnerKey;
  /** Counts the notices of one owner. */
  readonly seq: number;
  /** For people. */
  readonly id: number;
  readonly notice: NoticeKind;
  readonly facts: NoticeFacts;
  readonly state: MailState;
  readonly attempt: number;
  /** Epoch milliseconds, as all that follow: of the turn; since when it waits; of the last change of its state. */
  readonly at: number;
  readonly since: number;
  readonly changedAt: number;
  readonly messageId: string | null;
  /** Of the last attempt, as the next two. */
  readonly endpoint: string | null;
  /** Null also when it was erased. */
  readonly recipient: string | null;
  /** Why it is in that state, free of personal data. */
  readonly said: string | null;
}
type Row = Pick<Mail, "owner" | "seq">;
export interface Claimed extends Row {
  readonly messageId: string;
  readonly endpoint: string;
  readonly recipient: string;
}
/** What became of an attempt. Queued: it is surely not there, and is tried again. */
export interface Outcome extends Row {
  readonly attempt: number;
  readonly state: Exclude<MailState, "Sending" | "Bounced">;
  readonly said: string;
  /** Epoch milliseconds: not before. */
  readonly due: number;
}
export interface MailFilter {
  readonly tenant?: string;
  readonly owner?: OwnerKey;
  readonly states?: readonly MailState[];
  readonly limit: number;
}
export interface Outbox {
  /** What may be sent, and what somebody was sending, of the partitions held; the oldest first, `share` of each tenant. */
  openMail(now: number, share: number): Promise<readonly Mail[]>;
  /** Before the first byte goes out: from here on it may have been delivered. Answers those that were free to be taken. */
  takeMail(rows: readonly Claimed[], now: number): Promise<readonly Row[]>;
  /** Not fenced: what was delivered stays delivered, whoever holds the owner by now. */
  endMail(rows: readonly Outcome[], now: number): Promise<void>;
  /** Whoever was sending these is gone, or may be. */
  doubtMail(rows: readonly Row[], now: number): Promise<void>;
  /** Newest first. */
  mail(filter: MailFilter): Promise<readonly Mail[]>;
  mailById(id: number): Promise<Mail | undefined>;
  /** Answers whether it could be asked for again: it was refused, is uncertain or came back. */
  resendMail(id: number, now: number): Promise<boolean>;
  /** A mail system far away could not deliver what it had taken. Answers the one that it was. */
  bounceMail(messageId: string, said: string, now: number): Promise<Mail | undefined>;
  /** Whom it went to; what it was about is nothing personal. */
  eraseMail(owners: readonly OwnerKey[]): Promise<void>;
}

const ms = (column: string, name: string): string => `(extract(epoch from ${column}) * 1000)::float8 as "${name}"`;
const columns = `owner, seq, id::float8 as id, notice, facts, state, attempt, ${ms("at", "at")}, ${ms("since", "since")},
  ${ms("changed_at", "changedAt")}, message_id as "messageId", endpoint, recipient, said`;
const at = (n: number): string => `to_timestamp($${n} / 1000.0)`;
/** Each tenant has its share, so that no other one's backlog hides it; of one customer the earlier turn is told first. */
const open = `select ${columns} from (
    select o.*, row_number() over (partition by tenant order by due, id) as place from lastmile.outbox o
    where (state = 'Sending' or (state = 'Queued' and due <= ${at(1)})) and (partition is null or partition = any($3::int[]))
      and not exists (select from lastmile.outbox e where e.owner = o.owner and e.seq < o.seq and e.state in ('Queued', 'Sending'))) o
  where place <= $2 order by due, id`;
const take = `with ${fence}
update lastmile.outbox o set state = 'Sending', attempt = o.attempt + 1, changed_at = ${at(8)},
    message_id = coalesce(o.message_id, r.message_id), endpoint = r.endpoint, recipient = r.recipient, said = null
  from unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::text[]) r(owner, seq, message_id, endpoint, recipient)
  where (select ok from fence) and (o.owner, o.seq) = (r.owner, r.seq) and o.state = 'Queued'
  returning o.owner, o.seq`;
/** Also of what was given up meanwhile; not of what was asked for again. */
const end = `update lastmile.outbox o set state = r.state, said = r.said, due = to_timestamp(r.due / 1000.0), changed_at = ${at(7)}
  from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::float8[]) r(owner, seq, attempt, state, said, due)
  where (o.owner, o.seq, o.attempt) = (r.owner, r.seq, r.attempt) and o.state in ('Queued', 'Sending', 'Uncertain')`;
const doubt = `with ${fence}
update lastmile.outbox o set state = 'Uncertain', changed_at = ${at(5)}, said = 'interrupted while it was sent'
  from unnest($3::text[], $4::int[]) r(owner, seq)
  where (select ok from fence) and (o.owner, o.seq) = (r.owner, r.seq) and o.state = 'Sending'`;
const list = `select ${columns} from lastmile.outbox where ($1::text is null or tenant = $1) and ($2::text is null or owner = $2)
  and ($3::text[] is null or state = any($3)) order by id desc limit $4`;
const resend = `update lastmile.outbox set state = 'Queued', due = ${at(2)}, since = ${at(2)}, changed_at = ${at(2)}, said = null
  where id = $1 and state in ('Refused', 'Uncertain', 'Bounced') returning id`;
const bounce = `update lastmile.outbox set state = 'Bounced', said = $2, changed_at = ${at(3)}
  where message_id = $1 and state in ('Sent', 'Uncertain', 'Bounced') returning ${columns}`;

export function openOutbox(calls: Calls, leases: Leases): Outbox {
  const keys = (rows: readonly Row[]) => [rows.map((r) => r.owner), rows.map((r) => r.seq)] as const;
  const proven = (rows: readonly Row[]) => [...leases.proof(rows.map((r) => r.owner)), ...keys(rows)] as const;
  return {
    openMail: (now, share) => calls.query<Mail>("open mail", open, [now, share, [...leases.tokens().keys()]]),
    async takeMail(rows, now) {
      if (rows.length === 0) return [];
      const more = [rows.map((r) => r.messageId), rows.map((r) => r.endpoint), rows.map((r) => r.recipient), now];
      return calls.query<Row & { owner: string }>("take mail", take, [...proven(rows), ...more]);
    },
    async endMail(rows, now) {
      if (rows.length === 0) return;
      const [attempts, states] = [rows.map((r) => r.attempt), rows.map((r) => r.state)];
      const more = [attempts, states, rows.map((r) => r.said), rows.map((r) => r.due), now];
      await calls.query("end mail", end, [...keys(rows), ...more]);
    },
    async doubtMail(rows, now) {
      if (rows.length > 0) await calls.query("doubt mail", doubt, [...proven(rows), now]);
    },
    mail: ({ tenant, owner, states, limit }) =>
      calls.query<Mail>("mail", list, [tenant ?? null, owner ?? null, states ?? null, limit]),
    async mailById(id) {
      return (await calls.query<Mail>("mail by id", `select ${columns} from lastmile.outbox where id = $1`, [id]))[0];
    },
    async resendMail(id, now) {
      return (await calls.rows("resend mail", resend, [id, now])).length > 0;
    },
    async bounceMail(messageId, said, now) {
      return (await calls.query<Mail>("bounce mail", bounce, [messageId, said, now]))[0];
    },
    async eraseMail(owners) {
      const text =
        "update lastmile.outbox set recipient = null where owner = any($1::text[]) and recipient is not null";
      if (owners.length > 0) await calls.query("erase mail", text, [owners]);
    },
  };
}

/** In the statement that writes the status: `rows` has owner, told and notices; those in `moved` had told what was believed. */
export const noting = `moved as (insert into lastmile.lives as l (owner, told)
    select owner, json_array_length(notices) from rows where json_array_length(notices) > 0
    on conflict (owner) do update set told = l.told + excluded.told
      where l.told = (select r.told from rows r where r.owner = l.owner)
    returning owner, told),
noted as (insert into lastmile.outbox (owner, seq, partition, notice, facts, at, since, due, changed_at)
    select r.owner, m.told - json_array_length(r.notices) + n.place, (n.row ->> 'partition')::int, n.row ->> 'notice', n.row -> 'facts',
      t.at, t.at, t.at, t.at
    from rows r join moved m using (owner) cross join json_array_elements(r.notices) with ordinality n(row, place)
    cross join lateral (select to_timestamp((n.row ->> 'at')::float8 / 1000)) t(at))`;
export const believed = `case when json_array_length(r.notices) > 0 then r.owner in (select owner from moved)
  else not exists (select from lastmile.lives l where l.owner = r.owner and l.told <> r.told) end`;
