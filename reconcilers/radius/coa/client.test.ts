import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { fc, test as property } from "@fast-check/vitest";
import { afterEach, describe, expect, test } from "vitest";
import { Sensitive } from "../../../controller/core/sensitive.ts";
import { type NasClient, nasClient, waits } from "./client.ts";
import { authenticatorOf, type Code, decode, encode } from "./packet.ts";

const SECRET = "s3cret";
const QUICK = { initial: 20, longest: 80, count: 4, duration: 200 };
/** Ends only with an answer: no test is judged by its speed. */
const LONG = { initial: 20, longest: 80, count: 10_000, duration: 200_000 };
const never = new AbortController().signal;
const open: { nas?: Socket | undefined; client?: NasClient | undefined } = {};
afterEach(() => {
  open.client?.close();
  open.nas?.close();
  open.nas = undefined;
});

type Hear = (bytes: Buffer, answer: (bytes: Buffer) => void, n: number) => void;
/** A NAS that does what a test says with each packet. */
async function nas(hear: Hear, patience = LONG): Promise<NasClient> {
  const socket = createSocket("udp4");
  open.nas = socket;
  let n = 0;
  socket.on("message", (bytes, from: RemoteInfo) => {
    n += 1;
    hear(bytes, (answer) => socket.send(answer, from.port, from.address), n);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const to = { address: "127.0.0.1", port: socket.address().port, secret: new Sensitive(SECRET) };
  open.client = nasClient(to, patience);
  return open.client;
}
const reply = (request: Buffer, code: Code, cause?: number, secret = SECRET): Buffer => {
  const value = Buffer.from([0, 0, (cause ?? 0) >> 8, (cause ?? 0) & 255]);
  const attributes = cause === undefined ? [] : [{ type: 101, value }];
  return encode({ code, identifier: request[1]!, attributes }, secret, authenticatorOf(request));
};
const ask = { type: "Disconnect", attributes: [{ type: 1, value: Buffer.from("ann") }] } as const;

describe("what a NAS answers", () => {
  test.each([
    ["ACK", "Disconnect-ACK", undefined, { kind: "Ack" }],
    ["NAK with its cause", "Disconnect-NAK", 503, { kind: "Nak", cause: 503 }],
    ["NAK without one", "Disconnect-NAK", undefined, { kind: "Nak", cause: undefined }],
  ] as const)("%s", async (_, code, cause, expected) => {
    const client = await nas((bytes, answer) => {
      expect(decode(bytes, SECRET)?.code).toBe("Disconnect-Request");
      answer(reply(bytes, code, cause));
    });
    expect(await client.ask(ask, never)).toEqual(expected);
  });
  test("what fits in no packet takes nothing from those that come after it", async () => {
    const client = await nas((bytes, answer) => answer(reply(bytes, "Disconnect-ACK")));
    const long = { type: "Disconnect", attributes: [{ type: 44, value: Buffer.alloc(300) }] } as const;
    for (let n = 0; n < 300; n++) expect(await client.ask(long, never)).toEqual({ kind: "Unsayable" });
    expect(await client.ask(ask, never)).toEqual({ kind: "Ack" });
  });
  test("a packet that is lost is sent again, the same byte for byte (RFC 5080, 2.2.1)", async () => {
    const heard: string[] = [];
    const client = await nas((bytes, answer, n) => {
      heard.push(bytes.toString("hex"));
      if (n === 3) answer(reply(bytes, "Disconnect-ACK"));
    });
    expect(await client.ask(ask, never)).toEqual({ kind: "Ack" });
    expect(new Set(heard).size).toBe(1);
    expect(heard.length).toBeGreaterThanOrEqual(3);
  });
  test("silence is no answer, and never a NAK", async () => {
    expect(await (await nas(() => undefined, QUICK)).ask(ask, never)).toEqual({ kind: "Silent" });
  });
  test("another's answer is dropped: a wrong secret, another request, noise", async () => {
    const client = await nas((bytes, answer) => {
      answer(reply(bytes, "Disconnect-ACK", undefined, "wrong"));
      answer(Buffer.from("noise"));
      answer(encode({ code: "Disconnect-ACK", identifier: bytes[1]!, attributes: [] }, SECRET));
    }, QUICK);
    expect(await client.ask(ask, never)).toEqual({ kind: "Silent" });
  });
  test("many at once keep their own answers", async () => {
    const client = await nas((bytes, answer) => {
      const user = decode(bytes, SECRET)?.attributes[0]?.value.toString() ?? "";
      const odd = Number(user) % 2 === 1;
      answer(odd ? reply(bytes, "Disconnect-NAK", 400 + (Number(user) % 100)) : reply(bytes, "Disconnect-ACK"));
    });
    const all = Array.from({ length: 300 }, (_, n) =>
      client.ask({ type: "Disconnect", attributes: [{ type: 1, value: Buffer.from(`${n}`) }] }, never),
    );
    const answers = await Promise.all(all);
    expect(answers[0]).toEqual({ kind: "Ack" });
    expect(answers[299]).toEqual({ kind: "Nak", cause: 499 });
  });
  test("who gives up hears nothing, and the next one is served", async () => {
    const client = await nas((bytes, answer, n) => n > 1 && answer(reply(bytes, "Disconnect-ACK")));
    await expect(client.ask(ask, AbortSignal.timeout(5))).rejects.toThrow();
    expect(await client.ask(ask, never)).toEqual({ kind: "Ack" });
  });
});

property.prop([
  fc.record({
    initial: fc.integer({ min: 1, max: 5_000 }),
    longest: fc.integer({ min: 1, max: 30_000 }),
    count: fc.integer({ min: 1, max: 10 }),
    duration: fc.integer({ min: 1, max: 60_000 }),
  }),
  fc.double({ min: 0, max: 1, noNaN: true }),
])("waits double within their bounds (RFC 5080, 2.2.1)", (patience, random) => {
  const all = waits(patience, () => random);
  expect(all.length).toBeLessThanOrEqual(patience.count);
  expect(all.length).toBeGreaterThan(0);
  expect(all.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(patience.duration + 0.001);
  for (const [n, wait] of all.entries()) {
    expect(wait).toBeLessThanOrEqual(Math.max(patience.longest, patience.initial) * 1.1 + 0.001);
    const last = n === all.length - 1;
    if (n > 0 && !last) expect(wait).toBeLessThanOrEqual(all[n - 1]! * 2.1 * 1.1 + 0.001);
  }
});
