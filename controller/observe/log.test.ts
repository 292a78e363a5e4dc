import { describe, expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { Sensitive } from "../core/sensitive.ts";
import { type Level, type Log, logAction, openLog } from "./log.ts";

const SECRET = "correct-horse-battery";
function lines(level: Level, write: (log: Log) => void): readonly Record<string, unknown>[] {
  const out: string[] = [];
  write(openLog(level, { write: (line) => void out.push(line) }));
  return out.map((line) => JSON.parse(line));
}

describe("the log", () => {
  it("writes one line for one action, with all that names it", () => {
    const taken = {
      owner: "i/acme/Subscriber/isp-acme/john",
      ref: "radius-1/account/john@acme.example",
      action: "update",
      outcome: "Done",
      planId: "0123456789abcdef",
    };
    const [done, failed] = lines("info", (log) => {
      logAction(log, taken);
      logAction(log, { ...taken, outcome: "Unavailable" });
    });
    expect(done).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: "action",
      owner: taken.owner,
      system: "radius-1",
      resource: "account",
      key: "john@acme.example",
      action: "update",
      result: "Done",
      planId: taken.planId,
      message: "update radius-1/account/john@acme.example",
    });
    expect(failed).toMatchObject({ level: "warn", result: "Unavailable" });
  });

  const driver = Object.assign(new Error(`row contains (${SECRET})`), { code: "23505", detail: SECRET });
  const rows: readonly (readonly [string, object])[] = [
    ["a Sensitive", { value: new Sensitive(SECRET), deep: { list: [new Sensitive(SECRET)] } }],
    [
      "a field that is named like a secret",
      { password: SECRET, config: { credentials: { user: SECRET }, db: { password: SECRET } } },
    ],
    ["the text of a driver, and what hangs on its error", { error: driver }],
    ["an address with credentials", { error: new Error(`cannot open postgresql://lm:${SECRET}@db/radius`) }],
    ["a thrown string", { error: SECRET }],
  ];
  it.each(rows)("never writes %s", (_what, fields) => {
    const [line] = lines("info", (log) => log.info(fields, "it happened"));
    expect(line).toMatchObject({ message: "it happened" });
    expect(JSON.stringify(line)).not.toContain(SECRET);
  });
  it("keeps what helps: a fault's words and remedy, a driver's code, where a bug was", () => {
    const written = lines("info", (log) => {
      for (const error of [fault("Denied", "may not write"), driver, new TypeError("x is undefined")])
        log.error({ error }, "");
    });
    expect(written.map((l) => l["error"])).toEqual([
      { type: "Fault", code: "Denied", kind: "Forbidden", message: "may not write", remedy: expect.any(String) },
      { type: "Error", code: "23505", stack: expect.stringContaining("log.test.ts") },
      { type: "TypeError", message: "x is undefined", stack: expect.stringContaining("log.test.ts") },
    ]);
  });
  it("is silent below its level", () => expect(lines("warn", (log) => log.info("no"))).toEqual([]));
});
