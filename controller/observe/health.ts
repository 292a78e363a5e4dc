/** What this process answers to whoever keeps it running, and to whoever sends it work. */
import { monitorEventLoopDelay } from "node:perf_hooks";

export interface Check {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly message: string;
}
interface CheckRow {
  readonly path: "/healthz" | "/readyz";
  readonly means: string;
  readonly todo: string;
}
const table = {
  eventLoop: {
    path: "/healthz",
    means: "the process answers, and did not stand still for seconds since it was asked last",
    todo: "a failure, or no answer at all, is ended by a restart, which is always safe; report it with the log",
  },
  store: {
    path: "/readyz",
    means: "the store answers",
    todo: "start the database, or correct DATABASE_URL; nothing is lost meanwhile",
  },
  leases: {
    path: "/readyz",
    means: "the leases are renewed in time; a process that holds none stands by for the others",
    todo: "the store is slow or out of reach, or the process is starved of CPU; others take over after 10 s",
  },
  sources: {
    path: "/readyz",
    means: "every source has delivered once, and none has fallen silent; one that another process reads does not count",
    todo: "the message names the source: see whether its folder or its API server can be reached and read; what it had refused does not count",
  },
} satisfies Record<string, CheckRow>;
type CheckName = keyof typeof table;
export const CHECKS: Readonly<Record<CheckName, CheckRow>> = table;

export interface ReadySources {
  /** Rejects when the store cannot be reached. */
  pingStore(): Promise<unknown>;
  /** `remainingMs`: for how long the last renewal still counts. */
  leases(): { readonly held: number; readonly remainingMs: number };
  /** `refused`: declarations of its last snapshot. They hold up nobody else, so the process is ready all the same. */
  sources(): readonly ReadySource[];
}
export interface ReadySource {
  readonly id: string;
  readonly delivered: boolean;
  readonly refused: number;
  /** Milliseconds since it was last heard; left out: it speaks only of changes. */
  readonly silentMs?: number | undefined;
}
/** An API server tells each watch about every minute that it is there. */
const SILENT_MS = 180_000;

/** A store that takes longer serves nobody. */
const PING_MS = 2000;

export async function readiness({ pingStore, leases, sources }: ReadySources): Promise<readonly Check[]> {
  const { held, remainingMs } = leases();
  const missing = sources().filter((s) => !s.delivered || (s.silentMs ?? 0) > SILENT_MS);
  const refused = sources().reduce((n, s) => n + s.refused, 0);
  return [
    await storeCheck(pingStore),
    check(
      "leases",
      remainingMs > 0,
      held > 0 ? `${held} of 65 partitions held` : "standing by: others hold all partitions",
      "not renewed in time",
    ),
    check(
      "sources",
      missing.length === 0,
      refused === 0
        ? "all delivered"
        : `all delivered, ${refused} ${refused === 1 ? "declaration" : "declarations"} refused: \`lastmile status\` names them`,
      `waiting for ${missing.map((s) => s.id).join(", ")}`,
    ),
  ];
}

async function storeCheck(ping: () => Promise<unknown>): Promise<Check> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(resolve, PING_MS, "late");
  // The driver's words may name a user or an address, and this answer is for anybody who asks.
  const answer = await Promise.race([ping().then(() => "ok" as const), late]).catch(() => "failed" as const);
  clearTimeout(timer);
  return check(
    "store",
    answer === "ok",
    "reachable",
    answer === "late" ? `no answer in ${PING_MS} ms` : "not reachable",
  );
}
const check = (name: CheckName, ok: boolean, good: string, bad: string): Check => ({
  name,
  ok,
  message: ok ? good : bad,
});

/** Longer than any pause that work of ours may cause. */
const STILL_MS = 5000;

/** The longest time that the event loop stood still since the last question. */
export function openLiveness(limitMs = STILL_MS): { check(): Check; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return {
    check() {
      const ms = Math.round(delay.max / 1e6);
      delay.reset();
      return check("eventLoop", ms < limitMs, "running", `stood still for ${ms} ms`);
    },
    close: () => void delay.disable(),
  };
}
