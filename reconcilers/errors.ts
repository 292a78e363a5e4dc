/** The only errors that may leave a client. What the engine does depends on `kind` alone. */
import type { Facts, FaultKind } from "../controller/core/model.ts";

/** The codes that this project raises itself. A system adds its own wire codes (SQLSTATE, HTTP status) beside them. */
const faults = {
  Unavailable: { kind: "Transient", remedy: "the endpoint did not answer; it is tried again" },
  Lost: { kind: "Unknown", remedy: "the answer was lost; the object is looked at again" },
  NotOwned: { kind: "Conflict", remedy: "the object belongs to somebody else; remove it or allow adoption" },
  InUse: { kind: "Conflict", remedy: "something still uses the object; it is tried again" },
  BadValue: { kind: "Rejected", remedy: "correct the value in the declaration" },
  NotConverging: { kind: "Unknown", remedy: "the endpoint accepts the change and does not keep it" },
  NotSupported: { kind: "Rejected", remedy: "use a version of Lastmile that serves this type, or remove the binding" },
  Misconfigured: { kind: "Rejected", remedy: "correct the ExternalSystem or its credentials" },
  AwaitingDevice: { kind: "Waiting", remedy: "plug the device in; it goes on when the device reports" },
  AwaitingInstallation: { kind: "Waiting", remedy: "complete the ticket when the technician is done" },
  DeviceFault: { kind: "Rejected", remedy: "correct the value, or map the parameter to what this model has" },
  Denied: { kind: "Forbidden", remedy: "grant the missing right to the account that Lastmile uses" },
} as const satisfies Record<string, { readonly kind: FaultKind; readonly remedy: string }>;
export type FaultCode = keyof typeof faults;

export class Fault extends Error {
  override readonly name = "Fault";
  readonly kind: FaultKind;
  /** A `FaultCode`, or the code on the wire. Stable, and free of values. */
  readonly code: string;
  readonly remedy: string;
  readonly retryAfterMs: number | undefined;
  /** What was seen of the object all the same, such as the fault code of a device. */
  readonly facts: Facts | undefined;
  constructor(
    kind: FaultKind,
    code: string,
    message: string,
    more: { remedy?: string; retryAfterMs?: number; facts?: Facts } = {},
  ) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.remedy = more.remedy ?? "";
    this.retryAfterMs = more.retryAfterMs;
    this.facts = more.facts;
  }
}

/** One of the table's faults. `message` never holds a secret: it goes into logs, status and events. */
export const fault = (code: FaultCode, message: string): Fault =>
  new Fault(faults[code].kind, code, message, { remedy: faults[code].remedy });
