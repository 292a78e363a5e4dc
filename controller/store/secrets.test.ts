import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Sensitive } from "../core/sensitive.ts";
import { type Calls, openCalls } from "./calls.ts";
import { type KeyRing, readKeys } from "./keys.ts";
import { openSecrets } from "./secrets.ts";

let db: FreshDatabase;
let calls: Calls;
let folder: string;
beforeAll(async () => {
  db = await freshDatabase();
  calls = openCalls(db.pool);
  folder = await mkdtemp(join(tmpdir(), "lastmile-keys-"));
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});
beforeEach(() => db.pool.query("truncate lastmile.secrets, lastmile.keys"));

const line = (): string => randomBytes(32).toString("base64");
async function ring(...lines: string[]): Promise<KeyRing> {
  const file = join(folder, `${randomBytes(4).toString("hex")}.key`);
  await writeFile(file, lines.join("\n"));
  return readKeys({ file, make: false });
}
const owner = (n: number): string => `lab/acme/Subscriber/acme/s${n}`;
const revealed = (found: ReadonlyMap<string, Sensitive>) => new Map([...found].map(([o, s]) => [o, s.reveal()]));

describe("master key", () => {
  test("is made once, with mode 600, and read again", async () => {
    const file = join(folder, "new", "master.key");
    const many = await Promise.all([1, 2, 3, 4].map(() => readKeys({ file, make: true })));
    expect(new Set(many.map((r) => r.active.id)).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(file, "utf8"), "base64")).toHaveLength(32);
  });

  test.each([
    ["a named file is missing: never made up", undefined, "KeyLost"],
    ["empty", "", "BadKey"],
    ["too short", randomBytes(31).toString("base64"), "BadKey"],
    ["a passphrase", "correct horse battery staple", "BadKey"],
    ["the second line is wrong", `${randomBytes(32).toString("hex")}\nxyz`, "BadKey"],
  ])("refused: %s", async (_, content, code) => {
    const file = join(folder, `${randomBytes(4).toString("hex")}.key`);
    if (content !== undefined) await writeFile(file, content);
    await expect(readKeys({ file, make: false })).rejects.toMatchObject({ code });
  });

  test("hex and base64 of the same bytes are the same key", async () => {
    const bytes = randomBytes(32);
    expect((await ring(bytes.toString("hex"))).active.id).toBe((await ring(bytes.toString("base64"))).active.id);
  });
});

describe("digest", () => {
  test("same text same digest, another text or key another; the key's id leads", async () => {
    const [a, b] = [await ring(line()), await ring(line())];
    const first = await openSecrets(calls, a);
    expect(first.digest("x")).toBe(first.digest("x"));
    expect(first.digest("x")).not.toBe(first.digest("y"));
    expect(first.digest("x")).toMatch(new RegExp(`^${a.active.id}:[0-9a-f]{16}$`));
    await db.pool.query("truncate lastmile.secrets, lastmile.keys");
    expect((await openSecrets(calls, b)).digest("x").slice(9)).not.toBe(first.digest("x").slice(9));
  });
});

