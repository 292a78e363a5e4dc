/** The real controller with the account, the rights and the policies that the chart gives it, and nothing else. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse, stringify } from "yaml";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import {
  ACCOUNT,
  deployment,
  kubectl,
  NAMESPACE,
  namespaces,
  RELEASE,
  ROOT,
  sure,
  uninstall,
  until,
  upgrade,
} from "./tools.ts";

interface Live {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly finalizers?: readonly string[];
    readonly managedFields?: readonly {
      readonly manager: string;
      readonly subresource?: string;
      readonly fieldsV1: object;
    }[];
  };
  readonly spec: object;
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}
const EXAMPLE = join(ROOT, "examples/acme");
const PROGRAM = join(ROOT, "controller/cli/lastmile");
const dir = mkdtempSync(join(tmpdir(), "lastmile-account-"));
let store: FreshDatabase;
let radius: FreshDatabase;
let child: ChildProcess;
let log = "";
/** How the controller ended that was not told to take over. */
let first: { readonly exitCode?: number | undefined; readonly stderr: string };

/** What the chart has a pod run, at an address of this test. */
async function words(...values: readonly string[]): Promise<readonly string[]> {
  const { spec } = await deployment(...values);
  return spec.template.spec.containers[0].args.map((arg) => (arg === ":9090" ? "127.0.0.1:0" : arg));
}
/** A folder that declares the tenant, and the Secret that it names, as files. */
function folderOf(tenant: string, login: Readonly<Record<string, string>>): string {
  const folder = join(dir, "before");
  const secret = join(dir, "secrets", NAMESPACE, "radius-acme");
  for (const path of [folder, secret]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, "tenant.yaml"), tenant);
  for (const [key, value] of Object.entries(login)) writeFileSync(join(secret, key), value);
  return folder;
}

const list = async (kind: string): Promise<readonly Live[]> =>
  (
    JSON.parse(await sure(kubectl(["get", kind, "-A", "-o", "json", "--show-managed-fields"]))) as {
      readonly items: readonly Live[];
    }
  ).items;
const one = async (kind: string, name: string) => (await list(kind)).find((o) => o.metadata.name === name);
const readyOf = (o: Live | undefined) => o?.status?.conditions?.find((c) => c.type === "Ready");

/** A kubeconfig with a token of the controller's account, as its pod would have one. */
async function credentials(): Promise<string> {
  const token = await sure(kubectl(["create", "token", RELEASE, "-n", NAMESPACE]));
  const admin = parse(readFileSync(inject("chartTools").kubeconfig, "utf8")) as Kubeconfig;
  const file = join(dir, "kubeconfig");
  writeFileSync(file, stringify({ ...admin, users: admin.users.map(({ name }) => ({ name, user: { token } })) }));
  return file;
}
interface Kubeconfig {
  readonly users: readonly { readonly name: string }[];
}

