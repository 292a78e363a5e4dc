/** "Git source" and "Pull requests" of issue 4: a repository that people commit to, and what the program makes of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Repository, repository } from "../lab/repository.ts";
import { plan, radius, subscriber, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import { type Answer, eventually, type Provider } from "./provider.ts";
import { account, everything, groupsOf } from "./rows.ts";
import { yaml } from "./yaml.ts";

type Spec = Record<string, unknown>;
const fixed = (last: number): Spec => ({ networkProfile: { staticIPv4: `10.0.1.${last}` } });
const FRAUD = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
const BOB = "Bob Builder <bob@isp.example>";
const lines = (all: Record<string, Spec>): string =>
  yaml(Object.entries(all).map(([name, spec]) => subscriber(name, spec)));

describe("a repository", () => {
  let p: Provider;
  let repo: Repository;
  const people: Record<string, Spec> = { anna: fixed(10), bert: {}, cora: {}, dirk: {} };
  const house1 = (): string =>
    yaml([
      tenant({ policies: { budgets: { retire: "20%", suspend: "100%", disrupt: "100%", minimum: 1 } } }),
      radius(p.radiusUrl),
      plan("basic"),
      plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } }),
    ]);
  beforeAll(async () => {
    p = await house({}, []);
    repo = await repository();
    await repo.push({ "isp/tenant.yaml": house1(), "isp/lines.yaml": lines(people), "README.md": "our network\n" });
  });
  afterAll(async () => {
    await p?.end();
    await repo?.remove();
  });

  describe("plan --base --head", () => {
    const compared = async (...options: readonly string[]): Promise<Answer> =>
      p.lastmile(["plan", `${repo.work}/isp`, "--base", "main", "--head", "topic", ...options], {
        DATABASE_URL: "postgresql://127.0.0.1:9/nowhere",
        LASTMILE_SECRETS: "/nowhere",
      });
    const topic = async (files: Record<string, string | undefined>): Promise<Answer> => {
      await repo.git("checkout", "-q", "-B", "topic", "main");
      await repo.commit(files, BOB);
      return compared("--markdown");
    };

    it("says what changes for whom and what is disruptive, without store, system or secret", async () => {
      const answer = await topic({
        "isp/lines.yaml": lines({ ...people, anna: fixed(11), bert: { planRef: { name: "fast" } }, emil: {} }),
      });
      expect(answer.code, answer.text).toBe(2);
      for (const name of ["anna", "bert", "emil"]) expect(answer.out).toContain(name);
      for (const name of ["cora", "dirk"]) expect(answer.out).not.toContain(name);
      expect(answer.out).toMatch(/10\.0\.1\.10.*10\.0\.1\.11/);
      expect(answer.out).toMatch(/interrupt/);
      expect(answer.out).toMatch(/lines\.yaml/);
    });

    it("names what would be held, and why", async () => {
      const { cora } = people;
      const answer = await topic({ "isp/lines.yaml": lines({ anna: people["anna"]!, cora: cora! }) });
      expect(answer.out).toContain("DestructiveLimit");
      expect(answer.out).toMatch(/bert[\s\S]*dirk/);
    });

    it("refuses a head with an error, by file and line", async () => {
      const answer = await topic({ "isp/lines.yaml": lines({ ...people, bert: { planRef: { name: "nowhere" } } }) });
      expect(answer.code, answer.text).toBe(4);
      expect(answer.text).toMatch(/isp\/lines\.yaml:\d+/);
      expect(answer.text).toContain("nowhere");
    });

    it("nothing changes: exit 0, also when the base has moved on", async () => {
      const answer = await topic({ "README.md": "our fine network\n" });
      expect(answer.code, answer.text).toBe(0);
      await repo.git("checkout", "-q", "main");
      await repo.push({ "isp/lines.yaml": lines({ ...people, cora: fixed(12) }) });
      const after = await compared();
      expect(after.code, after.text).toBe(0);
      await repo.git("checkout", "-q", "main");
      await repo.push({ "isp/lines.yaml": lines(people) });
    });

    it("a wrong reference is told, and no plan is shown", async () => {
      const answer = await p.lastmile(["plan", `${repo.work}/isp`, "--base", "main", "--head", "nobody"]);
      expect([1, 4]).toContain(answer.code);
      expect(answer.text).toContain("--head");
      expect(answer.out).not.toContain("Plan:");
    });
  });

  describe("run --source git:", () => {
    let log = "";
    const events = (): string => log;
    const look = async (right: (text: string) => boolean): Promise<string> => {
      const from = log.length;
      return eventually(async () => log.slice(from), right);
    };
    const address = async (name: string): Promise<string | undefined> =>
      (await account(p, `${name}@acme.example`)).reply.find((row) => row.startsWith("Framed-IP-Address"));
    const refused = async (said: RegExp): Promise<string> => {
      const status = await eventually(
        () => p.lastmile(["status"]),
        ({ out }) => said.test(out),
      );
      return status.out;
    };
    beforeAll(async () => {
      const child = p.start(["run", "--source", `git:${repo.origin}#main:isp`, "--poll", "1", "--listen", "off"]);
      child.stdout?.on("data", (chunk) => {
        log += chunk;
      });
      child.stderr?.on("data", (chunk) => {
        log += chunk;
      });
      await eventually(
        () => groupsOf(p, "dirk@acme.example"),
        (groups) => groups.length === 1,
      );
    });

    it("follows the branch; the history names commit, author and file", async () => {
      people["anna"] = fixed(20);
      const commit = await repo.push({ "isp/lines.yaml": lines(people) }, BOB);
      await eventually(
        () => address("anna"),
        (row) => row === "Framed-IP-Address := 10.0.1.20",
      );
      const { out } = await p.lastmile(["history", "anna", "-o", "wide"]);
      const [newest] = out.split("\n").slice(1);
      expect(newest).toContain(commit.slice(0, 12));
      expect(newest).toContain("bob@isp.example");
      expect(newest).toMatch(/isp\/lines\.yaml:\d+/);
    });

    it("a revision with errors changes nothing and says which line", async () => {
      const before = await everything(p);
      const broken = { ...people, anna: fixed(21), bert: { planRef: { name: "nowhere" } } };
      await repo.push({ "isp/lines.yaml": lines(broken) });
      expect(await refused(/lines\.yaml:\d+/)).toContain("nowhere");
      expect(await everything(p)).toBe(before);
      await repo.push({ "isp/lines.yaml": lines(people) });
      await eventually(
        () => p.lastmile(["status"]),
        ({ out }) => !out.includes("nowhere"),
      );
    });

    it("a symbolic link out of the tree and an emptied folder are refused, and nothing is pruned", async () => {
      const before = await everything(p);
      await repo.link("isp/more.yaml", "/etc/hostname");
      await repo.push();
      await refused(/more\.yaml/);
      await repo.git("rm", "-q", "-r", "isp");
      await repo.push();
      await look((text) => text.includes('"level":"error"') || text.includes("refused"));
      expect(await everything(p)).toBe(before);
    });

    it("a deleted branch and an unrelated history never prune", async () => {
      const before = await everything(p);
      await repo.git("push", "-q", "origin", "--delete", "main");
      await look((text) => text.includes("main"));
      await repo.git("checkout", "-q", "--orphan", "other");
      await repo.push({ "isp/tenant.yaml": house1(), "isp/lines.yaml": lines({ anna: people["anna"]! }) });
      await repo.git("push", "-q", "--force", "origin", "other:main");
      await refused(/accept-rewrite/);
      expect(await everything(p)).toBe(before);
      await repo.git("checkout", "-q", "main");
      await repo.push({ "isp/tenant.yaml": house1(), "isp/lines.yaml": lines(people) });
    });

    it("a branch that was rewritten back is taken; the budget holds what would cost too many", async () => {
      await eventually(
        () => p.lastmile(["status"]),
        ({ out }) => !out.includes("accept-rewrite"),
      );
      people["dirk"] = FRAUD;
      await repo.push({ "isp/lines.yaml": lines(people) });
      await eventually(
        async () => (await account(p, "dirk@acme.example")).check,
        (check) => check.includes("Auth-Type := Reject"),
      );
      await repo.git("reset", "-q", "--hard", "HEAD~1");
      await repo.push({ "isp/lines.yaml": lines({ anna: people["anna"]!, dirk: {} }) });
      await refused(/DestructiveLimit/);
      const gone = await p.radius.query("select 1 from radcheck where value = 'Reject' and username not like 'dirk%'");
      expect(gone.rowCount).toBe(0);
      expect(events()).not.toContain('"event":"broken"');
    });
  });
});
