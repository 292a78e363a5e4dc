/** Many ports at once: lists, not questions. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signal } from "./hand.ts";
import { good, orderOf, type Town, town } from "./voltha.site.ts";
import { internet, OLT, onuAndUni, voice } from "./voltha.subjects.ts";

describe("many ports", () => {
  const MANY = 60;
  let crowd: Town;
  const all = Array.from({ length: MANY }, (_, n) => onuAndUni(n + 1, { services: [internet, voice] }).uni);
  const lookups = all.map(({ ref, spec, how }) => ({ ref, spec, how, token: "lm_t", id: ref.key }));
  beforeAll(async () => {
    crowd = await town(MANY);
    good(await crowd.apply("create", ...all));
  });
  afterAll(async () => {
    crowd.close();
    await crowd.lab.close();
  });
  const look = async () => {
    crowd.lab.requests.length = 0;
    crowd.lab.calls.length = 0;
    const found = await crowd.resource("uni").observe(lookups, signal);
    return [...found.values()];
  };
  test("are read with one list of each kind, also where all share one VLAN", async () => {
    const seen = await look();
    expect(seen.map((o) => o.state["services"])).toEqual(all.map((d) => d.spec["services"]));
    expect(crowd.lab.calls.map((c) => c.split(" ")[0])).toEqual(["ListDevices", "ListLogicalDevicePorts"]);
    expect(crowd.lab.requests.map((r) => r.replace("/vgc/v1", "")).sort()).toEqual([
      "GET /devices/ports",
      "GET /programmed-subscribers",
      `GET /subscriber-config/${OLT.serial}`,
    ]);
  });
  test("of whom one differs in what they share: only those are asked one by one who may be it", async () => {
    const other = onuAndUni(1, { services: [internet, { ...voice, pbit: 6 }] }).uni;
    good(await crowd.apply("update", other));
    const seen = await look();
    expect(seen[0]?.state["services"]).toEqual(other.spec["services"]);
    expect(seen.slice(1).map((o) => o.state["services"])).toEqual(all.slice(1).map((d) => d.spec["services"]));
    good(await crowd.apply("update", all[0]!));
  });
  test("each have an outcome of their own", async () => {
    const out = await crowd
      .resource("uni")
      .apply([orderOf("create", onuAndUni(999).uni), orderOf("update", all[1]!)], signal);
    expect(out).toMatchObject([{ code: "AwaitingDevice" }, { ref: all[1]!.ref }]);
  });
});
