/** What people may write into a declaration reaches FreeRADIUS as text, and never as a program. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { subscriber } from "../contract/radius.subjects.ts";
import { circuitOf, comparingPlan, EXPANSION, hostilePlan, openProvider, PASSWORD } from "./provider.ts";

let isp: Awaited<ReturnType<typeof openProvider>>;
beforeAll(async () => {
  isp = await openProvider();
});
afterAll(() => isp.close());

test.each([
  ["juniper1", `ERX-Service-Activate:1 = "${EXPANSION}"`],
  ["bng2", `Filter-Id = "${EXPANSION}"`],
  ["cisco1", 'Cisco-AVPair = "subscriber:sub-qos-policy-in=%{User-Name}"'],
])("names of profiles and attributes of a plan are not expanded: %s", async (nas, profile) => {
  await isp.declare(1, { nas: [nas], plan: hostilePlan });
  const { attributes } = await isp.login(1, { pap: PASSWORD(1), circuit: circuitOf(1) });
  expect(attributes).toContain(profile);
  expect(attributes).toContain(`Reply-Message = "${EXPANSION}"`);
  expect(attributes).toContain(`ERX-Virtual-Router-Name = "${EXPANSION}"`);
  expect(attributes).toContain(`Class = 0x${Buffer.from(EXPANSION).toString("hex")}`);
});

test("names of pools are not expanded", async () => {
  await isp.declare(2, { ipv4: { assignment: "Pool", pool: EXPANSION } });
  const { attributes } = await isp.login(2, { pap: PASSWORD(2), circuit: circuitOf(2) });
  expect(attributes).toContain(`Framed-Pool = "${EXPANSION}"`);
});

test("a pattern of a plan is not expanded: it would match every NAS that is named like its customer", async () => {
  await isp.declare(3, { plan: comparingPlan });
  const how = { pap: PASSWORD(3), circuit: `${circuitOf(3)}\nNAS-Identifier = "${subscriber(3).userName}"` };
  const { code, attributes } = await isp.login(3, how);
  expect(code).toBe("Access-Accept");
  expect(attributes.filter((a) => a.startsWith("Mikrotik-Rate-Limit"))).toEqual([]);
});

test("a circuit id is not expanded", async () => {
  const option82 = { policy: "Enforce", circuitId: "%{User-Name}", remoteId: undefined } as const;
  await isp.declare(4, { option82 });
  const at = (id: string) => isp.login(4, { pap: PASSWORD(4), circuit: `ADSL-Agent-Circuit-Id = "${id}"` });
  expect((await at(subscriber(4).userName)).code).toBe("Access-Reject");
});

test.each([
  "o'neil@acme.example",
  "x';delete/**/from/**/radcheck;--@acme.example",
  "$1@acme.example",
  "%s@acme.example",
  "a+c@acme.example",
  "a=2Bc@acme.example",
])("the user name %s is a name", async (user) => {
  const before = await isp.count("radcheck");
  await isp.declare(5, { userName: user });
  expect((await isp.login(5, { user, pap: PASSWORD(5), circuit: circuitOf(5) })).code).toBe("Access-Accept");
  expect((await isp.login(5, { user, pap: "guess", circuit: circuitOf(5) })).code).toBe("Access-Reject");
  expect(await isp.count("radcheck")).toBeGreaterThan(before);
});
