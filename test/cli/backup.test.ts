/** The store is lost: from a backup everything is as it was, with the embedded database and with another one. */
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeOf } from "../../controller/store/embedded/place.ts";
import { stopDatabase } from "../../controller/store/embedded.ts";
import { type Cli, openCli } from "./rig.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
  await cli.remove("nordnetz/subscribers/dsl.yaml"); // their passwords stand as hashes: no second store reads them
});
afterAll(async () => {
  await stopDatabase(cli);
  await rm(placeOf(cli.home).directory, { recursive: true, force: true });
  await cli.expectClean();
  await cli.close();
});

const dropSchema = () => cli.store.query("drop schema lastmile cascade");
/** As when its disk is lost; the master key is kept elsewhere and put back. */
async function dropEmbedded(): Promise<void> {
  await stopDatabase(cli);
  await rm(placeOf(cli.home).server, { recursive: true });
}

describe.each<[string, NodeJS.ProcessEnv, () => Promise<unknown>]>([
  ["of DATABASE_URL", {}, dropSchema],
  ["embedded", { DATABASE_URL: undefined }, dropEmbedded],
])("a store %s", (name, env, lose) => {
  it("comes back, and a plan says that nothing is to be done", async () => {
    const { lastmile } = cli.with(env);
    const file = join(cli.home, `${name.slice(0, 2)}.backup`);
    await lastmile("init", cli.folder);
    // The second store meets what the first one made: its passwords are taken over with everything else.
    expect(await lastmile("recover", cli.folder)).toMatchObject({ exit: 0 });
    expect(await lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
    const password = (await lastmile("secret", "show", "john-doe")).out;
    const made = await lastmile("backup", file);
    expect(made).toMatchObject({
      exit: 0,
      out: expect.stringMatching(
        /rows in .*\nSecrets in it stay sealed with master key [0-9a-f]{8}: keep a copy of \S+master.key elsewhere\.$/,
      ),
    });
    expect((await stat(file)).mode & 0o077).toBe(0);
    const before = (await lastmile("history", "john-doe", "-o", "json")).out;
    await lose();
    expect(await lastmile("restore", file)).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^Restored \d+ rows/),
    });
    expect(await lastmile("plan", cli.folder)).toMatchObject({
      exit: 0,
      out: expect.stringContaining("Nothing to do"),
    });
    expect((await lastmile("history", "john-doe", "-o", "json")).out).toBe(before);
    expect((await lastmile("secret", "show", "john-doe")).out).toBe(password);
    expect(await lastmile("restore", file)).toMatchObject({
      exit: 1,
      err: expect.stringContaining("holds something already"),
    });
  });
});

it("what is no backup, or cannot be written, is said in one line", async () => {
  const bad = join(cli.home, "no.backup");
  await writeFile(bad, "hello");
  expect(await cli.lastmile("restore", bad)).toMatchObject({
    exit: 1,
    err: expect.stringContaining("no whole backup"),
  });
  expect(await cli.lastmile("restore", join(cli.home, "nowhere"))).toMatchObject({
    exit: 4,
    err: expect.stringContaining("ENOENT"),
  });
  expect(await cli.lastmile("backup", join(cli.home, "no", "folder"))).toMatchObject({
    exit: 4,
    err: expect.stringContaining("ENOENT"),
  });
});
