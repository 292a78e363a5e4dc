import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";

const olt = {
  name: "olt1",
  serial: "BBSIM_OLT_0",
  address: "olt1.example:50060",
  uplinkPort: 16777216,
  nniPorts: [16777216],
};
const controller = { type: "VGC", address: "http://vgc.example:8181/" };
const voltha = { controller, settleAfterRecovery: "10m", olts: [olt] };
const spec = { address: "voltha.example:55555", voltha };

test("as an ExternalSystem says it", () => {
  expect(parseConfig(spec)).toEqual({
    address: "voltha.example:55555",
    controller: { type: "VGC", address: "http://vgc.example:8181" },
    olts: [olt],
    settleMs: 600_000,
    slots: 4,
    requestsPerSecond: 50,
  });
});
test.each([
  ["spec.address", { ...spec, address: "voltha.example" }],
  ["spec.address", { ...spec, address: "http://voltha.example:55555" }],
  ["spec.voltha", { address: spec.address }],
  ["spec.voltha.controller.type", { ...spec, voltha: { ...voltha, controller: { ...controller, type: "Other" } } }],
  [
    "spec.voltha.controller.address",
    { ...spec, voltha: { ...voltha, controller: { ...controller, address: "vgc:8181" } } },
  ],
  [
    "spec.voltha.controller.address",
    { ...spec, voltha: { ...voltha, controller: { ...controller, address: "http://u:S3CRET@vgc" } } },
  ],
  ["spec.voltha.settleAfterRecovery", { ...spec, voltha: { ...voltha, settleAfterRecovery: "soon" } }],
  ["spec.voltha.olts", { ...spec, voltha: { ...voltha, olts: [] } }],
  [
    "spec.voltha.olts has two of serial",
    { ...spec, voltha: { ...voltha, olts: [olt, { ...olt, name: "b", address: "b:1" }] } },
  ],
  ["spec.voltha.olts[0].uplinkPort", { ...spec, voltha: { ...voltha, olts: [{ ...olt, uplinkPort: 2 ** 32 }] } }],
  ["spec.voltha.olts[0].address", { ...spec, voltha: { ...voltha, olts: [{ ...olt, address: "olt1" }] } }],
])("%s is named when it is wrong, and nothing of a secret is told", (path, raw) => {
  expect(() => parseConfig(raw)).toThrow(expect.objectContaining({ code: "Misconfigured" }));
  expect(() => parseConfig(raw)).toThrow(path);
  expect(() => parseConfig(raw)).not.toThrow(/S3CRET/);
});
