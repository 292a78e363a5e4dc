/** What one open connection knows beside its endpoint: what is wanted of each device, and who is being spoken to. */
import { isOutput, type RefKey, type Spec, type State } from "../../controller/core/model.ts";
import type { ClientDeps, Lookup, Order } from "../system.ts";
import type { Http } from "./client.ts";
import type { GenieacsConfig } from "./config.ts";
import { type How, isHow } from "./desired.ts";
import type { DeviceFault } from "./faults.ts";
import { type Turn, turns } from "./turns.ts";

export interface Wish {
  readonly spec: State;
  readonly how: How;
}
export interface Session {
  readonly http: Http;
  readonly config: GenieacsConfig;
  readonly endpoint: string;
  readonly digest: ClientDeps["digest"];
  /** Verified looks and scans come without a wish. Bounded by the devices there are. */
  readonly wishes: Map<RefKey, Wish>;
  /** By device the last read of its values. */
  readonly reads: Map<string, Read>;
  /** By ref when its oldest value is to be read again; 0: it waits for its device. */
  readonly due: Map<RefKey, number>;
  /** By ref what its device refused last: the ACS's own record of it holds secrets, and goes. */
  readonly refusals: Map<RefKey, DeviceFault>;
  readonly now: () => number;
  /** For the end of a session of a device that has something to be taken back. */
  readonly patienceMs: number;
  readonly turn: Turn;
}
export interface Read {
  readonly at: number;
  readonly lastInform: string | undefined;
  readonly isAnswered: boolean;
}

/** A device that falls silent in a session is given up after 30 s; afterwards what it was to dial with is over its time. */
const PATIENCE_MS = 60_000;

export const sessionOf = (
  http: Http,
  config: GenieacsConfig,
  { endpoint, digest }: Pick<ClientDeps, "endpoint" | "digest">,
  now: () => number = Date.now,
): Session => ({
  http,
  config,
  endpoint,
  digest,
  wishes: new Map(),
  reads: new Map(),
  due: new Map(),
  refusals: new Map(),
  now,
  patienceMs: PATIENCE_MS,
  turn: turns(config.slots),
});

/** The wish that comes with a question or an order, or the last one: every value of a router is known by its declaration. */
export function wishFor(s: Session, key: RefKey, asked: Pick<Lookup | Order, "spec" | "how">): Wish | undefined {
  const { spec, how } = asked;
  return spec && isState(spec) && isHow(how) ? { spec, how } : s.wishes.get(key);
}
const isState = (spec: Spec): spec is State => !Object.values(spec).some(isOutput);

export const wantedOf = (wish: Wish | undefined, name: string): State[string] => wish?.spec[name] ?? null;
