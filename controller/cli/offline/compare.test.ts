import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Repository, repository } from "../../../test/lab/repository.ts";
import { painter } from "../io.ts";
import { execute } from "../program.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples");
const RESIDENTIAL = "isp/acme/subscribers/residential.yaml";
const TENANT = "isp/acme/tenant.yaml";
const JOHN = "isp/acme/subscribers/john-doe.yaml";
let repo: Repository;
let base: string;

beforeAll(async () => {
  repo = await repository();
  await cp(join(EXAMPLES, "acme"), join(repo.work, "isp/acme"), { recursive: true });
  base = await repo.commit({});
});
afterAll(() => repo.remove());

/** The program, which may reach no store and no system: their addresses lead nowhere. */
async function lastmile(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const said: Record<"out" | "err", string[]> = { out: [], err: [] };
  const io = {
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    progress: () => {},
    paint: painter(false),
    paintErr: painter(false),
    confirm: async () => undefined,
  };
  const env = { PATH: process.env["PATH"], DATABASE_URL: "postgresql://127.0.0.1:1/none", HOME: "/nonexistent" };
  const cx = { io, env, cwd: repo.work, signal: new AbortController().signal };
  const exit = await execute(argv, cx).catch((e: Error & { exit?: number }) => {
    said.err.push(e.message);
    return e.exit ?? 1;
  });
  return { exit, out: said.out.join("\n"), err: said.err.join("\n") };
}
const between = (head: string, ...more: readonly string[]) =>
  lastmile("plan", "isp", "--base", base, "--head", head, ...more);

/** A commit on top of the base; the work tree goes back afterwards, for it must not count. */
async function change(edit: () => Promise<Readonly<Record<string, string | undefined>>>): Promise<string> {
  await repo.git("checkout", "-q", "--detach", base);
  const made = await repo.commit(await edit());
  await repo.git("checkout", "-q", "--detach", base);
  return made;
}
const edited = async (file: string, ...changes: readonly (readonly [string | RegExp, string])[]) => {
  let text = await readFile(join(repo.work, file), "utf8");
  for (const [from, to] of changes) {
    const next = text.replace(from, to);
    if (next === text) throw new Error(`${file} does not hold ${from}`);
    text = next;
  }
  return { [file]: text };
};

