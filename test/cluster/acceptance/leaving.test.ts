/** "abandon, release-finalizers for an uninstall without the controller", and a system that will never answer again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, NAMESPACE, openSite, type Site } from "../site.ts";
import { ACTIVE, checks, converges, everything } from "./words.ts";

let site: Site;
let controller: Controller;
const here = (...args: readonly string[]) => site.kubectl("-n", NAMESPACE, ...args);
const guards = async (plural: string, name: string): Promise<readonly string[]> =>
  (await site.read(plural, name))?.metadata.finalizers ?? [];

beforeAll(async () => {
  site = await openSite();
  controller = await site.run();
  await site.apply(...["anna", "bert", "carl"].map((name) => subscriber(name)));
  await converges(site, "anna", "bert", "carl");
});
afterAll(() => site?.close());

describe("release-finalizers", () => {
  let before: string;
  it("without a controller a deletion waits for ever, and nothing is taken away", async () => {
    await controller.end("SIGTERM");
    before = await everything(site);
    const finalizers = [...(await guards("subscribers", "carl")), "example.com/backup"];
    await here("patch", "subscriber", "carl", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }));
    for (const name of ["anna", "carl"]) await here("delete", "subscriber", name, "--wait=false");
    expect(await guards("subscribers", "anna")).toHaveLength(1);
  });
  it("for an uninstall without the controller: ours go from every object, another's stays", async () => {
    const done = await site.lastmile("release-finalizers", "--yes");
    expect(done.code, done.text).toBe(0);
    expect(await site.read("subscribers", "anna")).toBeUndefined();
    expect(await guards("subscribers", "bert")).toEqual([]);
    expect(await guards("subscribers", "carl")).toEqual(["example.com/backup"]);
    expect(await guards("externalsystems", "radius-1")).toEqual([]);
  });
  it("nothing is taken away in any system", async () => {
    expect(await everything(site)).toBe(before);
    expect(await checks(site, "anna@acme.example")).toEqual(ACTIVE);
  });
  it("it can be repeated, and does nothing then", async () => {
    const done = await site.lastmile("release-finalizers", "--yes");
    expect(done.code, done.text).toBe(0);
    expect(await guards("subscribers", "carl")).toEqual(["example.com/backup"]);
  });
  it("a controller that comes back guards what is in service again, and ends what was deleted meanwhile", async () => {
    controller = await site.run();
    await soon(async () => expect(await guards("subscribers", "bert")).toHaveLength(1));
    await soon(async () => expect(await guards("externalsystems", "radius-1")).toHaveLength(1));
    await soon(async () => expect(await checks(site, "anna@acme.example")).toContain("Auth-Type := Reject"));
    expect(await checks(site, "bert@acme.example")).toEqual(ACTIVE);
    await here("patch", "subscriber", "carl", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    await soon(async () => expect(await site.read("subscribers", "carl")).toBeUndefined());
  });
});

describe("abandon", () => {
  it("a system that will never answer again: deletions wait for it until it is abandoned", async () => {
    site.door.shut();
    await here("delete", "subscriber", "bert", "--wait=false");
    await here("delete", "externalsystem", "radius-1", "--wait=false");
    await soon(async () => expect(condition(await site.read("subscribers", "bert"), "Ready")).toMatch(/^False/));
    expect(await guards("subscribers", "bert")).toHaveLength(1);
    expect(await guards("externalsystems", "radius-1")).toHaveLength(1);
    const done = await site.lastmile("abandon", "radius-1", "--yes");
    expect(done.code, done.text).toBe(0);
    await soon(async () => expect(await site.read("subscribers", "bert")).toBeUndefined());
    await soon(async () => expect(await site.read("externalsystems", "radius-1")).toBeUndefined());
  });
  it("the history says so", async () => {
    const { text } = await site.lastmile("history", "bert");
    expect(text).toMatch(/abandon/i);
  });
});
