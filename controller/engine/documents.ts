/** What systems come to ask for instead of being told: made at the moment of the question. */
import { fault } from "../../reconcilers/errors.ts";
import type { Published, Session } from "../../reconcilers/system.ts";
import type { Desired } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Declared } from "./declared.ts";

export interface Answering {
  readonly declared: Pick<Declared, "catalog" | "owner" | "shared" | "outline">;
  readonly published: (d: Desired) => Published | undefined;
  readonly sessions: ReadonlyMap<string, Session>;
  /** Declared systems of which nothing can be said, because they could not be opened. */
  readonly closed: readonly string[];
}
interface Declaration {
  readonly system: string;
  readonly body: unknown;
}
const PATIENCE_MS = 5000;

/** What is declared, and what still stands; undefined: neither. @throws Fault where that is not known. */
export async function answerAt(path: string, { declared, published, sessions, closed }: Answering): Promise<unknown> {
  const own = declaredAt(path, declared, published);
  const failed: unknown[] = [];
  let body = own?.body;
  for (const [system, { answers }] of sessions) {
    try {
      body = (await answers?.(path, body, AbortSignal.timeout(PATIENCE_MS))) ?? body;
    } catch (error) {
      if (!own || own.system === system) failed.push(error);
    }
  }
  // Half of the answer would end, or start, what is not meant.
  if (failed.length > 0 && (own || body === undefined)) throw failed[0];
  if (body === undefined && closed.length > 0)
    throw fault("Unavailable", `nothing can be said of ${closed.join(", ")} yet`);
  return body;
}

/** Undefined: nobody declares it. */
function declaredAt(
  path: string,
  declared: Answering["declared"],
  published: Answering["published"],
): Declaration | undefined {
  for (const owner of owners(path, declared)) {
    for (const d of declared.outline(owner).desired) {
      const found = published(d);
      if (found?.path === path) return { system: d.ref.system, body: found.body };
    }
  }
  return undefined;
}

/** Few are worth composing: of all subscribers those whose ONU the path names, and what all stand on. */
function* owners(path: string, declared: Answering["declared"]): Generator<OwnerKey> {
  yield* subscribersAt(path, declared);
  yield* declared.shared();
}
/** Whose ONU the path names. */
export function* subscribersAt(
  path: string,
  declared: Pick<Answering["declared"], "catalog" | "owner">,
): Generator<OwnerKey> {
  const [, serial] = /\/([^/]+)-\d+$/.exec(path) ?? [];
  for (const key of serial === undefined ? [] : declared.catalog.subscribersOfOnu(serial)) {
    const owner = declared.owner(key);
    if (owner) yield owner;
  }
}
