/** "If a snapshot's set exceeds what is left, none of it proceeds." The tenant has ten subscribers and may lose two. */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriber, ten } from "./declarations.ts";
import { house } from "./house.ts";
import { controller, eventually, type Provider } from "./provider.ts";
import { everything } from "./rows.ts";

const BUDGETS = { budgets: { retire: "20%", suspend: "20%", disrupt: "20%", minimum: 1 } };
const fraud = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };

const rejected = async (p: Provider): Promise<number> =>
  (await p.radius.query("select 1 from radcheck where attribute = 'Auth-Type' and value = 'Reject'")).rowCount ?? 0;

const changeSet = (text: string): string => /lastmile approve ([0-9a-f]+)/.exec(text)?.[1] ?? "no change set named";

describe("the destructive budget", () => {
  let p: Provider;
  let good: string;
  beforeAll(async () => {
    p = await house(BUDGETS);
    await p.declare("lines.yaml", ...ten());
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
    good = await everything(p);
  });
  afterAll(() => p?.end());

  it("three of ten suspended at once exceed 20 %: none of it proceeds, and the plan says how to release it", async () => {
    await p.declare("lines.yaml", ...ten((index) => (index < 3 ? fraud : {})));
    const plan = await p.plan();
    expect(plan.code).toBe(2);
    expect(plan.out).toContain("DestructiveLimit");
    expect(plan.out).toMatch(/lastmile approve [0-9a-f]+/);
    const done = await p.apply();
    expect(done.code, done.text).toBe(3);
    expect(await everything(p)).toBe(good);
  });

  it("released by the declaration's return", async () => {
    await p.declare("lines.yaml", ...ten());
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).toBe(good);
  });

  it("released by approval: exactly the held changes, and nothing newer", async () => {
    await p.declare("lines.yaml", ...ten((index) => (index < 3 ? fraud : {})));
    await p.apply();
    const approved = await p.lastmile(["approve", changeSet((await p.plan()).out), p.folder, "--yes"]);
    expect(approved.code, approved.text).toBe(0);
    await p.declare("lines.yaml", ...ten((index) => (index < 6 ? fraud : {})));
    await p.apply();
    expect(await rejected(p)).toBeLessThanOrEqual(3);
    await p.declare("lines.yaml", ...ten((index) => (index < 3 ? fraud : {})));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await rejected(p)).toBe(3);
  });

  it("A resume or restore is never held", async () => {
    await p.declare("lines.yaml", ...ten());
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).toBe(good);
  });

  it("apply --plan: only if the plan now is this change set", async () => {
    await p.declare("more.yaml", subscriber("eleven"));
    const refused = await p.apply("--plan", "0123456789ab");
    expect(refused.code, refused.text).not.toBe(0);
    expect(await everything(p)).toBe(good);
    const id = /Change set ([0-9a-f]+)/.exec((await p.plan()).out)?.[1] ?? "";
    const done = await p.apply("--plan", id);
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).not.toBe(good);
  });

  it("apply needs --prune: an object that is gone from the folder is left alone without it", async () => {
    const before = await everything(p);
    await p.remove("more.yaml");
    expect((await p.plan()).code).toBe(0);
    expect((await p.apply()).code).toBe(0);
    expect(await everything(p)).toBe(before);
    const done = await p.apply("--prune");
    expect(done.code, done.text).toBe(0);
    expect(await rejected(p)).toBe(1);
  });
});

describe("a folder that loses its files under a controller", () => {
  let p: Provider;
  let good: string;
  beforeAll(async () => {
    p = await house(BUDGETS);
    for (const [index, line] of ten().entries()) await p.declare(`lines/sub-${index}.yaml`, line);
    await controller(p);
    await p.apply();
    good = await everything(p);
  });
  afterAll(() => p?.end());

  const lines = (): string => join(p.folder, "lines");
  const aside = (): string => join(p.folder, "../aside");
  const quiet = (seconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, seconds * 1000));

  it("half of all files gone: nothing proceeds until approved or back", async () => {
    // Moved, for a few of the files may go at any time: a slow machine would show them to the controller one by one.
    for (const [index, line] of ten().slice(5).entries()) await p.declare(`../half/sub-${index + 5}.yaml`, line);
    await rename(lines(), aside());
    await rename(join(p.folder, "../half"), lines());
    await eventually(
      () => p.lastmile(["status"]),
      ({ out }) => out.includes("DestructiveLimit"),
    );
    expect(await everything(p)).toBe(good);
    await rm(lines(), { recursive: true });
    await rename(aside(), lines());
    await eventually(
      () => p.lastmile(["status"]),
      ({ out }) => !out.includes("DestructiveLimit"),
    );
    expect(await everything(p)).toBe(good);
  });

  it("an unreadable document: nothing is pruned, the other edits go on", async () => {
    await p.declare("lines/sub-8.yaml", "apiVersion: lastmile.dev/v1alpha1\nkind: [\n");
    await rm(join(p.folder, "lines/sub-9.yaml"));
    await p.declare("lines/new.yaml", subscriber("new"));
    await eventually(
      () => p.radius.query("select 1 from radcheck where username = 'new@acme.example'"),
      ({ rowCount }) => rowCount === 1,
    );
    await quiet(1);
    expect(await rejected(p)).toBe(0);
    await p.declare("lines/sub-9.yaml", ten()[9] ?? {});
    await p.declare("lines/sub-8.yaml", ten()[8] ?? {});
  });

  it("an empty folder: nothing proceeds", async () => {
    await rename(lines(), aside());
    await rm(join(p.folder, "tenant.yaml"));
    await quiet(2);
    expect(await rejected(p)).toBe(0);
  });
});
