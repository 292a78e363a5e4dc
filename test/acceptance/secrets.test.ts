/** Passwords by reference, generated, missing, rotated, unreadable; and where they never appear. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";
import { everything, passwordOf, rows } from "./rows.ts";

const FIRST = "erstes-Kennwort-4711";
const SECOND = "zweites-Kennwort-4712";
const byReference = (name: string, rotation = "Force", spec: object = {}): object =>
  subscriber(name, { radius: { passwordSecretRef: { name: `${name}-radius` }, rotation }, ...spec });

describe("secrets", () => {
  let p: Provider;
  const said: string[] = [];
  const run = async (...args: string[]): Promise<{ code: number; text: string; out: string }> => {
    const answer = await p.lastmile(args);
    said.push(answer.text);
    return answer;
  };
  const apply = () => run("apply", p.folder, "--yes", "--timeout", "3");
  beforeAll(async () => {
    p = await house();
    await p.secret("isp-acme/anna-radius/password", FIRST);
    await p.declare("lines.yaml", byReference("anna"), byReference("bert"), subscriber("carl"));
  });
  afterAll(() => p?.end());

  it("a secret missing: that subscriber is held with the reason, the others go on", async () => {
    const done = await apply();
    expect(done.code, done.text).toBe(3);
    expect(done.text).toMatch(/bert.*SecretMissing.*isp-acme\/bert-radius/);
    expect(await passwordOf(p, "anna@acme.example")).toBe(FIRST);
    expect(await passwordOf(p, "bert@acme.example")).toBeUndefined();
    expect(condition(await statusOf(p, "bert"), "Ready")).toBe("False SecretMissing");
    expect(condition(await statusOf(p, "carl"), "Ready")).toBe("True Converged");
  });

  it("it heals when the secret is there", async () => {
    await p.secret("isp-acme/bert-radius/password", "bert's-own-4713");
    const done = await apply();
    expect(done.code, done.text).toBe(0);
    expect(await passwordOf(p, "bert@acme.example")).toBe("bert's-own-4713");
  });

  it("rotated: a changed secret shows as a keyed digest only", async () => {
    await p.secret("isp-acme/anna-radius/password", SECOND);
    const plan = await run("plan", p.folder);
    expect(plan.code, plan.text).toBe(2);
    expect(plan.out).toMatch(/password +\(secret [^)]+\) → \(secret [^)]+\)/);
    expect((await apply()).code).toBe(0);
    expect(await passwordOf(p, "anna@acme.example")).toBe(SECOND);
  });

  it("a secret that goes away later takes nothing away", async () => {
    const before = await everything(p);
    await p.secret("isp-acme/anna-radius/password", "");
    await apply();
    expect(await everything(p)).toBe(before);
    await p.secret("isp-acme/anna-radius/password", SECOND);
    expect((await apply()).code).toBe(0);
  });

  it("dangerous values (backticks, which FreeRADIUS expands; control characters): refused, and the old one stays", async () => {
    const before = await everything(p);
    for (const value of ["`%{sql:select 1}`", "bell\u0007"]) {
      await p.secret("isp-acme/anna-radius/password", value);
      const done = await apply();
      expect(done.code, done.text).toBe(3);
      expect(await everything(p)).toBe(before);
    }
    await p.secret("isp-acme/anna-radius/password", SECOND);
  });

  it("secret show prints the password and nothing else, and is audited", async () => {
    const made = await passwordOf(p, "carl@acme.example");
    const shown = await p.lastmile(["secret", "show", "carl"]);
    expect(shown.out.trim()).toBe(made);
    expect(
      (await p.store.query("select 1 from lastmile.audit where action ilike '%secret%' or action ilike '%show%'"))
        .rowCount,
    ).toBe(1);
  });

  it("Secrets never reach plans, status, history, explanations, nor the store in the clear", async () => {
    for (const args of [
      ["status", "-o", "json"],
      ["get", "sub", "-o", "yaml"],
      ["history", "anna", "-o", "json"],
      ["explain", "anna"],
    ])
      await run(...args);
    const made = String(await passwordOf(p, "carl@acme.example"));
    const tables = ["audit", "status", "objects", "inventory", "secrets", "claims", "ledger"];
    for (const table of tables) {
      const { rows } = await p.store.query(`select to_jsonb(t)::text as row from lastmile.${table} t`);
      said.push(JSON.stringify(rows));
    }
    for (const secret of [FIRST, SECOND, made]) expect(said.join().includes(secret)).toBe(false);
  });

  it("master key lost: a clear error, and nothing is written", async () => {
    const before = await everything(p);
    const lost = await p.lastmile(["apply", p.folder, "--yes"], { LASTMILE_KEY_FILE: join(p.home, "nowhere.key") });
    expect(lost.code).not.toBe(0);
    expect(lost.text).toMatch(/key/i);
    expect(lost.text).not.toContain("defect");
    expect(await everything(p)).toBe(before);
  });

  it("an unknown key id means unverified and never triggers a write", async () => {
    const before = await everything(p);
    await writeFile(join(p.home, "other.key"), randomBytes(32).toString("base64"), { mode: 0o600 });
    const other = await p.lastmile(["apply", p.folder, "--yes", "--timeout", "3"], {
      LASTMILE_KEY_FILE: join(p.home, "other.key"),
    });
    expect(other.text).not.toContain("defect");
    expect(await everything(p)).toBe(before);
  });
});

describe("rotation", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({ adoption: "Always" });
    await p.secret("isp-acme/anna-radius/password", FIRST);
    await p.declare("lines.yaml", byReference("anna", "WithDevice"));
    await p.apply();
  });
  afterAll(() => p?.end());

  it("WithDevice without a device that could be told: what the subscriber dials with is not changed silently", async () => {
    await p.secret("isp-acme/anna-radius/password", SECOND);
    const plan = await p.lastmile(["plan", p.folder]);
    expect(plan.code, plan.text).toBe(2);
    expect(plan.text).toMatch(/password +\(secret [^)]+\) → \(secret [^)]+\)/);
    expect(plan.text).toMatch(/held: RouterNotManaged.*dials with the earlier password\n.*rotation: Force/);
    const done = await p.apply();
    expect(await passwordOf(p, "anna@acme.example"), done.text).toBe(FIRST);
    expect(done.code, done.text).toBe(3);
    expect(done.text).toContain("RouterNotManaged");
    expect(condition(await statusOf(p, "anna"), "Ready")).toBe("False RouterNotManaged");
    expect(condition(await statusOf(p, "anna"), "InService")).toBe("True InService");
  });

  it("everything else of the subscriber goes on, a repair by hand of the password included", async () => {
    const address = { networkProfile: { staticIPv4: "10.0.1.77" } };
    await p.declare("lines.yaml", byReference("anna", "WithDevice", address));
    expect((await p.apply()).code).toBe(3);
    expect(await rows(p, "radreply", "anna@acme.example")).toContain("Framed-IP-Address := 10.0.1.77");
    const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment", mode: "Reject" } };
    await p.declare("lines.yaml", byReference("anna", "WithDevice", { ...address, ...suspended }));
    expect((await p.apply()).code).toBe(3);
    const check = await rows(p, "radcheck", "anna@acme.example");
    expect(check).toEqual(["Auth-Type := Reject", `Cleartext-Password := ${FIRST}`]);
    await p.declare("lines.yaml", byReference("anna", "WithDevice", address));
    await p.secret("isp-acme/anna-radius/password", FIRST);
    await p.radius.query("update radcheck set value = 'by-hand' where attribute = 'Cleartext-Password'");
    expect((await p.apply()).code).toBe(0);
    expect(await passwordOf(p, "anna@acme.example")).toBe(FIRST);
  });

  it.each<[string, string, object]>([
    ["another user name", "userName", { username: "anna-2@acme.example", passwordSecretRef: { name: "anna-radius" } }],
    ["a password that is made instead of the declared one", "password", {}],
  ])("%s waits, and Force writes it at once", async (_, field, account) => {
    const declare = (rotation: string) =>
      p.declare("lines.yaml", subscriber("anna", { radius: { ...account, rotation } }));
    const check = () => rows(p, "radcheck", "anna@acme.example");
    const before = await check();
    await declare("WithDevice");
    const held = await p.apply();
    expect(held.code, held.text).toBe(3);
    expect(held.text).toContain(`dials with the earlier ${field}`);
    expect(await check()).toEqual(before);
    await declare("Force");
    const forced = await p.apply();
    expect(forced.code, forced.text).toBe(0);
    expect(await check()).not.toEqual(before);
    const back = { username: "anna@acme.example", passwordSecretRef: { name: "anna-radius" }, rotation: "Force" };
    await p.declare("lines.yaml", subscriber("anna", { radius: back }));
    expect((await p.apply()).code).toBe(0);
  });

  it.each([
    ["in the clear: it is the subscriber's own from then on", "Cleartext-Password", "in-his-router"],
    ["as a hash that nobody here can read: it is left as it is", "MD5-Password", "0x5f4dcc3b5aa765d61d8327deb882cf99"],
  ])("an adopted account keeps the password that its router dials with, %s", async (_, attribute, value) => {
    const name = attribute.toLowerCase();
    const user = `${name}@acme.example`;
    await p.radius.query("insert into radcheck (username, attribute, op, value) values ($1, $2, ':=', $3)", [
      user,
      attribute,
      value,
    ]);
    await p.declare(`${name}.yaml`, subscriber(name));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await rows(p, "radcheck", user)).toEqual([`${attribute} := ${value}`]);
    if (attribute !== "Cleartext-Password") return;
    expect((await p.lastmile(["secret", "show", name])).out.trim()).toBe(value);
    await p.radius.query("update radcheck set value = 'by-hand' where username = $1", [user]);
    expect((await p.apply()).code).toBe(0);
    expect(await passwordOf(p, user)).toBe(value);
  });
});
