/** The controller that stays, as a process: it takes in edits, serves metrics, lets others hand over to it, and stops. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Cli, openCli, ROOT, SHIM } from "./rig.ts";

let cli: Cli;
let controller: ReturnType<typeof start>;
let log = "";
const events = (): readonly Record<string, unknown>[] =>
  log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 120_000, interval: 100 });
const logged = (event: string) => events().filter((e) => e["event"] === event);

const TOKEN = "the-token-of-this-test";
const tokenFile = () => join(cli.home, "devices-token");

function start() {
  const env = { PATH: process.env["PATH"], ...cli.env };
  const argv = ["run", "--source", `dir:${cli.folder}`, "--listen", "127.0.0.1:0", "--devices-token-file", tokenFile()];
  return execa(SHIM, argv, { cwd: ROOT, env, extendEnv: false, reject: false });
}

beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  await writeFile(tokenFile(), `${TOKEN}\n`);
  controller = start();
  controller.stdout?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  await until(() => expect(logged("action")).toHaveLength(40));
});
afterAll(async () => {
  controller.kill("SIGKILL");
  await controller;
  await cli.expectClean();
  await cli.close();
});

describe("a running controller", () => {
  it("tells of every action in one line of JSON", () => {
    expect(logged("action")[0]).toMatchObject({
      level: "info",
      action: "create",
      result: "Done",
      planId: expect.any(String),
    });
  });
  it("serves metrics and health", async () => {
    const [listening] = logged("listening");
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${listening?.["port"]}${path}`)).text();
    expect(JSON.parse(await ask("/readyz"))).toMatchObject({ status: "ok" });
    expect(await ask("/metrics")).toMatch(/lastmile_actions_total\{.*action="create".*\} \d+/);
    expect(JSON.parse(await ask("/healthz"))).toMatchObject({ status: "ok" });
  });
  it("answers the side of the devices by its token only, and never tells it", async () => {
    const url = `http://127.0.0.1:${logged("listening")[0]?.["port"]}`;
    const ask = async (token: string) => (await fetch(`${url}/sadis/v2/subscribers/X-1?access_token=${token}`)).status;
    const hint = async (headers: Record<string, string>) =>
      (await fetch(`${url}/hints/acs-1/device/X`, { method: "POST", headers })).status;
    expect([await ask(TOKEN), await hint({ authorization: `Bearer ${TOKEN}` })]).toEqual([404, 202]);
    expect([await ask("of-somebody-else"), await hint({})]).toEqual([401, 401]);
    expect(log).not.toContain(TOKEN);
  });
  it("is named by status", async () => {
    await until(async () => {
      const { controllers, troubles } = JSON.parse((await cli.lastmile("status", "-o", "json")).out);
      expect(controllers).toEqual([expect.objectContaining({ partitions: 65 })]);
      expect(troubles).toEqual([]);
    });
  });
  it("takes in an edit by itself", async () => {
    await cli.edit("acme/subscribers/residential.yaml", "name: residential-100mbps }", "name: fiber-1gbps }");
    await until(() =>
      expect(logged("action").at(-1)).toMatchObject({
        action: "update",
        key: "anna-schmidt@acme.example",
        result: "Done",
      }),
    );
  });
  it("refuses a bad edit by name, and goes on with what it knew", async () => {
    await cli.edit("acme/subscribers/john-doe.yaml", "name: residential_100mbps", "name: no-such-plan");
    await until(() =>
      expect(logged("refused").at(-1)?.["message"]).toMatch(
        /john-doe\.yaml:\d+:\d+ Subscriber isp-acme\/john-doe spec\.planRef/,
      ),
    );
    const { out } = await cli.lastmile("status");
    expect(out).toContain("Everything is in place.");
    expect(out).toMatch(
      /Refused: 1 problem in dir:\S+ \(revision \w+, \S+Z\); what was known before stands\n\S+john-doe\.yaml:/,
    );
    expect(out).toMatch(/john-doe\.yaml:\d+:\d+ Subscriber\/isp-acme\/john-doe spec\.planRef.*\n {2}\S/);
    const ready = await fetch(`http://127.0.0.1:${logged("listening")[0]?.["port"]}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toContain("all delivered, 1 declaration refused: `lastmile status` names them");
    await cli.edit("acme/subscribers/john-doe.yaml", "name: no-such-plan", "name: residential_100mbps");
    await until(async () => expect((await cli.lastmile("status")).out).not.toContain("Refused"));
  });
  it("does the work of an apply beside it, whose folder it does not follow", async () => {
    const other = join(cli.home, "other");
    await cp(cli.folder, other, { recursive: true });
    await cli.edit("../other/acme/subscribers/residential.yaml", "name: residential-25mbps }", "name: fiber-1gbps }");
    const ran = await cli.lastmile("apply", other, "--yes");
    expect(ran.err).toMatch(/^A controller is running \(\S+\): it does the work, this waits for it\.$/);
    expect(ran.exit).toBe(0);
    const { rows } = await cli.radius.query(
      "select groupname from radusergroup where username = 'david-lang@acme.example'",
    );
    expect(rows).toEqual([{ groupname: "acme:fiber-1gbps:mikrotik" }]);
  });
  it("repairs what an apply beside it finds changed by hand, and is believed only when that was seen", async () => {
    const address = "from radreply where username = 'john@acme.example' and attribute = 'Framed-IP-Address'";
    await cli.radius.query("update radreply set value = '10.0.1.200' where value = '10.0.1.100'");
    const ran = await cli.lastmile("apply", cli.folder, "--yes");
    const { rows } = await cli.radius.query(`select value ${address}`);
    expect(rows).toEqual([{ value: "10.0.1.100" }]);
    expect(ran).toMatchObject({ exit: 0, out: expect.stringMatching(/john-doe +in place +-/) });
  });
  it("stops at a signal, and leaves its leases to others", async () => {
    controller.kill("SIGTERM");
    const { exitCode } = await controller;
    expect(exitCode).toBe(0);
    expect(logged("stopped")).toEqual([expect.objectContaining({ unfinished: 0 })]);
    expect((await cli.lastmile("status")).out).toContain("controller none is running");
  });
  it("wrote no secret into its log", async () => {
    const { rows } = await cli.radius.query<{ value: string }>(
      "select value from radcheck where attribute like '%-Password'",
    );
    for (const { value } of rows) expect(log).not.toContain(value);
  });
});
