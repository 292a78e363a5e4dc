/** JSON lines on standard output: one for each event, one for each action with its plan. No secret gets through. */
import { type DestinationStream, type Logger, pino } from "pino";
import { parseRef, type RefKey } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import { errorView } from "./error-view.ts";

export type Level = "debug" | "info" | "warn" | "error";
export type Log = Pick<Logger, Level>;

/** Names of fields that never appear, at the top of a line or one or two levels below. */
const SECRET = ["password", "secret", "credentials", "authorization", "connectionString", "masterKey", "privateKey"];
const paths = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** @param destination standard output where none is given. */
export function openLog(level: Level = "info", destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: "(secret)" },
    serializers: { error: errorView },
    errorKey: "error",
  };
  return destination ? pino(options, destination) : pino(options);
}

/** One effect, done or refused by a system. */
export interface ActionTaken {
  readonly owner: OwnerKey;
  readonly ref: RefKey;
  readonly action: string;
  /** `Done`, or the code of the fault. */
  readonly outcome: string;
  readonly planId: string;
}
/** Names fields of the object only; what changed in them is in the audit. */
export function logAction(log: Log, { owner, ref, action, outcome, planId }: ActionTaken): void {
  const { system, resource, key } = parseRef(ref);
  const line = { event: "action", owner, system, resource, key, action, result: outcome, planId };
  if (outcome === "Done") log.info(line, `${action} ${ref}`);
  else log.warn(line, `${action} ${ref}: ${outcome}`);
}
