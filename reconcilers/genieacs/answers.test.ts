import { expect, test } from "vitest";
import type { Fault } from "../errors.ts";
import { judge, type Method, type Raw } from "./answers.ts";

const raw = (more: Partial<Raw>): Raw => ({
  code: 200,
  reason: "",
  text: "",
  total: undefined,
  version: "1.2.16",
  retryAfter: undefined,
  ...more,
});
const verdict = (method: Method, more: Partial<Raw>): Fault | "answer" => {
  try {
    judge(method, "/devices", raw(more), 0);
    return "answer";
  } catch (e) {
    return e as Fault;
  }
};

test.each([
  [200, "a list"],
  [202, "a task that waits"],
  [400, "a body or query it cannot read"],
  [404, "a device or task that is not there"],
])("%i is its caller's: %s", (code) => {
  expect(verdict("POST", { code })).toBe("answer");
});
test.each([
  ["GET", { code: 404, version: undefined }, "Misconfigured", "a 404 of something in between is no absence"],
  ["GET", { code: 200, version: undefined }, "Misconfigured", "a page of something in between"],
  ["GET", { code: 405 }, "Http405", "of the ACS: no such request"],
  ["GET", { code: 401, version: undefined }, "Misconfigured", "the proxy's"],
  ["PUT", { code: 403, version: undefined }, "Denied", "the proxy's"],
  ["GET", { code: 302, version: undefined }, "Misconfigured", "another address"],
  ["GET", { code: 500 }, "Unavailable", "a read is repeated"],
  ["POST", { code: 500 }, "Lost", "a write may have happened (fact 7)"],
  ["POST", { code: 504 }, "Lost", "of a proxy: we never call a device without a task (fact 4)"],
  ["DELETE", { code: 503, text: "Device is in session" }, "InUse", "nothing has happened (fact 18)"],
  ["DELETE", { code: 503, text: "busy" }, "Lost", "of a proxy that may have passed it on"],
  ["DELETE", { code: 503, text: "Device is in session", version: undefined }, "Lost", "not the ACS's word"],
  ["GET", { code: 429, retryAfter: "7" }, "TooManyRequests", "of a proxy"],
] as const)("%s %j is %s: %s", (method, more, code, _why) => {
  expect(verdict(method, more)).toMatchObject({ code });
});
test("says when to come again, and never what was sent", () => {
  expect(verdict("GET", { code: 429, retryAfter: "7" })).toMatchObject({ retryAfterMs: 7000 });
  expect((verdict("POST", { code: 500, text: "s3cret" }) as Fault).message).not.toContain("s3cret");
});
