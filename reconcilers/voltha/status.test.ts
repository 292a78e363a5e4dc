import { type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { faultOf, isEnabledAlready, isGone, isKnownAlready } from "./status.ts";

const answer = (code: status, details: string): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata: {} }) as unknown as ServiceError;

test.each([
  ["Kafka or etcd is down", status.UNAVAILABLE, "system is not ready", "Transient", "Transient"],
  [
    "nobody listens",
    status.UNAVAILABLE,
    "No connection established. Last error: connect ECONNREFUSED",
    "Transient",
    "Transient",
  ],
  [
    "it died in the middle: a write may have been done",
    status.UNAVAILABLE,
    "error reading from server: EOF",
    "Transient",
    "Unknown",
  ],
  ["it takes too long", status.DEADLINE_EXCEEDED, "Deadline exceeded", "Transient", "Unknown"],
  ["it fell over", status.INTERNAL, "panic", "Transient", "Unknown"],
  ["unexplained", status.UNKNOWN, "disable-child-device-failed", "Transient", "Unknown"],
  ["too much", status.RESOURCE_EXHAUSTED, "", "RateLimited", "RateLimited"],
  ["not allowed", status.PERMISSION_DENIED, "", "Forbidden", "Forbidden"],
  ["something else listens there", status.UNIMPLEMENTED, "", "Rejected", "Rejected"],
  [
    "a device that is away cannot be rebooted",
    status.FAILED_PRECONDITION,
    "cannot complete operation",
    "Conflict",
    "Conflict",
  ],
  ["a device that is gone", status.NOT_FOUND, "id", "Unknown", "Unknown"],
])("%s", (_, code, details, read, write) => {
  expect(faultOf(answer(code, details), "read").kind).toBe(read);
  expect(faultOf(answer(code, details), "write").kind).toBe(write);
});
test("what says that it is so already", () => {
  const enabled = answer(status.FAILED_PRECONDITION, "cannot-enable-an-already-enabled-device: 1");
  const known = answer(status.UNKNOWN, "device is already pre-provisioned");
  const away = answer(status.FAILED_PRECONDITION, "cannot complete operation as device :1 is in operstatus:UNKNOWN");
  expect([enabled, known, away].map(isEnabledAlready)).toEqual([true, false, false]);
  expect([enabled, known, away].map(isKnownAlready)).toEqual([false, true, false]);
  expect(isGone(answer(status.NOT_FOUND, "1"))).toBe(true);
});
