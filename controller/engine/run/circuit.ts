/** The breaker of one endpoint, and the session through which everybody calls it: runs, scans, looks at its health. */
import { Fault, fault } from "../../../reconcilers/errors.ts";
import type { Outcome, Resource, Session } from "../../../reconcilers/system.ts";
import {
  afterCall,
  afterPing,
  type Breaker,
  closed,
  probing,
  type Verdict,
  verdictOf,
  verdictOfAll,
} from "../../queue/breaker.ts";

/** Stands for the answer of an endpoint that was not asked, for others were not answered. */
export class NotAsked extends Fault {}

export const PING_MS = 10_000;

export class Circuit {
  #breaker: Breaker = closed;
  /** What it is asked with whether it is back. */
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #endpoint: string;
  readonly #turned: (b: Breaker) => void;
  /** @param turned hears of every new state. */
  constructor(endpoint: string, turned: (b: Breaker) => void) {
    this.#endpoint = endpoint;
    this.#turned = turned;
  }

  get breaker(): Breaker {
    return this.#breaker;
  }
  /** What is asked of this session from now on goes through the breaker. */
  through(session: Session): Session {
    this.#session = session;
    const { changes, hints, answers, fills, deliver, tickets } = session;
    return {
      resources: session.resources.map((r) => this.#resource(r)),
      slots: session.slots,
      ...(changes && { changes: (since, signal) => this.#call(signal, () => changes.call(session, since, signal)) }),
      // Another connection, and another server it may be: that it fails says nothing of the calls.
      ...(hints && {
        hints: (signal) => {
          this.#pass();
          return hints.call(session, signal);
        },
      }),
      ...(answers && {
        answers: (path, declared, signal) => this.#call(signal, () => answers.call(session, path, declared, signal)),
      }),
      ...(deliver && { deliver: (letter, signal) => this.#call(signal, () => deliver.call(session, letter, signal)) }),
      ...(fills && { fills: (tenant, signal) => this.#call(signal, () => fills.call(session, tenant, signal)) }),
      // People are told themselves what the system says.
      ...(tickets && { tickets }),
      ping: async (signal) => {
        this.#pass();
        return this.#ping(session, signal);
      },
      close: () => session.close(),
    };
  }
  /** It is served no more, or elsewhere: what was learnt of it counts no more, and who waited for it may go on. */
  end(): void {
    this.stop();
    this.#turn(closed);
  }
  stop(): void {
    clearTimeout(this.#timer);
    this.#session = undefined;
  }

  #resource(r: Resource): Resource {
    const { scan, everything, author } = r;
    return {
      ...r,
      observe: (lookups, signal) => this.#call(signal, () => r.observe(lookups, signal)),
      apply: (orders, signal) => this.#call(signal, () => r.apply(orders, signal), ofOutcomes),
      ...(scan && { scan: (scope, signal) => this.#pages(signal, () => scan.call(r, scope, signal)) }),
      ...(everything && { everything: (signal) => this.#call(signal, () => everything.call(r, signal)) }),
      ...(author && { author: (id, signal) => this.#call(signal, () => author.call(r, id, signal)) }),
    };
  }

  async #call<T>(
    signal: AbortSignal,
    ask: () => Promise<T>,
    judge: (answer: T) => Verdict = () => "Answered",
  ): Promise<T> {
    this.#pass();
    try {
      const answer = await ask();
      this.#hear(judge(answer));
      return answer;
    } catch (e) {
      this.#hear(ofError(e, signal));
      throw e;
    }
  }
  async *#pages<T>(signal: AbortSignal, ask: () => AsyncIterable<T>): AsyncGenerator<T> {
    this.#pass();
    try {
      for await (const page of ask()) {
        this.#hear("Answered");
        yield page;
      }
    } catch (e) {
      this.#hear(ofError(e, signal));
      throw e;
    }
  }
  async #ping(session: Session, signal: AbortSignal): ReturnType<Session["ping"]> {
    const after = (e: Fault | undefined) => this.#turn(afterPing(this.#breaker, e, performance.now(), Math.random()));
    try {
      const answer = await session.ping(signal);
      after(undefined);
      return answer;
    } catch (e) {
      after(e instanceof Fault ? e : fault("Unavailable", `${this.#endpoint} did not answer`));
      throw e;
    }
  }

  /** @throws NotAsked while it is open */
  #pass(): void {
    const b = this.#breaker;
    if (b.state === "Closed") return;
    const { message, remedy } = b.cause ?? fault("Unavailable", `${this.#endpoint} did not answer the last calls`);
    const wait = b.state === "Open" ? inMs(b.until) : 0;
    throw new NotAsked("Transient", "Unavailable", message, { remedy, retryAfterMs: wait });
  }
  #hear(verdict: Verdict): void {
    this.#turn(afterCall(this.#breaker, verdict, performance.now(), Math.random()));
  }
  #turn(next: Breaker): void {
    const before = this.#breaker;
    this.#breaker = next;
    if (before.state === next.state) return;
    clearTimeout(this.#timer);
    if (next.state === "Open") this.#timer = setTimeout(() => this.#probe(), inMs(next.until)).unref();
    this.#turned(next);
  }
  #probe(): void {
    const b = probing(this.#breaker, Number.POSITIVE_INFINITY);
    if (b.state !== "HalfOpen" || !this.#session) return;
    this.#turn(b);
    this.#ping(this.#session, AbortSignal.timeout(PING_MS)).catch(() => undefined);
  }
}

const inMs = (until: number): number => Math.max(0, until - performance.now());
function ofError(e: unknown, signal: AbortSignal): Verdict {
  return e instanceof Fault && !signal.aborted ? verdictOf(e) : "Unclear";
}
const ofOutcomes = (outcomes: readonly Outcome[]): Verdict =>
  verdictOfAll(outcomes.map((o) => (o instanceof Fault ? verdictOf(o) : "Answered")));
