/** An apply beside a controller that is not there any more: it waits for the end of the leases, and does the work. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cli, openCli } from "./rig.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0, err: "" });
});
afterAll(() => cli.close());

it("does the work itself when the leases of a dead controller end", async () => {
  await cli.store.query(
    "update lastmile.partitions set holder = 'dead', token = token + 1, until = now() + interval '15 s'",
  );
  await cli.edit("acme/subscribers/residential.yaml", "name: residential-100mbps }", "name: fiber-1gbps }");
  const ran = await cli.lastmile("apply", cli.folder, "--yes", "--timeout", "60");
  expect(ran.err).toContain("A controller is running (dead)");
  expect(ran.err).toContain("That controller has gone: the work is done here.");
  expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining("in place") });
  const { rows } = await cli.radius.query(
    "select groupname from radusergroup where username = 'anna-schmidt@acme.example'",
  );
  expect(rows).toEqual([{ groupname: "acme:fiber-1gbps:mikrotik" }]);
});
