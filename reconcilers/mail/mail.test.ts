import { afterEach, describe, expect, it } from "vitest";
import type { Letter } from "../../controller/core/life/letter.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { type Mailbox, openCutter, openMailbox, STEPS, type Step } from "../../test/lab/smtp.ts";
import { mail } from "./index.ts";
import { samplesFor } from "./samples.ts";
import { isLoopback } from "./smtp.ts";

const PASSWORD = "correct-horse-battery";
const letter = (rest: Partial<Letter> = {}): Letter => ({
  messageId: "<0123@acme.example>",
  to: new Sensitive("john@example.com"),
  from: { name: "Acme", address: "isp@acme.example" },
  replyTo: "help@acme.example",
  language: "en",
  timeZone: "Europe/Berlin",
  templates: [],
  words: samplesFor("Activated")[0]!,
  ...rest,
});
const credentials = { username: new Sensitive("lastmile"), password: new Sensitive(PASSWORD) };
const session = (address: string, secret: object = {}) =>
  mail.connect(mail.parseConfig({ address, mail: { from: "isp@acme.example" } }), {
    endpoint: "mail-1",
    digest: String,
    credentials: secret as never,
  });
const never = new AbortController().signal;
async function deliver(address: string, one = letter(), secret = {}, signal = never) {
  const { deliver: send } = await session(address, secret);
  return send?.(one, signal);
}
const open: { close(): Promise<void> }[] = [];
async function box(...options: Parameters<typeof openMailbox>): Promise<Mailbox> {
  const made = await openMailbox(...options);
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((o) => o.close()));
});
const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

describe("a message", () => {
  it("goes out as text and HTML, with its Message-ID and who it is from", async () => {
    const { address, received } = await box();
    expect(await deliver(address)).toMatchObject({ state: "Sent" });
    const [one] = received;
    expect(one).toMatchObject({ from: "isp@acme.example", to: ["john@example.com"] });
    for (const line of [
      "Message-ID: <0123@acme.example>",
      "From: Acme <isp@acme.example>",
      "To: John Doe <john@example.com>",
      "Reply-To: help@acme.example",
      "Subject: Your connection is in service",
      "Auto-Submitted: auto-generated",
      "Content-Type: text/plain",
      "Content-Type: text/html",
    ])
      expect(one?.text).toContain(line);
  });
  it("carries a name of any letters, and no header of its own", async () => {
    const { address, received } = await box();
    const words = { ...samplesFor("Activated")[0]!, customer: { id: "C", name: "Zoë\r\nBcc: all@example.com" } };
    await deliver(address, letter({ words }));
    expect(received[0]?.to).toEqual(["john@example.com"]);
    const [headers] = received[0]?.text.split("\r\n\r\n") ?? [];
    expect(headers).toMatch(/^To: =\?UTF-8\?Q\?Zo=C3=AB_Bcc=3A_all/m);
    expect(headers).not.toMatch(/^Bcc:|=0D|=0A/m);
  });
  it.each([
    "john",
    "john@x, all@example.com",
    "john@example.com\r\nRCPT TO:<all@example.com>",
    "<john@example.com>",
    "",
  ])("goes to one address, or nowhere: %j", async (to) => {
    const { address, talks } = await box();
    expect(await deliver(address, letter({ to: new Sensitive(to) }))).toMatchObject({ state: "Refused" });
    expect(talks()).toBe(0);
  });
  it("that cannot be rendered is refused by its template, and nothing is sent", async () => {
    const { address, talks } = await box();
    const templates = [{ notice: "Activated" as const, language: "en", subject: "x", text: "{{ gone }}" }];
    expect(await deliver(address, letter({ templates }))).toEqual({
      state: "Refused",
      said: "the template cannot be rendered: undefined variable: gone",
    });
    expect(talks()).toBe(0);
  });
});

