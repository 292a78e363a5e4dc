import { describe, expect, test } from "vitest";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { authorization, parseConfig } from "./config.ts";

describe("spec", () => {
  test("has defaults for all but the address", () => {
    expect(parseConfig({ address: "http://acs.example:7557/" })).toEqual({
      address: "http://acs.example:7557",
      slots: 4,
      requestsPerSecond: 50,
      refreshAfterMs: 24 * 3_600_000,
      taskExpirySeconds: 168 * 3600,
    });
  });
  test("says how old a value may be and how long a task waits", () => {
    const genieacs = { refreshAfter: "1h30m", taskExpiry: "90s" };
    expect(parseConfig({ address: "https://acs.example", genieacs })).toMatchObject({
      refreshAfterMs: 5_400_000,
      taskExpirySeconds: 90,
    });
  });
  test.each([
    [{}, /spec\.address/, "none"],
    [{ address: "acs.example:7557" }, /spec\.address/, "no scheme"],
    [{ address: "http://user:pass@acs.example" }, /spec\.address/, "a password in it would be shown"],
    [{ address: "http://acs.example?x=1" }, /spec\.address/, "queries are ours"],
    [{ address: "http://acs.example", genieacs: { refreshAfter: "1d" } }, /refreshAfter/, "no unit of ours"],
    [{ address: "http://acs.example", genieacs: { taskExpiry: "0s" } }, /taskExpiry/, "would never wait"],
    [{ address: "http://acs.example", genieacs: [] }, /spec\.genieacs/, "no block"],
  ])("%j is refused: %s (%s)", (spec, words, _why) => {
    expect(() => parseConfig(spec)).toThrow(expect.objectContaining({ code: "Misconfigured" }));
    expect(() => parseConfig(spec)).toThrow(words);
  });
});

describe("credentials are of a proxy before the NBI", () => {
  const of = (all: Readonly<Record<string, string>>) =>
    authorization({
      endpoint: "acs-1",
      digest: (t) => t,
      credentials: Object.fromEntries(Object.entries(all).map(([k, v]) => [k, new Sensitive(v)])),
    });
  test.each([
    [{}, undefined],
    [{ username: "nbi", password: "p:w" }, `Basic ${Buffer.from("nbi:p:w").toString("base64")}`],
    [{ token: "abc" }, "Bearer abc"],
    [{ token: "Bearer abc\n" }, "Bearer abc"],
  ])("%j", (all, header) => {
    expect(of(all as Readonly<Record<string, string>>)).toBe(header);
  });
  test("half of them is a mistake", () => {
    expect(() => of({ username: "nbi" })).toThrow(/only one of/);
  });
});
