/** Delivers the outbox: each message once at most, by the process that holds its owner. */
import { Fault } from "../../../reconcilers/errors.ts";
import type { Session } from "../../../reconcilers/system.ts";
import type { Delivery, Letter } from "../../core/life/letter.ts";
import { masked } from "../../core/life/letter-for.ts";
import type { OwnerKey } from "../../core/owner.ts";
import type { Mail, Outbox, Outcome } from "../../store/outbox.ts";
import { type Desk, type Prepared, prepare } from "./letters.ts";

export interface PostmanOptions extends Desk {
  readonly store: Pick<Outbox, "openMail" | "takeMail" | "endMail" | "doubtMail">;
  readonly sessions: () => ReadonlyMap<string, Session>;
  readonly mine: (owner: OwnerKey) => boolean;
  readonly now: () => number;
  /** Hears of every attempt that ended. */
  readonly onEnd?: ((mail: Mail, state: Outcome["state"]) => void) | undefined;
}
interface Limits {
  /** Nothing more is begun. */
  readonly over: () => boolean;
  /** Nothing goes on. */
  readonly cut: AbortSignal;
}
type Ready = Extract<Prepared, { type: "letter" }> & { readonly mail: Mail };

/** Of one tenant, looked for at once. */
const SHARE = 100;
const MINUTE = 60_000;
/** Between two attempts; from the third on each is as far away as the last of these (RFC 5321, 4.5.4.1). */
const PAUSES = [MINUTE, 5 * MINUTE, 30 * MINUTE];
/** What is older is no news any more. */
const GIVEN_UP_MS = 3 * 24 * 60 * MINUTE;
/** For messages on their way when it must stop; shorter than a lease. */
const GRACE_MS = 5_000;
/** For one conversation, from its first byte to its last. */
const TALK_MS = 180_000;
/** Later nothing more is begun in a turn: a slow server keeps neither others' mail nor partitions that are to be handed over. */
const TURN_MS = 10_000;

export class Postman {
  readonly #o: PostmanOptions;
  readonly #sending = new Set<number>();
  constructor(o: PostmanOptions) {
    this.#o = o;
  }

  /** Everything that can go now. Calls do not overlap: what another one is sending would look as if nobody were. */
  async turn(signal: AbortSignal): Promise<void> {
    // A message on its way is let through: cut off, nobody would know whether it was taken.
    const cut = new AbortController();
    const stop = (): void => void setTimeout(() => cut.abort(), GRACE_MS).unref();
    signal.addEventListener("abort", stop, { once: true });
    const end = this.#o.now() + TURN_MS;
    const over = (): boolean => signal.aborted || this.#o.now() >= end;
    try {
      while (!over() && (await this.#round({ over, cut: cut.signal })));
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Answers whether anything was delivered: then what waited for it, or for its place, may go. */
  async #round(limits: Limits): Promise<boolean> {
    const { store, now, mine } = this.#o;
    const open = (await store.openMail(now(), SHARE)).filter((m) => mine(m.owner));
    const lost = open.filter((m) => m.state === "Sending" && !this.#sending.has(m.id));
    await store.doubtMail(lost, now());
    const ready: Ready[] = [];
    for (const mail of open.filter((m) => m.state === "Queued")) {
      const found = await this.#prepare(mail);
      if (found) ready.push(found);
    }
    const byEndpoint = Map.groupBy(ready, (r) => r.endpoint);
    const sent = await Promise.allSettled([...byEndpoint].map(([name, of]) => this.#deliver(name, of, limits)));
    const failure = sent.find((s) => s.status === "rejected");
    if (failure) throw failure.reason;
    return sent.some((s) => s.status === "fulfilled" && s.value);
  }

  async #prepare(mail: Mail): Promise<Ready | undefined> {
    const { now } = this.#o;
    if (now() - mail.since > GIVEN_UP_MS) return this.#end(mail, refused("not delivered within three days"));
    const found = await prepare(mail, this.#o, now()).catch(unlessFault);
    if (found.type === "letter") return { ...found, mail };
    // Who is held makes room for the others: the page is not theirs alone.
    return this.#end(mail, found.type === "held" ? { state: "Later", said: found.why } : refused(found.why));
  }

  /** As many at a time as the server is to be asked; once it is at fault, the rest waits without a try of its own. */
  async #deliver(endpoint: string, letters: readonly Ready[], { over, cut }: Limits): Promise<boolean> {
    const session = this.#o.sessions().get(endpoint);
    if (!session?.deliver) return false;
    const waiting = letters[Symbol.iterator]();
    const fine: boolean[] = [];
    const work = async (): Promise<void> => {
      for (const one of waiting) {
        if (this.#o.mine(one.mail.owner)) fine.push(await this.#send(one, session, cut));
        if (over() || fine.includes(false)) return;
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: session.slots }, work));
    const failure = ended.find((e) => e.status === "rejected");
    if (failure) throw failure.reason;
    if (fine.includes(false)) await this.#later([...waiting], "the mail server is at fault");
    return fine.includes(true);
  }

  /** Answers whether the server could be used. */
  async #send({ mail, letter, endpoint }: Ready, session: Session, signal: AbortSignal): Promise<boolean> {
    const { store, now } = this.#o;
    const row = { owner: mail.owner, seq: mail.seq, messageId: letter.messageId, endpoint };
    this.#sending.add(mail.id);
    try {
      const taken = await store.takeMail([{ ...row, recipient: masked(letter.to.reveal()) }], now());
      if (taken.length === 0) return true;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TALK_MS)]);
      const { delivery, isDown } = await attempted(session, letter, limit);
      await this.#end({ ...mail, attempt: mail.attempt + 1 }, delivery);
      return !isDown;
    } finally {
      this.#sending.delete(mail.id);
    }
  }

  async #end(mail: Mail, { state, said }: Delivery): Promise<undefined> {
    const { store, now, onEnd } = this.#o;
    const ended = state === "Later" ? "Queued" : state;
    await store.endMail([this.#outcome(mail, ended, said)], now());
    onEnd?.(mail, ended);
    return undefined;
  }
  async #later(letters: readonly Ready[], said: string): Promise<void> {
    const { store, now } = this.#o;
    const rows = letters.filter((l) => this.#o.mine(l.mail.owner)).map((l) => this.#outcome(l.mail, "Queued", said));
    await store.endMail(rows, now());
  }
  #outcome({ owner, seq, attempt }: Mail, state: Outcome["state"], said: string): Outcome {
    const pause = PAUSES[Math.min(Math.max(attempt, 1), PAUSES.length) - 1] ?? 0;
    return { owner, seq, attempt, state, said, due: this.#o.now() + pause };
  }
}
const refused = (said: string): Delivery => ({ state: "Refused", said });
/** A Secret that cannot be read now holds up its own customer. */
function unlessFault(e: unknown): Prepared {
  if (!(e instanceof Fault)) throw e;
  return { type: "held", why: e.message };
}

async function attempted(
  session: Session,
  letter: Letter,
  signal: AbortSignal,
): Promise<{ readonly delivery: Delivery; readonly isDown: boolean }> {
  try {
    return { delivery: (await session.deliver?.(letter, signal)) ?? refused("no mail server"), isDown: false };
  } catch (e) {
    // Nothing was sent: what happens to a message on its way is an answer.
    if (e instanceof Fault) return { delivery: { state: "Later", said: `${e.message}: ${e.remedy}` }, isDown: true };
    if (!signal.aborted) throw e;
    return { delivery: { state: "Later", said: "interrupted before the message was sent" }, isDown: true };
  }
}
