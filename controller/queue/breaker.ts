/** Of one endpoint: whether calls are let through. Pure; `at` and `now` are milliseconds of any one clock. */
import type { Fault } from "../../reconcilers/errors.ts";

export type Breaker =
  | { readonly state: "Closed"; readonly failures: number; readonly openings: number }
  | { readonly state: "Open"; readonly until: number; readonly openings: number; readonly cause: Fault | undefined }
  | { readonly state: "HalfOpen"; readonly openings: number; readonly cause: Fault | undefined };
/**
 * What came of one call. A fault of a single key says that the endpoint lives; of a write whose answer was lost, and of a
 * call that we gave up ourselves, nothing can be said.
 */
export type Verdict = "Answered" | "Unanswered" | "Unclear";

/** Of calls, one after the other, without any answer between them. */
export const THRESHOLD = 5;
/** Its own ping has failed so often: from then on it is asked in these steps. */
const FIRST_MS = 1_000;
/** As often as an endpoint is asked that nobody needs: it is never found to be back later than without a breaker. */
const LONGEST_MS = 10_000;

export const closed: Breaker = { state: "Closed", failures: 0, openings: 0 };

/** @param random from 0 to 1: several processes do not come back together. */
export function afterCall(b: Breaker, verdict: Verdict, now: number, random: number): Breaker {
  if (verdict === "Answered") return closed;
  if (verdict === "Unclear" || b.state !== "Closed") return b;
  const failures = b.failures + 1;
  return failures < THRESHOLD ? { ...b, failures } : open(b.openings, undefined, now, random);
}

/** A ping writes nothing and names no subject. That it is answered does not show that calls are, so openings still count. */
export function afterPing(b: Breaker, fault: Fault | undefined, now: number, random: number): Breaker {
  const isAnswered = fault === undefined || verdictOf(fault) === "Answered";
  if (isAnswered) return { state: "Closed", failures: 0, openings: b.openings };
  return b.state === "HalfOpen" ? open(b.openings, fault, now, random) : afterCall(b, "Unanswered", now, random);
}

/** Its time has come: one call goes through. */
export const probing = (b: Breaker, now: number): Breaker =>
  b.state === "Open" && now >= b.until ? { state: "HalfOpen", openings: b.openings, cause: b.cause } : b;

/** At first it is asked at once: what several calls ran into may have been their own. */
function open(openings: number, cause: Fault | undefined, now: number, random: number): Breaker {
  const wait = openings === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(openings - 1, 20));
  return { state: "Open", until: now + wait * (0.75 + random / 4), openings: openings + 1, cause };
}

export function verdictOf({ kind, code }: Fault): Verdict {
  if (kind === "Unknown") return "Unclear";
  return kind === "Transient" && code === "Unavailable" ? "Unanswered" : "Answered";
}
/** Of many answers in one: a single good one is enough. */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("Answered")) return "Answered";
  return verdicts.length > 0 && verdicts.every((v) => v === "Unanswered") ? "Unanswered" : "Unclear";
}
