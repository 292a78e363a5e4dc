/** "Secrets by reference from Kubernetes Secrets, re-read when they change": those of a system. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, openSite, type Site, secret } from "../site.ts";
import { ACTIVE, becomes, checks, converges, everything, message } from "./words.ts";

const WRONG = "Wr0ng-Pa55word-of-radius";
let site: Site;
let controller: Controller;
let good: Readonly<Record<string, string>>;
const system = () => site.read("externalsystems", "radius-1");
const given = (data: Readonly<Record<string, string>>) => site.apply(secret("lastmile-system", "radius", data));

beforeAll(async () => {
  site = await openSite();
  const { out } = await site.kubectl("get", "secret", "-n", "lastmile-system", "radius", "-o", "json");
  const { data } = JSON.parse(out) as { readonly data: Readonly<Record<string, string>> };
  good = Object.fromEntries(Object.entries(data).map(([key, v]) => [key, Buffer.from(v, "base64").toString()]));
});
afterAll(() => site?.close());

describe("credentials of a system", () => {
  it("wrong: the system says so in its conditions, subscribers wait, and nothing tells the password", async () => {
    await given({ ...good, password: WRONG });
    controller = await site.run();
    await site.apply(subscriber("anna"));
    await becomes(site, "anna", /^False/);
    await soon(async () => expect(condition(await system(), "Reachable")).toMatch(/^False (Denied|Misconfigured)/));
    expect(await checks(site, "anna@acme.example")).toEqual([]);
    const said = [controller.log(), (await site.kubectl("get", "sub,xs,events", "-A", "-o", "yaml")).out].join();
    expect(said).not.toContain(WRONG);
  });
  it("corrected: re-read, and everything goes on by itself", async () => {
    await given(good);
    await soon(async () => expect(condition(await system(), "Reachable")).toMatch(/^True/));
    await converges(site, "anna");
    expect(await checks(site, "anna@acme.example")).toEqual(ACTIVE);
  });
  it("gone: nothing is withdrawn, and a system that cannot be used says what is missing", async () => {
    const before = await everything(site);
    await site.kubectl("delete", "secret", "-n", "lastmile-system", "radius");
    await controller.end("SIGTERM");
    controller = await site.run();
    await soon(async () =>
      expect(condition(await system(), "Reachable")).toMatch(/^False (SecretMissing|Misconfigured)/),
    );
    expect(message(await system(), "Reachable")).toContain("radius");
    expect(await everything(site)).toBe(before);
    await given(good);
    await soon(async () => expect(condition(await system(), "Reachable")).toMatch(/^True/));
    await converges(site, "anna");
  });
});
