import { expect, test } from "vitest";
import { fault } from "./errors.ts";
import { commitFault, toFault } from "./sqlstate.ts";

const SECRET = "Key (value)=(hunter2) already exists";
const error = (code?: string): Error =>
  Object.assign(new Error(SECRET), code === undefined ? {} : { code, detail: SECRET });

test.each<[string | undefined, string, string, string]>([
  ["28P01", "Rejected", "Misconfigured", "the credentials are wrong"],
  ["3D000", "Rejected", "Misconfigured", "the database is missing"],
  ["42P01", "Rejected", "42P01", "the tables are missing"],
  ["42501", "Forbidden", "Denied", "a right is missing"],
  ["22P02", "Rejected", "22P02", "our row is wrong"],
  ["23505", "Rejected", "23505", "our row is wrong"],
  ["25006", "Transient", "Unavailable", "a standby during a failover"],
  ["40P01", "Transient", "Unavailable", "a deadlock passes"],
  ["40001", "Transient", "Unavailable", "a serialization failure passes"],
  ["53300", "Transient", "Unavailable", "too many connections"],
  ["53100", "Transient", "Unavailable", "the disk is full"],
  ["55P03", "Transient", "Unavailable", "a lock was not to be had"],
  ["57014", "Transient", "Unavailable", "a statement ran too long"],
  ["57P03", "Transient", "Unavailable", "it starts"],
  ["08006", "Transient", "Unavailable", "the connection failed"],
  ["XX000", "Unknown", "XX000", "nobody knows"],
  ["ECONNREFUSED", "Transient", "Unavailable", "nobody listens"],
  ["EPIPE", "Transient", "Unavailable", "five capitals, and a socket all the same"],
  [undefined, "Transient", "Unavailable", "pg's own errors have no code"],
])("%s is %s %s: %s", (state, kind, code) => {
  const f = toFault(error(state));
  expect(f).toMatchObject({ kind, code });
  expect(`${f.message} ${f.remedy} ${f.stack}`).not.toContain("hunter2");
});

test("a Fault stays what it is", () => {
  const f = fault("NotOwned", "x");
  expect(toFault(f)).toBe(f);
});

test.each([
  ["40001", "Transient", "the server said no"],
  ["23505", "Rejected", "the server said no"],
  ["53100", "Transient", "the server said no"],
  ["57P01", "Unknown", "it was ended: perhaps after the commit"],
  ["08006", "Unknown", "the connection ended: perhaps after the commit"],
  ["ECONNRESET", "Unknown", "the connection ended: perhaps after the commit"],
])("%s at a commit is %s: %s", (code, kind) => {
  expect(commitFault(error(code))).toMatchObject({ kind });
});
