/** Listens to the systems that tell when something happened, and has the owners looked at again. */
import type { Session } from "../../reconcilers/system.ts";
import type { RefKey } from "../core/model.ts";

export interface Hearing {
  readonly sessions: () => ReadonlyMap<string, Session>;
  readonly heard: (refs: readonly RefKey[]) => void;
  readonly trouble: (endpoint: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** One ear for each session; a session that was opened anew gets its own, and the former one is closed. */
export class Hints {
  readonly #open = new Map<string, { readonly session: Session; readonly ear: AbortController }>();
  readonly #o: Hearing;
  constructor(o: Hearing) {
    this.#o = o;
    o.signal.addEventListener("abort", () => this.#close([...this.#open.keys()]), { once: true });
  }

  /** To be called again and again: sessions come and go, and an ear that failed is opened anew. */
  sync(): void {
    if (this.#o.signal.aborted) return;
    const sessions = this.#o.sessions();
    this.#close([...this.#open].flatMap(([name, { session }]) => (sessions.get(name) === session ? [] : [name])));
    for (const [name, session] of sessions)
      if (session.hints && !this.#open.has(name)) void this.#listen(name, session);
  }

  async #listen(name: string, session: Session): Promise<void> {
    const ear = new AbortController();
    this.#open.set(name, { session, ear });
    try {
      for await (const refs of session.hints?.(ear.signal) ?? []) this.#o.heard(refs);
    } catch (error) {
      if (!ear.signal.aborted) this.#o.trouble(name, error);
    } finally {
      if (this.#open.get(name)?.ear === ear) this.#open.delete(name);
    }
  }
  #close(names: readonly string[]): void {
    for (const name of names) {
      this.#open.get(name)?.ear.abort();
      this.#open.delete(name);
    }
  }
}
