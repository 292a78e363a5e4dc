import { describe, expect, test } from "vitest";
import type { Port } from "./controller.ts";
import { assign, contradicts, type Listed, type Tagged, withState } from "./listing.ts";
import type { Service } from "./service.ts";

const olt = { name: "olt1", serial: "OLT", address: "a:1", uplinkPort: 1, nniPorts: [1] };
const port = (name: string): Port => ({ name, olt, device: "dev", number: 1 });
const service = (more: Partial<Service> = {}): Service => ({
  name: "internet",
  sTag: 100,
  cTag: 1000,
  uniTag: 4096,
  technologyProfileId: 64,
  pbit: 0,
  up: "u",
  down: "d",
  ...more,
});
const tagged = (serial: string, s: Service, active = true): Tagged => ({
  serial,
  name: s.name,
  sTag: s.sTag,
  cTag: s.cTag,
  active,
});
const listed = (s: Service, location = "dev") => ({ location, service: s });
const voice = service({ name: "voice", sTag: 444, cTag: 444, technologyProfileId: 65 });
const [a, b] = [port("AAAA00000001-1"), port("BBBB00000001-1")];
const ports = [a.name, b.name];

describe("lists without ports tell whose a service is", () => {
  test("by the pair of its tags", () => {
    const [one, two] = [service(), service({ cTag: 1001 })];
    const lists = {
      listed: [listed(two), listed(one)],
      tagged: [tagged("AAAA00000001", one), tagged("BBBB00000001", two, false)],
      ports,
    };
    const { sure, doubt } = assign([a, b], lists);
    expect(doubt).toEqual([]);
    expect(sure.get(a)).toEqual([{ service: one, active: true }]);
    expect(sure.get(b)).toEqual([{ service: two, active: false }]);
  });
  test("where thousands share a VLAN, because all of them are alike", () => {
    const lists = {
      listed: [listed(voice), listed(voice)],
      tagged: [tagged("AAAA00000001", voice), tagged("BBBB00000001", voice)],
      ports,
    };
    expect(assign([a, b], lists)).toMatchObject({ doubt: [] });
  });
  test("of a port without any", () => {
    expect(assign([a], { listed: [], tagged: [], ports }).sure.get(a)).toEqual([]);
  });
});

describe("a port is asked itself", () => {
  const other = { ...voice, up: "faster" };
  test.each([
    [
      "where those who share a VLAN differ",
      { listed: [listed(voice), listed(other)], tagged: [tagged("AAAA00000001", voice)], ports },
    ],
    [
      "where its ONU has several ports: the list says only the serial",
      { listed: [listed(voice)], tagged: [tagged("AAAA00000001", voice)], ports: [...ports, "AAAA00000001-2"] },
    ],
    [
      "where one list has what the other has not",
      { listed: [listed(voice, "elsewhere")], tagged: [tagged("AAAA00000001", voice)], ports },
    ],
  ])("%s", (_, lists) => expect(assign([a], lists)).toMatchObject({ doubt: [a], sure: new Map() }));
  test("and what the other list says of its serial tells whether a service is active", () => {
    const tags = [tagged("AAAA00000001", voice), tagged("AAAA00000001", service(), false)];
    expect(withState(a.name, [voice, service()], tags)).toEqual([
      { service: voice, active: true },
      { service: service(), active: false },
    ]);
  });
  test("and is not believed where the other list has never heard of it", () => {
    expect(withState(a.name, [service()], [tagged("BBBB00000001", service())])).toBeUndefined();
    expect(withState(a.name, [], [])).toEqual([]);
  });
});

test.each<[string, boolean, readonly Tagged[], readonly Listed[]]>([
  ["nothing is listed anywhere: nobody is served", false, [], []],
  ["nothing is listed at this device", false, [], [listed(voice, "elsewhere")]],
  ["both know of it", false, [tagged("AAAA00000001", voice)], [listed(voice)]],
  [
    "a service came between the two readings",
    false,
    [tagged("AAAA00000001", voice)],
    [listed(voice), listed(service())],
  ],
  ["the controller has not met the device yet", true, [], [listed(voice)]],
  ["it answered with the tags of another one", true, [tagged("BBBB00000001", service())], [listed(voice)]],
])("two lists contradict each other: %s", (_, is, tags, all) => expect(contradicts("dev", tags, all)).toBe(is));
