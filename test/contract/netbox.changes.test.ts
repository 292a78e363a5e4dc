/** NetBox's change log, as far as it is believed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changes } from "../../reconcilers/netbox/changes.ts";
import type { Http } from "../../reconcilers/netbox/client.ts";
import { prepare } from "../../reconcilers/netbox/prepare.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { signal } from "./hand.ts";
import { named, open } from "./netbox.rig.ts";

let site: Standin;
let own: Http;
let other: Http;
beforeEach(async () => {
  site = await startStandin();
  site.accounts.set("nbt_mallory.x", { user: "mallory", writes: true });
  site.accounts.set("nbt_blind.x", { writes: true, grants: new Set(["ipam.view_vrf"]) });
  own = open(site.url, site.token);
  other = open(site.url, "nbt_mallory.x");
  await prepare(own, signal);
});
afterEach(async () => {
  own.close();
  other.close();
  await site.close();
});
const write = (http: Http, name: string) => http.send("POST", "/api/ipam/vrfs/", { name }, signal);
const since = async (cursor: string): Promise<boolean> => (await changes(own, cursor, signal)).changed;

describe("nothing has to be read again", () => {
  test("while nobody writes, and where we wrote ourselves: what we write we look at", async () => {
    const { cursor } = await changes(own, undefined, signal);
    expect(await since(cursor)).toBe(false);
    await write(own, "ours");
    expect(await since(cursor)).toBe(false);
  });
});
describe("everything has to be read again", () => {
  test("the first time", async () => expect((await changes(own, undefined, signal)).changed).toBe(true));
  test("when somebody else wrote, also before us", async () => {
    const { cursor } = await changes(own, undefined, signal);
    await write(other, "theirs");
    await write(own, "ours");
    expect(await since(cursor)).toBe(true);
    const { cursor: now } = await changes(own, cursor, signal);
    expect(await since(now)).toBe(false);
  });
  test("when we never heard whether our own request was carried out", async () => {
    const { cursor } = await changes(own, undefined, signal);
    site.trouble.push({ on: /^POST/, what: "drop-after" });
    await expect(write(own, "lost")).rejects.toThrow();
    expect(await since(cursor)).toBe(true);
  });
  test("when the log is shorter than it was: NetBox came back from a backup", async () => {
    const { cursor } = await changes(own, undefined, signal);
    expect(await since(String(Number(cursor) + 1))).toBe(true);
  });
  test("when so much was written that one page does not hold it", async () => {
    const { cursor } = await changes(own, undefined, signal);
    for (let n = 0; n < 10; n++)
      await own.send(
        "POST",
        "/api/ipam/vrfs/",
        Array.from({ length: 100 }, (_, i) => ({ name: `v${n}-${i}` })),
        signal,
      );
    expect(await since(cursor)).toBe(true);
  });
  test("when the token may not read the log", async () => {
    const blind = open(site.url, "nbt_blind.x");
    const { cursor } = await changes(own, undefined, signal);
    expect((await changes(blind, cursor, signal)).changed).toBe(true);
    blind.close();
  });
});

test("who wrote an object last, and when", async () => {
  const made = await own.send("POST", "/api/ipam/ip-addresses/", { address: "10.0.0.1/32" }, signal);
  const { id } = made.body as { id: number };
  await other.send("PATCH", `/api/ipam/ip-addresses/${id}/`, { description: "mine" }, signal);
  const author = await named(own, "address").author?.(String(id), signal);
  expect(author).toEqual({ name: "mallory", at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
  expect(await named(own, "address").author?.("999", signal)).toBeUndefined();
});
