/** What a billing server must be able to do for Lastmile. The README says how another server than ours would do it. */
import type { Scalar, State } from "../../controller/core/model.ts";
import type { OwnerKey, Token } from "../../controller/core/owner.ts";
import type { Fault } from "../errors.ts";
import type { Order } from "../system.ts";
import type { Kind } from "./fields.ts";

/** One object as the server has it. */
export interface Found {
  readonly id: string;
  /** Undefined: nobody of ours owns it. */
  readonly token: Token | undefined;
  readonly retired: boolean;
  readonly state: State;
  readonly outputs: Readonly<Record<string, Scalar>>;
}

export interface BillingDriver {
  /** By key; not in the map: surely absent. */
  read(kind: Kind, keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Found>>;
  /** One outcome per order, same order; each is safe to repeat, and repeated it leaves no second event. */
  apply(kind: Kind, orders: readonly Order[], signal: AbortSignal): Promise<readonly (Found | null | Fault)[]>;
  /** What a scope (`installation/tenant`) owns, by key: one page after `after`. */
  page(kind: Kind, scope: string, after: string, signal: AbortSignal): Promise<readonly Owned[]>;
  version(signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}
export interface Owned {
  readonly key: string;
  readonly owner: OwnerKey;
}
