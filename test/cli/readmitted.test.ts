/** A customer who is withdrawn, and whom somebody let in again behind our back. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cli, openCli } from "./rig.ts";

let cli: Cli;
const JOHN = "acme/subscribers/john-doe.yaml";
const rejects = "from radcheck where username = 'john@acme.example' and attribute = 'Auth-Type'";
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  await cli.remove(JOHN);
  expect(await cli.lastmile("apply", cli.folder, "--yes", "--prune")).toMatchObject({ exit: 0 });
});
afterAll(() => cli.close());

it("is seen by drift, and kept out again by apply", async () => {
  expect(await cli.lastmile("drift")).toMatchObject({ exit: 0 });
  expect((await cli.radius.query(`delete ${rejects}`)).rowCount).toBe(1);
  expect(await cli.lastmile("drift")).toMatchObject({ exit: 2, out: expect.stringContaining("john-doe") });
  expect(await cli.lastmile("apply", cli.folder, "--yes", "--prune")).toMatchObject({ exit: 0 });
  expect((await cli.radius.query(`select 1 ${rejects}`)).rowCount).toBe(1);
});