describe("a server that refuses", () => {
  const at = {
    sender: (e: Error) => ({ onMailFrom: (_a: unknown, _s: unknown, done: (e: Error) => void) => done(e) }),
    recipient: (e: Error) => ({ onRcptTo: (_a: unknown, _s: unknown, done: (e: Error) => void) => done(e) }),
    message: (e: Error) => ({
      onData: (stream: NodeJS.ReadableStream, _s: unknown, done: (e: Error) => void) => {
        stream.on("end", () => done(e)).resume();
      },
    }),
  };
  const all = (Object.keys(at) as (keyof typeof at)[]).flatMap((step) => [
    [step, 550, "Refused"] as const,
    [step, 451, "Later"] as const,
  ]);
  it.each(all)("the %s with %i: %s, and it is known", async (step, code, state) => {
    const options = at[step](refusal(code, "no such user: John@example.com"));
    const { address } = await box(options as never);
    const found = await deliver(address);
    expect(found).toMatchObject({ state, said: expect.stringContaining(String(code)) });
    expect(found?.said.toLowerCase()).not.toContain("john");
  });
  it("the password is no refusal of the message, and is not repeated", async () => {
    const { address, received } = await box({
      onAuth: (_a, _s, done) => done(refusal(535, `not ${PASSWORD}`)),
      allowInsecureAuth: true,
    });
    const found = await deliver(address, letter(), credentials).catch((e: Error) => e);
    expect(found).toMatchObject({ code: "Denied" });
    expect(JSON.stringify(found) + String((found as Error).message)).not.toContain(PASSWORD);
    expect(received).toEqual([]);
  });
  it("is not sent a password in clear where it is another machine", async () => {
    const { address } = await box({ allowInsecureAuth: true });
    const elsewhere = address.replace("127.0.0.1", "0.0.0.0"); // the same server, by a name that is not loopback
    await expect(deliver(elsewhere, letter(), credentials)).rejects.toMatchObject({ code: "Misconfigured" });
    expect(["127.0.0.1", "::1", "localhost", "127.mail.example", "localhost.example"].map(isLoopback)).toEqual([
      ...[true, true, true, false, false],
    ]);
  });
});

describe("a connection that is cut", () => {
  const UNCERTAIN: ReadonlySet<Step> = new Set(["body", "end"]);
  it.each(STEPS)("at %s: uncertain only where the message may have been taken", async (step) => {
    const cutter = await openCutter(step);
    open.push(cutter);
    const found = await deliver(cutter.address).catch((e: { code: string }) => e.code);
    if (step === "connect" || step === "greeting" || step === "EHLO") expect(found).toBe("Unavailable");
    else expect(found).toMatchObject({ state: UNCERTAIN.has(step) ? "Uncertain" : "Later" });
    expect(cutter.took.length).toBe(step === "end" ? 1 : 0);
  });
  it("by ourselves, while the server thinks it over: uncertain", async () => {
    const stop = new AbortController();
    const { address } = await box({ onData: (stream) => void stream.on("end", () => stop.abort()).resume() });
    expect(await deliver(address, letter(), {}, stop.signal)).toMatchObject({ state: "Uncertain" });
  });
  it("because nobody listens: the server is at fault", async () => {
    const { address, close } = await openMailbox();
    await close();
    await expect(deliver(address)).rejects.toMatchObject({ code: "Unavailable", kind: "Transient" });
  });
});

describe("the endpoint", () => {
  it("says that it can serve, without a message", async () => {
    const { address, received } = await box();
    expect(await (await session(address)).ping(never)).toEqual({ version: "SMTP" });
    expect(received).toEqual([]);
  });
  it.each([
    ["http://mail.example", undefined],
    ["smtp://user:pass@mail.example", undefined],
    ["mail.example:25", undefined],
    ["smtp://mail.example", { host: "mail.example", port: 25, implicitTls: false }],
    ["smtps://mail.example", { host: "mail.example", port: 465, implicitTls: true }],
    ["smtp://[::1]:2525", { host: "::1", port: 2525, implicitTls: false }],
  ])("at %s", (address, config) => {
    const parsed = (): unknown => mail.parseConfig({ address });
    if (config) expect(parsed()).toMatchObject(config);
    else expect(parsed).toThrow("is not smtp://host:port");
  });
});
