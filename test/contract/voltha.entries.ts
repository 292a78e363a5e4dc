/** Exchanges recorded with a VOLTHA site, one a line. Ids of that day stand as {olt}, {logical}, {<serial>}. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { status } from "@grpc/grpc-js";

export interface Entry {
  /** A fresh site: ONUs on each PON of one OLT. */
  readonly scene?: string;
  readonly pons?: number;
  readonly per?: number;
  readonly names?: "hexadecimal";
  /** File of the recording. */
  readonly from?: string;
  readonly settled?: true;
  readonly call?: string;
  readonly asked?: Readonly<Record<string, unknown>>;
  readonly refused?: readonly [keyof typeof status, string];
  readonly rest?: string;
  readonly body?: unknown;
  readonly status?: number;
  readonly answer?: unknown;
  /** Done by others, or only so that the next ones fit. */
  readonly hand?: Hand;
  readonly serial?: string;
  readonly ports?: readonly (readonly [serial: string, sTag: number, cTag: number])[];
  /** A state that was passed through, as the recording wrote it. */
  readonly seen?: string;
  readonly counts?: string;
  readonly onu?: string;
  /** Flows: of rw_core's logical device, VGC's added ones, in the tables of an ONU, of its device in rw_core. */
  readonly held?: number;
  readonly added?: number;
  readonly tables?: string;
  readonly device?: string;
  readonly flows?: number;
  readonly reason?: string;
  /** One line for each. */
  readonly devices?: readonly string[];
  readonly statuses?: Readonly<Record<string, number>>;
}
export type Hand =
  | "site"
  | "controller"
  | "serve"
  | "deactivate"
  | "power-off"
  | "power-on"
  | "olt-down"
  | "olt-up"
  | "kafka-down"
  | "kafka-up"
  | "restart"
  | "hold"
  | "pass"
  | "release";

export const entries = readFileSync(join(import.meta.dirname, "../lab/voltha/exchanges.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Entry);
