/** What holds the services of subscribers: VGC or ONOS, behind one interface. */
import type { Bandwidth } from "./bandwidth.ts";
import type { Olt } from "./config.ts";
import type { SadisProfile } from "./sadis.ts";
import type { Service } from "./service.ts";

/** The UNI port of an ONU. */
export interface Port {
  readonly name: string;
  readonly olt: Olt;
  /** Id of the logical device. */
  readonly device: string;
  /** Undefined while the OLT has given the ONU no place. */
  readonly number: number | undefined;
}
export interface Programmed {
  readonly service: Service;
  /** Wanted on the line; otherwise it is only remembered. */
  readonly active: boolean;
}
/** What a subscriber's relay agent says of him, beside his services. */
export interface Line {
  readonly circuitId: string;
  readonly remoteId: string;
}
export type FlowStatus =
  | "ALL_FLOWS_PROVISIONED"
  | "FLOWS_PROVISIONED_PARTIALLY"
  | "NO_FLOWS_PROVISIONED"
  | "DISABLED_IN_CONTROLLER"
  | "NOT_IN_CONTROLLER";

/** Intent, not truth: it tells what it would push, also where nothing of it arrived. */
export interface Controller {
  readonly name: "VGC" | "ONOS";
  /** @throws Fault when it cannot serve. */
  ping(signal: AbortSignal): Promise<void>;
  services(ports: readonly Port[], signal: AbortSignal): Promise<ReadonlyMap<Port, readonly Programmed[]>>;
  /** Undefined: it does not tell. */
  flowStatus(port: string, signal: AbortSignal): Promise<FlowStatus | undefined>;
  /** Whether it knows the OLT as declared: without it flows are never pushed, and nothing says so. */
  knows(olt: Olt, signal: AbortSignal): Promise<boolean>;
  register(olt: Olt, signal: AbortSignal): Promise<void>;
  /** As far as it shows one. */
  profile(id: string, signal: AbortSignal): Promise<Partial<Bandwidth> | undefined>;
  addProfile(profile: SadisProfile, signal: AbortSignal): Promise<void>;
  removeProfile(id: string, signal: AbortSignal): Promise<void>;
  /** One that is not there yet, up to its flows. */
  add(port: Port, service: Service, line: Line, signal: AbortSignal): Promise<void>;
  activate(port: Port, service: Service, signal: AbortSignal): Promise<void>;
  /** Asked for, and seen to be off where the controller takes its time. */
  deactivate(port: Port, service: Service, signal: AbortSignal): Promise<void>;
  /**
   * Until flows of one that was deactivated are off a device that works: what comes in its place before that is lost.
   * @throws Fault Unavailable when it takes too long
   */
  taken(port: Port, service: Service, signal: AbortSignal): Promise<void>;
  /** One that was deactivated before. */
  remove(port: Port, service: Service, signal: AbortSignal): Promise<void>;
  /** Everything on the port, wherever the controller believes it to be. */
  clear(port: string, signal: AbortSignal): Promise<void>;
}
