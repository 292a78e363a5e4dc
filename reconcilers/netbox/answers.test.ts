import { describe, expect, test } from "vitest";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault } from "../errors.ts";
import { judge, type Method, refused } from "./answers.ts";
import { authorization, parseConfig } from "./config.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const json = "application/json";
const html = "text/html; charset=utf-8";
function verdict(
  method: Method,
  code: number,
  type: string,
  text: string,
  path = "/api/ipam/ip-addresses/",
  retryAfter?: string,
) {
  try {
    return judge(method, path, { code, type, text, retryAfter }, NOW).code;
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    return e;
  }
}
const detail = (text: string): string => JSON.stringify({ detail: text });

describe("answers", () => {
  const rows: readonly (readonly [why: string, got: unknown, code: string | number, says?: string])[] = [
    ["an object that is not there is an answer", verdict("GET", 404, json, detail("No IPAddress matches")), 404],
    ["a path that is not there is none", verdict("GET", 404, html, "<html>"), "Misconfigured"],
    ["a login page is none", verdict("GET", 200, html, "<html>"), "Misconfigured"],
    ["half of a read is asked for again", verdict("GET", 200, json, '{"results": ['), "Unavailable"],
    ["half of a write may have been done", verdict("POST", 201, json, '[{"id": 1'), "Lost"],
    ["a 500 after a create means: look", verdict("POST", 500, html, ""), "Lost"],
    ["a proxy that cannot reach it", verdict("GET", 502, html, ""), "Unavailable"],
    ["no token", verdict("GET", 403, json, detail("Authentication credentials were not provided.")), "Misconfigured"],
    ["a token that is not known", verdict("GET", 403, json, detail("Invalid v1 token")), "Misconfigured"],
    [
      "a missing permission, by its name",
      verdict("POST", 403, json, detail("You do not have permission to perform this action.")),
      "Denied",
      "ipam.add_ipaddress",
    ],
    [
      "taking below a prefix makes addresses",
      verdict("POST", 403, json, detail("You do not have permission"), "/api/ipam/prefixes/1/available-ips/"),
      "Denied",
      "ipam.add_ipaddress",
    ],
    [
      "the same for journals",
      verdict("POST", 403, json, "{}", "/api/extras/journal-entries/"),
      "Denied",
      "extras.add_journalentry",
    ],
    ["a redirect would turn a POST into a GET", verdict("POST", 301, html, ""), "Misconfigured"],
  ];
  for (const [why, got, code, says = ""] of rows) {
    test(why, () => {
      expect(got instanceof Fault ? got.code : got).toBe(code);
      expect(String(got)).toContain(says);
    });
  }
  test("how long to wait: seconds, a date, or nothing said", () => {
    const wait = (header?: string) => (verdict("GET", 429, json, "{}", "/x/", header) as Fault).retryAfterMs;
    expect([wait("7"), wait("Sat, 21 Nov 2026 12:00:09 GMT"), wait(), wait("soon")]).toEqual([
      7000,
      9000,
      undefined,
      undefined,
    ]);
  });
  test("words against an object", () => {
    expect(refused("address: Duplicate IP address found in global table: 10.0.0.1/32").code).toBe("NotOwned");
    expect(refused("address: Cannot create IP address 10.0.0.1/32 inside range 10.0.0.0-15/24.").code).toBe("Reserved");
    expect(refused("status: bogus is not a valid choice.").code).toBe("BadValue");
  });
});

describe("configuration", () => {
  const rows: readonly (readonly [why: string, spec: unknown, says: string])[] = [
    ["no scheme", { address: "netbox.example" }, "spec.address"],
    ["another protocol", { address: "ldap://netbox.example" }, "spec.address"],
    ["credentials do not belong there", { address: "https://u@netbox.example" }, "spec.address"],
    ["no requests at all", { address: "https://n.example", limits: { requestsPerSecond: 0 } }, "requestsPerSecond"],
    ["no calls at all", { address: "https://n.example", limits: { concurrency: 0 } }, "spec.limits.concurrency"],
  ];
  for (const [why, spec, says] of rows) test(why, () => expect(() => parseConfig(spec)).toThrow(says));
  test("a path stays, a slash at the end goes, and one slot is kept for small edits", () => {
    expect(parseConfig({ address: "https://n.example/netbox/", limits: { concurrency: 1 } })).toEqual({
      address: "https://n.example/netbox",
      slots: 2,
      requestsPerSecond: 50,
    });
  });
  test("no fault holds the token", () => {
    const deps = { endpoint: "nb", digest: String, credentials: { token: new Sensitive("S3CRET") } };
    expect(() => authorization(deps)).toThrow(/^(?!.*S3CRET).*neither/);
  });
});
