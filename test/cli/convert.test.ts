/** `lastmile convert` at a terminal: what it tells, what it writes, and what it leaves alone. */
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROOT, SHIM } from "./rig.ts";

const MIA = "subscribers/mia-older.yaml";
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-convert-"));
  await cp(join(ROOT, "examples/acme"), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const convert = async (...argv: readonly string[]) => {
  const { exitCode, stdout, stderr } = await execa(SHIM, ["convert", folder, ...argv], { reject: false });
  return { exit: exitCode, out: stdout.replaceAll(`${folder}/`, ""), err: stderr.replaceAll(`${folder}/`, "") };
};
const text = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
const edit = async (from: string, to: string): Promise<void> =>
  writeFile(join(folder, MIA), (await text(MIA)).replace(from, to));

it("tells everything and writes nothing, until it is asked to", async () => {
  const before = await text(MIA);
  const looked = await convert();
  expect(looked.exit).toBe(2);
  expect(looked.out).toContain(`${MIA}:11 Subscriber isp-acme/mia-older: vlanId → networkProfile.serviceVlan: 102`);
  expect(looked.out, "no names of people").not.toContain("Berg");
  expect(await text(MIA)).toBe(before);
  const { mode } = await stat(join(folder, MIA));
  expect((await convert("--write")).exit).toBe(0);
  expect((await stat(join(folder, MIA))).mode).toBe(mode);
  const after = await text(MIA);
  expect(after).toContain("  networkProfile: { ipv6AssignmentMode: None, serviceVlan: 102, staticIPv4: 10.0.1.114 }\n");
  expect(after.split("\n").slice(0, 2)).toEqual(before.split("\n").slice(0, 2));
  expect(await convert()).toMatchObject({ exit: 0, out: "Nothing to convert." });
  expect((await execa(SHIM, ["validate", folder])).exitCode).toBe(0);
});
it("names file, line, field and remedy of what it cannot convert, and converts the rest", async () => {
  await edit("planRef: { name: 100mbps }", "planRef: { name: residential-25mbps }"); // which names no pool for IPv6
  await edit("  vlanId: 102", "  vlanId: 102\n  ipv6PrefixId: 4711");
  const looked = await convert("--write");
  expect(looked.exit).toBe(3);
  expect(looked.err).toContain(
    `${MIA}:12:3 Subscriber/isp-acme/mia-older spec.ipv6PrefixId: which pool the prefix 4711`,
  );
  expect(looked.err).toMatch(/\n {2}add --pool 4711=NAME with one of .*cgn-pd/);
  expect(await text(MIA)).not.toContain("vlanId");
  expect((await convert("--write", "--pool", "4711=cgn-pd")).exit).toBe(0);
  expect(await text(MIA)).toContain("pools: { pd: cgn-pd } }");
});
it("does nothing where the declarations are wrong", async () => {
  await edit("vlanId: 102", "vlanId: 5000");
  const before = await text(MIA);
  const done = await convert("--write");
  expect(done.exit).toBe(4);
  expect(done.err).toContain("spec.vlanId");
  expect(await text(MIA)).toBe(before);
});
it("wants a pool as ID=NAME", async () => {
  expect(await convert("--pool", "res-v4")).toMatchObject({ exit: 4, err: expect.stringContaining("ID=NAME") });
});
