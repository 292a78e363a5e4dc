import { describe, expect, it } from "vitest";
import { convertText, type ObjectEdit } from "./file.ts";

const HEAD = `apiVersion: lastmile.dev/v1alpha1
kind: Subscriber
metadata: { name: mia, namespace: isp }
`;
const edit = (e: Partial<ObjectEdit>): ObjectEdit => ({
  ...{ kind: "Subscriber", namespace: "isp", name: "mia", remove: [], set: [] },
  ...e,
});
const vlan = { path: ["spec", "networkProfile", "serviceVlan"], value: 102, insteadOf: ["spec", "vlanId"] };
const address = {
  path: ["spec", "networkProfile", "staticIPv4"],
  value: "10.0.1.5",
  insteadOf: ["spec", "ipv4Address"],
};
const both = edit({
  remove: [
    ["spec", "vlanId"],
    ["spec", "ipv4Address"],
  ],
  set: [vlan, address],
});
const named = edit({
  remove: [
    ["spec", "customer", "firstName"],
    ["spec", "customer", "lastName"],
  ],
  set: [{ path: ["spec", "customer", "name"], value: "Berg, Mia: x", insteadOf: ["spec", "customer", "firstName"] }],
});
const renamed = edit({ set: [{ path: ["spec", "planRef", "name"], value: "fast" }] });
const made = (text: string, ...edits: readonly ObjectEdit[]): string => {
  const done = convertText("a.yaml", text, edits);
  return done.ok ? done.text : `refused: ${done.message}`;
};

describe("what is written", () => {
  it.each<[string, string, string, ObjectEdit]>([
    [
      "a new mapping stands where the older field stood, and comments stay",
      "spec:\n  # of the old CRM\n  vlanId: 102 # since 2019\n  ipv4Address: 10.0.1.5   # his own\n  onu: {olt: a,   serial: ALCL00000001} # odd   spaces\n",
      "spec:\n  # of the old CRM\n  networkProfile: { serviceVlan: 102, staticIPv4: 10.0.1.5 } # since 2019\n  # his own\n  onu: {olt: a,   serial: ALCL00000001} # odd   spaces\n",
      both,
    ],
    [
      "into a mapping in lines, with its indent",
      "spec:\n    networkProfile:\n        ipv6AssignmentMode: None # for now\n\n    vlanId: 102\n    ipv4Address: 10.0.1.5",
      "spec:\n    networkProfile:\n        ipv6AssignmentMode: None # for now\n        serviceVlan: 102\n        staticIPv4: 10.0.1.5\n\n",
      both,
    ],
    [
      "into a mapping in braces, and into an empty one",
      "spec:\n  networkProfile: {}\n  vlanId: 102\n  ipv4Address: 10.0.1.5\n",
      "spec:\n  networkProfile: { serviceVlan: 102, staticIPv4: 10.0.1.5 }\n",
      both,
    ],
    [
      "within braces, quoted where the text needs it",
      "spec: { customer: { id: c, firstName: Mia, lastName: Berg }, paused: true }\n",
      'spec: { customer: { id: c, name: "Berg, Mia: x" }, paused: true }\n',
      named,
    ],
    [
      "over several lines",
      "spec:\n  customer: {\n    firstName: Mia,\n    lastName: Berg,\n    id: c }\n",
      'spec:\n  customer: {\n    name: "Berg, Mia: x",\n    id: c }\n',
      named,
    ],
    [
      "a value alone",
      "spec:\n  planRef:\n    name: 'old_one' # alias\n",
      "spec:\n  planRef:\n    name: fast # alias\n",
      renamed,
    ],
    [
      "in a list of changes",
      "spec:\n  schedule:\n    - at: '2027-01-01T00:00:00Z'\n      set: {planRef: {name: old_one}}\n",
      "spec:\n  schedule:\n    - at: '2027-01-01T00:00:00Z'\n      set: {planRef: {name: fast}}\n",
      edit({ set: [{ path: ["spec", "schedule", 0, "set", "planRef", "name"], value: "fast" }] }),
    ],
    [
      "with lines as another system ends them",
      "spec:\r\n  vlanId: 102\r\n  paused: true\r\n",
      "spec:\r\n  paused: true\r\n",
      edit({ remove: [["spec", "vlanId"]] }),
    ],
  ])("%s", (_, before, after, e) => expect(made(HEAD + before, e)).toBe(HEAD + after));

  it("as JSON, where it is JSON", () => {
    const json = (spec: string): string =>
      `{"apiVersion":"lastmile.dev/v1alpha1","kind":"Subscriber","metadata":{"name":"mia","namespace":"isp"},"spec":${spec}}`;
    expect(made(json('{"vlanId":102,"ipv4Address":"10.0.1.5","paused":true}'), both)).toBe(
      json('{"networkProfile":{"serviceVlan":102,"staticIPv4":"10.0.1.5"},"paused":true}'),
    );
  });
  it("one object among others, in a list too", () => {
    const other = `${HEAD.replace("mia", "leo")}spec:\n  vlanId: 7\n---\n`;
    const last = `${HEAD}spec:\n  vlanId: 102\n  paused: true\n`;
    const only = edit({ remove: [["spec", "vlanId"]] });
    expect(made(other + last, only)).toBe(other + last.replace("  vlanId: 102\n", ""));
    const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: lastmile.dev/v1alpha1\n    kind: Subscriber\n    metadata: {name: mia, namespace: isp}\n    spec:\n      vlanId: 102\n      paused: true\n`;
    expect(made(list, only)).toBe(list.replace("      vlanId: 102\n", ""));
  });
});

describe("what is refused", () => {
  it.each<[string, string, ObjectEdit]>([
    [
      "a value with a name of its own",
      "spec:\n  vlanId: &v 102\n  paused: true\n",
      edit({ remove: [["spec", "vlanId"]] }),
    ],
    [
      "a mapping that others use too",
      "spec:\n  planRef: &p { name: old_one }\n  schedule: [{at: '2027-01-01T00:00:00Z', set: {planRef: *p}}]\n",
      renamed,
    ],
    ["no mapping to stand in", "spec:\n  networkProfile: *p\n  vlanId: 102\n", both],
    [
      "a comment that would be lost",
      "spec:\n  customer: {\n    id: c, firstName: Mia, # called Mimi\n    lastName: Berg }\n",
      edit({ remove: [["spec", "customer", "firstName"]] }),
    ],
    ["an object that is not there", "spec:\n  paused: true\n", edit({ name: "leo", remove: [["spec", "vlanId"]] })],
  ])("%s", (_, text, e) => expect(made(HEAD + text, e)).toMatch(/^refused: /));
});
