/** "Personal data, which can be erased on demand from audit, metadata and soft-deleted profiles too." */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everythingStored } from "./access.ts";
import { customer, MITTE, type Office, office } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { passwordOf } from "./rows.ts";

type Spec = Record<string, unknown>;

describe("personal data", () => {
  let p: Office;
  const PERSON = /Paula|Personal|paula@|Elm Street|\+4930555/;
  const paula: Spec = {
    customer: { id: "cust-paula", name: "Paula Personal", email: "paula@example.com", phone: "+4930555123" },
    serviceAddress: { line: "7 Elm Street", city: "Kiel", postalCode: "24103" },
  };
  beforeAll(async () => {
    p = await office(MITTE);
    p.lines["kept"] = customer("kept");
    p.lines["p1"] = customer("p1", paula);
    await p.applied();
    const [ticket] = await p.desk("select number from fieldwork.tickets where subscriber = 'SUB-p1'");
    await p.lastmile(["ticket", "complete", String(ticket?.["number"])]);
    await p.applied();
  });
  afterAll(() => p?.end());

  it("who is declared is not erased", async () => {
    const answer = await p.lastmile(["erase", "p1", "--yes"]);
    expect(answer.code, answer.text).toBe(1);
    expect(await p.bill("p1")).toBe("ACTIVE");
  });

  it("never stands in plan, status output, explain or history", async () => {
    p.lines["p1"] = customer("p1", { ...paula, serviceAddress: { line: "8 Elm Street", city: "Kiel" } });
    await p.declared();
    for (const args of [
      ["plan", p.folder],
      ["explain", "p1"],
      ["history", "p1", "-o", "json"],
      ["status", "-o", "json"],
    ])
      expect((await p.lastmile(args)).text, args.join(" ")).not.toMatch(/Paula|paula@|\+4930555/);
    await p.applied();
  });

  it("erased on demand: nothing of the person is left in the store or at the desk, that it was done stays", async () => {
    delete p.lines["p1"];
    await p.applied("--prune");
    const asked = await p.lastmile(["erase", "p1", "--yes"]);
    expect(asked.code, asked.text).toBe(3);
    const running = await controller(p);
    await eventually(
      async () => (await p.lastmile(["erase", "p1", "--yes"])).code,
      (code) => code !== 3,
    );
    running.process.kill("SIGTERM");
    expect(await everythingStored(p)).not.toMatch(PERSON);
    expect(JSON.stringify(await p.desk("select * from fieldwork.tickets"))).not.toMatch(PERSON);
    const history = await p.lastmile(["history", "p1", "-o", "json"]);
    expect(history.text).toMatch(/eras/i);
    expect(history.text).not.toContain("p1@acme.example");
    const { rows: left } = await p.radius.query("select 1 from radcheck where username = 'p1@acme.example'");
    expect(left).toEqual([]);
  });

  it("nobody else lost anything", async () => {
    expect((await p.lastmile(["history", "kept", "-o", "json"])).out).toContain("kept@acme.example");
    expect(await passwordOf(p, "kept@acme.example")).toBeDefined();
  });

  it("who comes back is a new subscriber", async () => {
    p.lines["p1"] = customer("p1", paula);
    await p.applied();
    expect(await passwordOf(p, "p1@acme.example")).toBeDefined();
    expect(condition(await p.show("p1"), "RADIUSReady")).toBe("True Converged");
  });
});