describe("secrets", () => {
  test("generated once per owner and name: 24 characters that need no quoting, none like another", async () => {
    const secrets = await openSecrets(calls, await ring(line()));
    const owners = Array.from({ length: 600 }, (_, n) => owner(n));
    const first = revealed(await secrets.generated(owners, "pppoe"));
    expect(new Set(first.values()).size).toBe(600);
    for (const value of first.values()) expect(value).toMatch(/^[A-Za-z0-9_-]{24}$/);
    expect(revealed(await secrets.generated(owners, "pppoe"))).toEqual(first);
    expect(revealed(await secrets.generated([owner(1)], "wifi")).get(owner(1))).not.toBe(first.get(owner(1)));
  });

  test("two that find nothing at the same time get one value", async () => {
    const keys = await ring(line());
    const quick = await openSecrets(calls, keys);
    let first: ReadonlyMap<string, Sensitive> = new Map();
    const slow = await openSecrets(
      openCalls(db.pool, async (name, call) => {
        if (name === "make secrets") first = await quick.generated([owner(1)], "pppoe");
        return call();
      }),
      keys,
    );
    const second = revealed(await slow.generated([owner(1), owner(2), owner(1)], "pppoe"));
    expect([...second.keys()].sort()).toEqual([owner(1), owner(2)]);
    expect(second.get(owner(1))).toBe(first.get(owner(1))?.reveal());
  });

  test("reading makes nothing; what was put replaces; what was erased is made anew", async () => {
    const secrets = await openSecrets(calls, await ring(line()));
    expect((await secrets.read([owner(1)], "pppoe")).size).toBe(0);
    await secrets.put([{ owner: owner(1), name: "pppoe", value: new Sensitive("given") }]);
    expect(revealed(await secrets.generated([owner(1)], "pppoe")).get(owner(1))).toBe("given");
    await secrets.erase([owner(1)]);
    expect(revealed(await secrets.generated([owner(1)], "pppoe")).get(owner(1))).not.toBe("given");
  });

  test("the table holds no plain text, and a printed value shows nothing", async () => {
    const secrets = await openSecrets(calls, await ring(line()));
    await secrets.put([{ owner: owner(1), name: "pppoe", value: new Sensitive("PLAINTEXT") }]);
    const { rows } = await db.pool.query<{ sealed: Buffer }>("select sealed from lastmile.secrets");
    expect(rows[0]?.sealed.includes("PLAINTEXT")).toBe(false);
    const found = await secrets.read([owner(1)], "pppoe");
    expect(`${inspect(found)}${JSON.stringify([...found])}`).not.toContain("PLAINTEXT");
  });

  test("a row copied to another owner does not open", async () => {
    const secrets = await openSecrets(calls, await ring(line()));
    await secrets.generated([owner(1)], "pppoe");
    await db.pool.query("insert into lastmile.secrets select $1, name, key_id, sealed from lastmile.secrets", [
      owner(2),
    ]);
    await expect(secrets.read([owner(2)], "pppoe")).rejects.toMatchObject({ code: "KeyLost" });
  });
});

describe("another key", () => {
  test("a lost key is refused at the start, before anything can be written", async () => {
    await openSecrets(calls, await ring(line()));
    const e = await openSecrets(calls, await ring(line())).catch((e: unknown) => e);
    expect(e).toMatchObject({ code: "KeyLost", remedy: expect.stringContaining("LASTMILE_KEY_FILE") });
    expect((await db.pool.query("select from lastmile.keys")).rowCount).toBe(1);
  });

  test("rotation: the new key writes, the old one still reads, and after resealing it may go", async () => {
    const [old, young] = [line(), line()];
    const before = await openSecrets(calls, await ring(old));
    const owners = Array.from({ length: 700 }, (_, n) => owner(n));
    const values = revealed(await before.generated(owners, "pppoe"));
    const rotated = await openSecrets(calls, await ring(young, old));
    expect(revealed(await rotated.read(owners, "pppoe"))).toEqual(values);
    expect(await rotated.reseal()).toBe(700);
    expect(await rotated.reseal()).toBe(0);
    expect(revealed(await (await openSecrets(calls, await ring(young))).read(owners, "pppoe"))).toEqual(values);
  });

  test("a key that left too early: what it sealed is named, not overwritten", async () => {
    const [old, young] = [line(), line()];
    await (await openSecrets(calls, await ring(old))).generated([owner(1)], "pppoe");
    await openSecrets(calls, await ring(young, old));
    const early = await openSecrets(calls, await ring(young));
    await expect(early.generated([owner(1)], "pppoe")).rejects.toMatchObject({
      code: "KeyLost",
      message: expect.stringContaining(owner(1)),
    });
  });
});
