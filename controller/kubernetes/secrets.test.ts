import { expect, test } from "vitest";
import { KubeError, type KubeObject } from "./api.ts";
import { kubernetesSecrets } from "./secrets.ts";

const text = (value: string): string => Buffer.from(value).toString("base64");
const secret = (data: object): KubeObject =>
  ({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data }) as unknown as KubeObject;
const reading = (answer: () => Promise<KubeObject | undefined>) => {
  const told: string[] = [];
  return { told, secrets: kubernetesSecrets({ get: answer }, (e) => told.push(e.code)) };
};

test.each<[string, string | undefined, string]>([
  ["password", "hunter2", "its line feed is the editor's"],
  ["missing", undefined, "a key that is not there"],
  ["constructor", undefined, "nor is one that every object of the language has"],
])("of a Secret, %s is %j: %s", async (key, value) => {
  const { secrets } = reading(async () => secret({ password: text("hunter2\n") }));
  expect((await secrets.read("acme", "s", key))?.reveal()).toBe(value);
});
test("one that is not there holds nothing", async () => {
  expect(await reading(async () => undefined).secrets.readAll("acme", "s")).toEqual({});
});
test.each([
  ["Forbidden", "holds nothing, as far as we may know"],
  ["Unreachable", "is not known"],
  ["Busy", "is not known"],
  ["Unauthorized", "is not known"],
] as const)("one whose answer is %s %s", async (code, what) => {
  const { secrets, told } = reading(() => Promise.reject(new KubeError(code, "read", "no")));
  const found = secrets.readAll("acme", "s");
  if (what === "is not known") await expect(found).rejects.toMatchObject({ name: "Fault", code: "Unavailable" });
  else expect(await found).toEqual({});
  expect(told).toEqual([code]);
});
