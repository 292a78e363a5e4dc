/** What comes out of resolving beside the values: reasons to hold, remarks, exclusive rights. */
import type { TagWant } from "../holding.ts";
import type { Blocker, Claim } from "../model.ts";
import type { Allocation } from "../resolved.ts";

/** A remark that holds nothing. `reason` is a stable CamelCase word. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
}
export interface Findings {
  readonly blockers: readonly Blocker[];
  readonly warnings: readonly Warning[];
  readonly claims: readonly Claim[];
  /** Tags of pools that it does not hold yet. */
  readonly wants: readonly TagWant[];
}

/** Collects while one object is resolved, so that all is found at once and nothing stops at the first. */
export class Notes implements Findings {
  readonly blockers: Blocker[] = [];
  readonly warnings: Warning[] = [];
  readonly claims: Claim[] = [];
  readonly wants: TagWant[] = [];
  readonly allocations: Allocation[] = [];

  /** Returns undefined, so that a part can end with it. */
  block(reason: string, message: string): undefined {
    this.blockers.push({ reason, message });
  }
  warn(reason: string, message: string): void {
    this.warnings.push({ reason, message });
  }
  claim(kind: ClaimKind, scope: string, value: string): void {
    this.claims.push({ kind, scope, value });
  }
}

export type ClaimKind =
  | "userName"
  | "ipv4"
  | "ipv6"
  | "prefix"
  | "vlan"
  | "onuSerial"
  | "cpeSerial"
  | "subscriberNumber"
  | "installation";
/** Serial numbers are given by manufacturers: there is one of each on earth. */
export const EVERYWHERE = "-";
