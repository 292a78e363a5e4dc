/** What rw_core answers instead of what was asked for, as one Fault (gRPC status codes). */
import { type ServiceError, status } from "@grpc/grpc-js";
import { Fault, fault } from "../errors.ts";

/** A read is asked again; of a write whose answer is lost nobody knows whether it was done. */
export type Verb = "read" | "write";

const WORDS = 200;
const said = (e: ServiceError): string => e.details.slice(0, WORDS);

/** Rejected before it reached anything: the connection was refused, or rw_core itself waits for Kafka or etcd. */
const UNSENT =
  /system is not ready|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|No connection established/;

export function faultOf(e: unknown, verb: Verb): Fault {
  if (e instanceof Fault) return e;
  if (!isServiceError(e)) return fault("Unavailable", "the call to VOLTHA ended without an answer");
  switch (e.code) {
    case status.UNAVAILABLE:
      return UNSENT.test(e.details) ? fault("Unavailable", `VOLTHA cannot serve now: ${said(e)}`) : cut(e, verb);
    case status.RESOURCE_EXHAUSTED:
      return new Fault("RateLimited", "ResourceExhausted", `VOLTHA takes no more now: ${said(e)}`, {
        remedy: "it is tried again later",
      });
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return fault("Denied", `VOLTHA refuses the caller: ${said(e)}`);
    case status.UNIMPLEMENTED:
      return fault("Misconfigured", "the address answers, and is no core of VOLTHA");
    case status.INVALID_ARGUMENT:
      return fault("BadValue", `VOLTHA refuses it: ${said(e)}`);
    case status.NOT_FOUND:
      return fault("Lost", `VOLTHA does not know the device any more: ${said(e)}`);
    case status.FAILED_PRECONDITION:
      return new Fault("Conflict", "FailedPrecondition", `not in the state in which it is: ${said(e)}`, {
        remedy: "it is tried again when the device is in another state",
      });
    default:
      return cut(e, verb);
  }
}
const cut = (e: ServiceError, verb: Verb): Fault =>
  fault(verb === "read" ? "Unavailable" : "Lost", `VOLTHA gave no answer (${status[e.code]}): ${said(e)}`);

const isServiceError = (e: unknown): e is ServiceError =>
  e instanceof Error && "code" in e && typeof e.code === "number" && "details" in e && typeof e.details === "string";
/** rw_core refuses to enable what is enabled. */
export const isEnabledAlready = (e: unknown): boolean =>
  isServiceError(e) && e.code === status.FAILED_PRECONDITION && /already.enabled/.test(e.details);
/** A second OLT of the same address. */
export const isKnownAlready = (e: unknown): boolean =>
  isServiceError(e) && e.code === status.UNKNOWN && /already pre-provisioned/.test(e.details);
export const isGone = (e: unknown): boolean => isServiceError(e) && e.code === status.NOT_FOUND;