describe("plan --base --head", () => {
  it.each<
    [why: string, edit: () => Promise<Record<string, string | undefined>>, exit: number, words: readonly RegExp[]]
  >([
    ["nothing", async () => ({ "isp/README.md": "hello" }), 0, [/plan: nothing changes/]],
    [
      "another address interrupts",
      () => edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.101"]),
      2,
      [
        /1 customer concerned: 1 is interrupted/,
        /`address` \| `10.0.1.100` \| `10.0.1.101`/,
        /because `NetworkProfile isp-acme\/john-doe: spec.staticIPv4 changed`/,
        /\| `acme` \| is interrupted \| 1 \| 5 of \d+ \| fits \|/,
      ],
    ],
    [
      "a suspension",
      () =>
        edited(JOHN, [
          "subscriberNumber: SUB-ABC123\n",
          "subscriberNumber: SUB-ABC123\n  serviceState: Suspended\n  suspension: { reason: Fraud }\n",
        ]),
      2,
      [/1 customer concerned: 1 is suspended/],
    ],
    [
      "more than the budget allows holds all of it",
      async () => ({ ...(await edited(TENANT, ["minimum: 5", "minimum: 0"])), [RESIDENTIAL]: undefined }),
      2,
      [/\*\*held, all of it\*\*/, /- held: `DestructiveLimit`/, /release it when it is merged/],
    ],
    [
      "a withdrawal names where it was declared",
      async () => ({ "isp/acme/subscribers/kira-lund.yaml": undefined }),
      2,
      [/1 loses service/, /declared in `isp\/acme\/subscribers\/kira-lund.yaml:\d+`/, /because `declared no longer`/],
    ],
    [
      "a pause holds what comes with it",
      async () => ({
        ...(await edited(TENANT, ["  type: RADIUS\n", "  type: RADIUS\n  paused: true\n"])),
        ...(await edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.101"])),
      }),
      2,
      [/plan: 1 held/, /- held: `Paused` `ExternalSystem radius-acme is paused`/, /\| update \(held\) \|/],
    ],
    [
      "a maintenance window holds nothing, for nobody knows when it will be merged",
      async () => ({
        ...(await edited(TENANT, [
          "  type: RADIUS\n",
          '  type: RADIUS\n  maintenanceWindows: [{ schedule: "0 0 30 2 *", duration: 1h, gates: [All] }]\n',
        ])),
        ...(await edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.101"])),
      }),
      2,
      [/plan: 1 to change\n/],
    ],
    [
      "a name that another customer has",
      () =>
        edited("isp/acme/subscribers/kira-lund.yaml", [
          /(kind: Subscriber.*?subscriberNumber: \S+\n)/s,
          "$1  radius: { username: john@acme.example }\n",
        ]),
      4,
      [/problem/, /john@acme.example/, /`isp\/acme\/subscribers\/\S+:\d+:\d+`/],
    ],
    [
      "bad YAML is told with its line, and nothing else",
      async () => ({ "isp/acme/x.yaml": "a: 1\nkind: [" }),
      4,
      [/1 problem, and none of this would be taken in/, /- `isp\/acme\/x.yaml:2:\d+`/],
    ],
    [
      "a link",
      async () => {
        await repo.link("isp/acme/x.yaml", "/etc/passwd");
        return {};
      },
      4,
      [/`isp\/acme\/x.yaml:1:1`: `is a symbolic link/],
    ],
    [
      "an emptied folder",
      async () => {
        await rm(join(repo.work, "isp"), { recursive: true });
        return {};
      },
      4,
      [/holds no object/],
    ],
  ])("%s", async (_, edit, exit, words) => {
    const head = await change(edit);
    const ran = await between(head, "--markdown");
    for (const word of words) expect(ran.out).toMatch(word);
    expect(ran.exit).toBe(exit);
    expect(ran.out).toContain(`From \`${base.slice(0, 12)}\` to \`${head.slice(0, 12)}\``);
    expect((await between(head, "--markdown")).out).toBe(ran.out);
  });

  it("compares from where the two parted: what the base did since is nobody's change", async () => {
    const head = await change(() => edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.102"]));
    const ahead = await change(async () => ({ "isp/acme/subscribers/kira-lund.yaml": undefined }));
    const ran = await lastmile("plan", "isp", "--base", ahead, "--head", head, "--markdown");
    expect(ran.out).toContain("1 customer concerned");
    expect(ran.out).not.toContain("kira-lund");
  });
  it("shows a way back in full", async () => {
    const ahead = await change(async () => ({ "isp/acme/subscribers/kira-lund.yaml": undefined }));
    const ran = await lastmile("plan", "isp", "--base", ahead, "--head", base);
    expect([ran.exit, ran.out]).toEqual([2, expect.stringMatching(/kira-lund.*create/s)]);
  });
  it("tells everything new where the base declares nothing", async () => {
    await repo.git("checkout", "-q", "--orphan", "empty");
    await repo.git("rm", "-rfq", ".");
    const empty = await repo.commit({ "notes.md": "x" });
    await repo.git("checkout", "-q", "--detach", base);
    const ran = await lastmile("plan", "isp", "--base", empty, "--head", base, "--markdown");
    expect(ran.exit).toBe(2);
    expect(ran.out).toContain("The base declares nothing here");
    expect(ran.out).toMatch(/plan: \d+ to create/);
  });
  it("gives the same to programs", async () => {
    const head = await change(() => edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.103"]));
    const { out } = await between(head, "-o", "json");
    expect(JSON.parse(out)).toMatchObject({
      between: { base, head, folder: "isp" },
      summary: { change: 1 },
      budgets: [{ tenant: "acme", impact: "disrupt", customers: 1, allowed: 5 }],
    });
  });
  it.each<[why: string, argv: readonly string[], words: RegExp]>([
    ["half of a range", ["--base", "HEAD"], /go together/],
    ["a comment of no range", ["--markdown"], /go together/],
    ["a commit that is not here", ["--base", "f".repeat(40), "--head", "HEAD"], /--base names no commit/],
    ["an option for a name", ["--base", "HEAD", "--head=--upload-pack=touch"], /--head names no commit/],
    ["a range for a name", ["--base", "HEAD", "--head", "HEAD..HEAD"], /--head names no commit/],
  ])("refuses %s", async (_, argv, words) => {
    const ran = await lastmile("plan", "isp", ...argv);
    expect([ran.exit, ran.err]).toEqual([4, expect.stringMatching(words)]);
  });
  it("what an address plan chooses, and tags of a pool, are in place at the base", async () => {
    const hillnet = join(import.meta.dirname, "../../../test/lab/demo/hillnet");
    const [tenant, subs] = await Promise.all(
      ["tenant.yaml", "subscribers.yaml"].map((file) => readFile(join(hillnet, file), "utf8")),
    );
    const from = await change(async () => ({ "hill/tenant.yaml": tenant, "hill/subs.yaml": subs }));
    await repo.git("checkout", "-q", "--detach", from);
    const to = await repo.commit({ "hill/subs.yaml": subs?.replace("hill-100", "hill-500") });
    await repo.git("checkout", "-q", "--detach", base);
    const ran = await lastmile("plan", "hill", "--base", from, "--head", to);
    expect(ran.out).toContain("amount   29.90 → 49.90");
    expect(ran.out).toMatch(/\nPlan: 5 to change\. /);
  });
  it("where surveys are asked for, whom nobody surveyed was there before; whose survey is open is made by its end", async () => {
    const survey = (more: string) => `apiVersion: lastmile.dev/v1alpha1
kind: SiteSurvey
metadata: { name: kira, namespace: isp-acme }
spec: { subscriberRef: { name: kira-lund }, ${more} }
`;
    const gated = await change(async () => ({
      ...(await edited(TENANT, ["  policies:\n", "  policies:\n    requireSurvey: true\n"])),
      "isp/acme/survey.yaml": survey('state: Scheduled, scheduledAt: "2026-11-20T10:00:00Z"'),
    }));
    const next = async (files: Readonly<Record<string, string>>): Promise<string> => {
      await repo.git("checkout", "-q", "--detach", gated);
      const to = await repo.commit(files);
      const ran = await lastmile("plan", "isp", "--base", gated, "--head", to);
      await repo.git("checkout", "-q", "--detach", base);
      return ran.out;
    };
    expect(await next({ "isp/README.md": "hello" })).toMatch(/held: AwaitingSurvey.*\nPlan: 1 held\. /s);
    await repo.git("checkout", "-q", "--detach", gated);
    const moved = await next(await edited(JOHN, ["staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.104"]));
    expect(moved).toMatch(/\nPlan: 1 to change, 1 held\. /);
    const done = 'state: Completed, completedAt: "2026-11-20T11:00:00Z", serviceability: Serviceable';
    expect(await next({ "isp/acme/survey.yaml": survey(done) })).toMatch(/kira-lund.*\nPlan: 1 to create\. /s);
  });
  it("refuses a folder that is in no repository", async () => {
    const ran = await lastmile("plan", "/", "--base", "HEAD", "--head", "HEAD");
    expect([ran.exit, ran.err]).toEqual([4, expect.stringContaining("is in no work tree of git")]);
  });
});
