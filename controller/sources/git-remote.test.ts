/** The way to a remote: who we are, whom we trust, and what becomes of it when the way is bad. */
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Forge, forge } from "../../test/lab/git-http.ts";
import { type Repository, repository } from "../../test/lab/repository.ts";
import { createAssembler } from "../api/load-snapshot.ts";
import { createValidator } from "../api/validate.ts";
import { gitSource } from "./git.ts";
import type { AccessOptions } from "./git-access.ts";
import { parseGitAddress } from "./git-address.ts";
import type { SourceUpdate } from "./source.ts";

const TENANT = `apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\nmetadata: {name: a}\nspec: {namespace: isp-a, realms: [a.example]}\n`;
const TOKEN = "Planted-T0ken";
const assemble = createAssembler(createValidator());

let repo: Repository;
let server: Forge;
let place: string;
let stop: AbortController;
let updates: AsyncIterator<SourceUpdate> | undefined;
beforeEach(async () => {
  repo = await repository();
  place = join(repo.origin, "..");
  server = await forge(place);
  stop = new AbortController();
  await repo.push({ "a.yaml": TENANT });
});
afterEach(async () => {
  stop.abort();
  while (updates && !(await updates.next()).done);
  updates = undefined;
  await server.close();
  await repo.remove();
});

function follow(text: string, access: AccessOptions = {}, env: NodeJS.ProcessEnv = {}): void {
  const parsed = parseGitAddress(text, "/");
  if (!parsed.ok) throw new Error(parsed.message);
  const options = { address: parsed.address, directory: join(place, "clone"), known: async () => [], assemble };
  const source = gitSource({ ...options, ...access, env: { ...process.env, HOME: place, ...env }, pollMs: 50 });
  updates = source.updates(stop.signal)[Symbol.asyncIterator]();
}
async function next(): Promise<SourceUpdate> {
  const found = await updates?.next();
  if (!found || found.done) throw new Error("the source has ended");
  return found.value;
}
const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  const path = join(place, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
};
const refused = async (word: RegExp): Promise<void> => {
  const update = await next();
  expect([update.complete, update.upserts]).toEqual([false, []]);
  expect(update.errors[0]?.message).toMatch(word);
  expect(JSON.stringify(update)).not.toMatch(
    new RegExp(`${TOKEN}|${Buffer.from(TOKEN).toString("base64").slice(4, 12)}`),
  );
};
const arrived = async (): Promise<void> =>
  expect(await next()).toMatchObject({ complete: true, errors: [], upserts: [{}] });
const main = (): string => `${server.url}/origin.git#main`;

describe("https", () => {
  it("needs no credentials where none are asked for", async () => {
    follow(main());
    await arrived();
  });
  it.each<[why: string, line: string, sent: string]>([
    ["a token", `${TOKEN}\n`, `x-access-token:${TOKEN}`],
    ["a user with it", `bot:${TOKEN}`, `bot:${TOKEN}`],
  ])("signs in with %s from a file", async (_, line, sent) => {
    server.password = sent;
    follow(main(), { credentialsFile: await file("token", line) });
    await arrived();
  });
  it("signs in with what stands in the address, which is shown nowhere", async () => {
    server.password = `bot:${TOKEN}`;
    follow(main().replace("://", `://bot:${TOKEN}@`));
    const update = await next();
    expect([update.complete, JSON.stringify(update).includes(TOKEN)]).toEqual([true, false]);
  });
  it("takes a token that was renewed, and says when one is refused", async () => {
    server.password = "x-access-token:first";
    const credentialsFile = await file("token", TOKEN);
    follow(main(), { credentialsFile });
    await refused(/credentials are missing, or are refused/);
    await file("token", "first");
    await arrived();
  });
  it.each<[why: string, make: () => Promise<AccessOptions>, word: RegExp]>([
    ["there is none", async () => ({}), /credentials are missing/],
    ["its file is gone", async () => ({ credentialsFile: join(place, "none") }), /cannot be read \(ENOENT\)/],
    ["its file is empty", async () => ({ credentialsFile: await file("token", "\n") }), /holds no token/],
    [
      "its file would end the header",
      async () => ({ credentialsFile: await file("token", `${TOKEN}\r\nX: y`) }),
      /holds no token/,
    ],
  ])("says so when %s", async (_, make, word) => {
    server.password = "x-access-token:first";
    follow(main(), await make());
    await refused(word);
  });
  it("sends no token where everybody on the way could read it", async () => {
    follow("http://git.example/origin.git#main", { credentialsFile: await file("token", TOKEN) });
    await refused(/not sent over http/);
  });
  it("keeps the token out of arguments and files", async () => {
    const log = join(place, "argv");
    await mkdir(join(place, "bin"));
    const real = process.env["PATH"];
    await file("bin/git", `#!/bin/sh\nprintf '%s\\n' "$*" >> ${log}\nPATH=${real} exec git "$@"\n`, 0o755);
    server.password = `x-access-token:${TOKEN}`;
    follow(main(), { credentialsFile: await file("token", TOKEN) }, { PATH: `${join(place, "bin")}:${real}` });
    await arrived();
    const told = await readFile(log, "utf8");
    expect(told).toContain("fetch");
    const names = await readdir(join(place, "clone"), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      names.filter((n) => n.isFile()).map((n) => readFile(join(n.parentPath, n.name), "latin1")),
    );
    const basic = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
    for (const text of [told, ...texts]) for (const secret of [TOKEN, basic]) expect(text).not.toContain(secret);
  });
  it("does not follow a redirect with the token", async () => {
    [server.password, server.fault] = [`x-access-token:${TOKEN}`, "redirect"];
    follow(main(), { credentialsFile: await file("token", TOKEN) });
    await refused(/sends us to another address/);
    expect(server.seen.every((header) => header !== "") && server.seen.length === 1).toBe(true);
  });
  it.each<[fault: Forge["fault"], word: RegExp]>([
    ["error", /cannot be reached/],
    ["html", /the branch does not exist/],
    ["cut", /cannot be reached|cannot be read/],
  ])("withdraws nothing when the server answers with %s, and heals", async (fault, word) => {
    follow(main());
    await arrived();
    server.fault = fault;
    await repo.push({ "a.yaml": `${TENANT}# ${"x".repeat(20_000)}\n` });
    await refused(word);
    server.fault = "none";
    await arrived();
  });
  it("withdraws nothing when nobody answers", async () => {
    await server.close();
    follow(main());
    await refused(/cannot be reached/);
  });
  it("ends at once while a server keeps silent", async () => {
    server.fault = "silent";
    follow(main());
    const waiting = updates?.next();
    setTimeout(() => stop.abort(), 300);
    expect((await waiting)?.done).toBe(true);
  });
});

