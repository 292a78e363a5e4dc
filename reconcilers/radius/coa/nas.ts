/** One NAS as all its sessions share it: its own pace, its own secret, and patience while it says nothing. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Sensitive } from "../../../controller/core/sensitive.ts";
import { Fault } from "../../errors.ts";
import type { Nas } from "../config.ts";
import { type Answer, type NasClient, nasClient, type Request } from "./client.ts";

/** After no answer: so long nobody else waits for one. */
const SILENT_MS = 30_000;
/** So far ahead a place in the row is worth waiting for within a call. */
const NEAR_MS = 1_000;
/** A place that nobody came for. */
const FORGOTTEN_MS = 300_000;

export interface NasLink {
  /** @throws Fault `Paced` or `NASSilent` before anything is sent; then one may ask again when it says. */
  place(session: string, turn: Turn): Promise<void>;
  ask(request: Request, signal: AbortSignal): Promise<Answer>;
  close(): void;
}
/** `Later`: of an edit for all customers of a plan, behind which nobody waits who is to come back, or to be kept out. */
export type Turn = "Now" | "Later";
export type Open = (nas: Nas, secret: Sensitive) => NasClient;
const overUdp: Open = (nas, secret) => nasClient({ address: nas.address ?? "", port: nas.dynamic.port, secret });

export function nasLink(nas: Nas, secret: Sensitive, open: Open = overUdp, now: () => number = Date.now): NasLink {
  const client = open(nas, secret);
  const row = places(nas.dynamic.perSecond);
  let silentUntil = 0;
  return {
    async place(session, turn) {
      const at = now();
      if (silentUntil > at) throw silent(nas, silentUntil - at);
      const wait = row(session, at, turn);
      if (wait > NEAR_MS) throw paced(nas, wait);
      if (wait === 0) return;
      await sleep(wait);
      row.came(session);
    },
    async ask(request, signal) {
      if (silentUntil > 0) silentUntil = now() + SILENT_MS; // one asks whether it is back, and the others wait for that
      const answer = await client.ask(request, signal);
      if (answer.kind !== "Unsayable") silentUntil = answer.kind === "Silent" ? now() + SILENT_MS : 0;
      return answer;
    },
    close: () => client.close(),
  };
}

interface Row {
  /** Milliseconds until the turn of a session, which keeps its place when it comes back for it. */
  (session: string, now: number, turn: Turn): number;
  came(session: string): void;
}
interface Place {
  readonly at: number;
  readonly turn: Turn;
}
export function places(perSecond: number): Row {
  const interval = 1000 / perSecond;
  const kept = new Map<string, Place>();
  let due = Number.NEGATIVE_INFINITY;
  const forget = (before: number): void => {
    for (const [session, { at }] of kept) {
      if (at >= before) return; // about in the order of the places: what comes later is forgotten later
      kept.delete(session);
    }
  };
  /** The first place of one who can wait; he takes another at the end when he comes. */
  const givenUp = (now: number, before: number): number | undefined => {
    let first: readonly [string, number] | undefined;
    for (const [session, { at, turn }] of kept)
      if (turn === "Later" && at > now && at < (first?.[1] ?? before)) first = [session, at];
    if (first) kept.delete(first[0]);
    return first?.[1];
  };
  const atTheEnd = (now: number): number => {
    due = Math.max(due + interval, now);
    return due;
  };
  const wait = (session: string, now: number, turn: Turn): number => {
    forget(now - FORGOTTEN_MS);
    const mine = kept.get(session)?.at;
    if (mine !== undefined) kept.delete(session);
    if (mine !== undefined && mine <= now) return 0;
    const better = turn === "Now" ? givenUp(now, mine ?? Number.POSITIVE_INFINITY) : undefined;
    const at = better ?? mine ?? atTheEnd(now);
    if (at > now) kept.set(session, { at, turn });
    return at - now;
  };
  return Object.assign(wait, { came: (session: string) => void kept.delete(session) });
}

const later = (code: string, message: string, remedy: string, retryAfterMs: number): Fault =>
  // A NAS that does not answer is no trouble of the database: its breaker must not open.
  new Fault("Conflict", code, message, { remedy, retryAfterMs });
const paced = ({ name, dynamic }: Nas, wait: number): Fault =>
  later("SessionsPaced", `NAS ${name} takes ${dynamic.perSecond} requests a second`, "wait for its turn", wait);
export const silent = ({ name, address }: Nas, wait = SILENT_MS): Fault =>
  later(
    "NASSilent",
    `NAS ${name} (${address}) does not answer: it is not known whether its sessions have changed`,
    "check its CoA port, the secret in secretRef, and that it takes requests from here",
    wait,
  );
