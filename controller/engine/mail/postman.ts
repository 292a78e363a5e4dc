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
interface Signals {
  /** Nothing more is begun. */
  readonly stop: AbortSignal;
  /** Nothing goes on. */
  readonly cut: AbortSignal;
}
type Ready = Extract<Prepared, { type: "letter" }> & { readonly mail: Mail };

const PAGE = 500;
const MINUTE = 60_000;
/** Between two attempts; from the third on each is as far away as the last of these (RFC 5321, 4.5.4.1). */
const PAUSES = [MINUTE, 5 * MINUTE, 30 * MINUTE];
/** What is older is no news any more. */
const GIVEN_UP_MS = 3 * 24 * 60 * MINUTE;
/** For messages on their way when it must stop; shorter than a lease. */
const GRACE_MS = 5_000;
/** For one conversation, from its first byte to its last. */
const TALK_MS = 180_000;

export class Postman {
  readonly #o: PostmanOptions;
  readonly #sending = new Set<number>();
  constructor(o: PostmanOptions) {
    this.#o = o;
  }

  /** Everything that can go now. Calls do not overlap: what another one is sending would look as if nobody were. */
  async turn(signal: AbortSignal): Promise<void> {
    const { store, now, mine } = this.#o;
    const open = (await store.openMail(now(), PAGE)).filter((m) => mine(m.owner));
    const lost = open.filter((m) => m.state === "Sending" && !this.#sending.has(m.id));
    await store.doubtMail(lost, now());
    const ready: Ready[] = [];
    for (const mail of open.filter((m) => m.state === "Queued")) {
      const found = await this.#prepare(mail);
      if (found) ready.push(found);
    }
    const byEndpoint = Map.groupBy(ready, (r) => r.endpoint);
    // A message on its way is let through: cut off, nobody would know whether it was taken.
    const cut = new AbortController();
    const stop = (): void => void setTimeout(() => cut.abort(), GRACE_MS).unref();
    signal.addEventListener("abort", stop, { once: true });
    await Promise.all([...byEndpoint].map(([name, of]) => this.#deliver(name, of, { stop: signal, cut: cut.signal })));
    signal.removeEventListener("abort", stop);
  }

  async #prepare(mail: Mail): Promise<Ready | undefined> {
    const { now } = this.#o;
    if (now() - mail.since > GIVEN_UP_MS) return this.#end(mail, refused("not delivered within three days"));
    const found = await prepare(mail, this.#o, now());
    if (found.type === "letter") return { ...found, mail };
    // Who is held makes room for the others: the page is not theirs alone.
    return this.#end(mail, found.type === "held" ? { state: "Later", said: found.why } : refused(found.why));
  }

  /** As many at a time as the server is to be asked; none more once it is at fault. */
  async #deliver(endpoint: string, letters: readonly Ready[], { stop, cut }: Signals): Promise<void> {
    const session = this.#o.sessions().get(endpoint);
    if (!session?.deliver) return;
    const waiting = letters[Symbol.iterator]();
    let isDown = false;
    const work = async (): Promise<void> => {
      for (const one of waiting) {
        if (isDown || stop.aborted) return;
        isDown = !(await this.#send(one, session, cut)) || isDown;
      }
    };
    await Promise.all(Array.from({ length: session.slots }, work));
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
    const { owner, seq, attempt } = mail;
    const ended = state === "Later" ? "Queued" : state;
    const pause = PAUSES[Math.min(Math.max(attempt, 1), PAUSES.length) - 1] ?? 0;
    await store.endMail([{ owner, seq, attempt, state: ended, said, due: now() + pause }], now());
    onEnd?.(mail, ended);
    return undefined;
  }
}
const refused = (said: string): Delivery => ({ state: "Refused", said });

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