describe("ssh", () => {
  /** Stands for ssh: it writes down how it was called, and answers as the real one does. */
  const ssh = async (script: string): Promise<NodeJS.ProcessEnv> => {
    await mkdir(join(place, "bin"), { recursive: true });
    await file("bin/ssh", `#!/bin/sh\nprintf '%s\\n' "$@" > ${join(place, "ssh-argv")}\n${script}\n`, 0o755);
    return { PATH: `${join(place, "bin")}:${process.env["PATH"]}` };
  };
  const address = (): string => `ssh://git@git.example${repo.origin}#main`;
  // The command is the last argument: it is carried out here instead of there.
  const works = 'for last; do :; done; exec sh -c "$last"';

  it("verifies the host, asks nobody, and uses the key that was named", async () => {
    const key = await file("deploy key", "not a key");
    follow(address(), { credentialsFile: key, knownHostsFile: join(place, "known") }, await ssh(works));
    await arrived();
    const argv = (await readFile(join(place, "ssh-argv"), "utf8")).split("\n");
    for (const option of [
      'StrictHostKeyChecking="yes"',
      'BatchMode="yes"',
      `UserKnownHostsFile="${join(place, "known")}"`,
      'IdentitiesOnly="yes"',
      `IdentityFile="${key}"`,
    ])
      expect(argv).toContain(option);
    expect(argv).toContain("git@git.example");
  });
  it("is given options that the real ssh reads as they are meant", async () => {
    const dump = join(place, "dump");
    const known = join(place, "a known 'one'");
    follow(
      address(),
      { knownHostsFile: known },
      await ssh(`PATH=${process.env["PATH"]} ssh -G "$@" > ${dump}\n${works}`),
    );
    await arrived();
    const read = (await readFile(dump, "utf8")).split("\n");
    expect(read).toContain(`userknownhostsfile ${known}`);
    expect(read).toContain("stricthostkeychecking true");
    expect(read).toContain("batchmode yes");
  });
  it.each<[why: string, says: string, word: RegExp]>([
    [
      "an unknown host",
      "No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.",
      /host key of the server is not known/,
    ],
    [
      "a host that changed its key",
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
      /another one than before/,
    ],
    ["a key that is refused", "git@h: Permission denied (publickey).", /credentials are missing, or are refused/],
    ["a host that is not there", "ssh: connect to host h port 22: Connection refused", /cannot be reached/],
  ])("refuses %s", async (_, says, word) => {
    follow(address(), {}, await ssh(`cat >&2 <<'WORDS'\n${says}\nWORDS\nexit 255`));
    await refused(word);
  });
});