beforeAll(async () => {
  [store, radius] = await Promise.all([freshDatabase("template1"), freshDatabase("template1")]);
  await namespaces(NAMESPACE, "isp-acme");
  const tenants = [{ namespace: NAMESPACE, secrets: ["radius-acme"] }];
  await upgrade("--set-json", `tenants=${JSON.stringify(tenants)}`);
  const { hostname, port, pathname, username, password } = new URL(radius.url);
  const login = [`--from-literal=username=${username}`, `--from-literal=password=${password}`];
  await sure(kubectl(["create", "secret", "generic", "radius-acme", "-n", NAMESPACE, ...login]));
  const tenant = readFileSync(join(EXAMPLE, "tenant.yaml"), "utf8");
  const here = tenant.replace("radius-db.acme.example:5432/radius", `${hostname}:${port}${pathname}`);
  await until(async () => (await kubectl(["apply", "-f", "-"], here)).ok);
  await sure(kubectl(["apply", "-f", join(EXAMPLE, "plans.yaml"), "-f", join(EXAMPLE, "subscribers")]));
  const key = join(dir, "master.key");
  writeFileSync(key, randomBytes(32).toString("base64"));
  const env = {
    ...process.env,
    LASTMILE_SECRETS: join(dir, "secrets"),
    KUBECONFIG: await credentials(),
    DATABASE_URL: store.url,
    LASTMILE_KEY_FILE: key,
    LASTMILE_HOME: dir,
  };
  await execa(PROGRAM, ["init", "kubernetes"], { env });
  await execa(PROGRAM, ["apply", folderOf(here, { username, password }), "--yes"], { env });
  first = await execa(PROGRAM, await words(), { env, reject: false });
  child = spawn(PROGRAM, await words("--set", "takeOver=true"), { env, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout?.on("data", (text: Buffer) => {
    log += text.toString();
  });
  await until(
    async () => (await list("subscribers")).every((s) => readyOf(s)?.status === "True") || child.exitCode !== null,
  );
});
afterAll(async () => {
  child?.kill("SIGTERM");
  if (child && child.exitCode === null) await once(child, "exit");
  for (const kind of ["tenants", "externalsystems", "serviceplans", "subscribers"])
    for (const o of await list(kind))
      await kubectl([
        "patch",
        kind,
        o.metadata.name,
        "-n",
        "isp-acme",
        "--type=merge",
        "-p",
        '{"metadata":{"finalizers":null}}',
      ]);
  await uninstall();
  await kubectl(["delete", "tenants,externalsystems", "--all"]);
  await kubectl(["delete", "serviceplans,subscribers,networkprofiles,sitesurveys", "--all", "-n", "isp-acme"]);
  await Promise.all([store?.drop(), radius?.drop()]);
  rmSync(dir, { recursive: true, force: true });
});

describe("the controller under the chart's account", () => {
  it("leaves a tenant that a folder declared to that folder, until it is told to take over", () => {
    expect([first.exitCode, first.stderr]).toEqual([1, expect.stringContaining("a tenant has one source at a time")]);
  });
  it("brings every subscriber of the example into service", async () => {
    const all = await list("subscribers");
    expect(
      all
        .map((s) => [s.metadata.name, readyOf(s)?.status, readyOf(s)?.message ?? ""])
        .filter(([, ready]) => ready !== "True"),
    ).toEqual([]);
    expect(all.length).toBeGreaterThan(10);
  });
  it("holds them by its finalizer, mirrors profiles and tells of transitions", async () => {
    const john = await one("subscribers", "john-doe");
    expect(john?.metadata.finalizers).toEqual(["lastmile.dev/deprovision"]);
    const mirrors = await sure(kubectl(["get", "networkprofiles", "-A", "-l", "lastmile.dev/generated", "-o", "name"]));
    expect(mirrors).toContain("anna-schmidt");
    await until(async () =>
      (await sure(kubectl(["get", "events.events.k8s.io", "-n", "isp-acme"]))).includes("subscriber/john-doe"),
    );
  });
  it("writes no spec of what people declared", async () => {
    const declared = (
      await Promise.all(["tenants", "externalsystems", "serviceplans", "subscribers", "sitesurveys"].map(list))
    ).flat();
    const written = declared.flatMap((o) =>
      (o.metadata.managedFields ?? [])
        .filter((m) => m.manager === "lastmile" && m.subresource !== "status")
        .map((m) => [
          o.kind,
          Object.keys(m.fieldsV1),
          Object.keys((m.fieldsV1 as { readonly "f:metadata"?: object })["f:metadata"] ?? {}),
        ]),
    );
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter(([, fields, meta]) => `${fields}/${meta}` !== "f:metadata/f:finalizers")).toEqual([]);
  });
  it("lets one go that was taken out of service, and its mirror after it", async () => {
    await sure(kubectl(["delete", "subscriber", "anna-schmidt", "-n", "isp-acme", "--timeout=120s"]));
    await until(async () => (await one("networkprofiles", "anna-schmidt")) === undefined);
    const { rowCount } = await radius.pool.query(
      "select from radcheck where username like 'anna%' and value = 'Reject'",
    );
    expect(rowCount).toBe(1);
  });
  it("was never refused anything, by rights or by policies", () => {
    expect(log).toContain('"event":"update"');
    expect(log.split("\n").filter((line) => /forbidden|denied request/i.test(line))).toEqual([]);
  });
  it("cannot do with its token what it does not do", async () => {
    const file = join(dir, "kubeconfig");
    const refused = async (...args: readonly string[]) => (await kubectl([...args, `--kubeconfig=${file}`])).error;
    expect(
      await sure(kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}", `--kubeconfig=${file}`])),
    ).toBe(ACCOUNT);
    expect(await refused("get", "secrets", "-A")).toContain("Forbidden");
    expect(await refused("delete", "subscriber", "john-doe", "-n", "isp-acme")).toContain("Forbidden");
    expect(
      await refused(
        "patch",
        "subscriber",
        "john-doe",
        "-n",
        "isp-acme",
        "--type=merge",
        "-p",
        '{"spec":{"paused":true}}',
      ),
    ).toContain("Lastmile changes nothing of a declaration but its finalizer");
  });
});
