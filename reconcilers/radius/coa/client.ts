/** The wire to one NAS: CoA and Disconnect over UDP, sent again as RFC 5080 says until an answer verifies. */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Sensitive } from "../../../controller/core/sensitive.ts";
import { type Attribute, authenticatorOf, decode, encode, errorCause, type Packet } from "./packet.ts";

/** A wrong secret, a wrong port and a NAS that is down look alike: nobody answers, and nothing is known. */
export type Answer =
  | { readonly kind: "Ack" }
  | { readonly kind: "Nak"; readonly cause: number | undefined }
  | { readonly kind: "Silent" }
  /** It fits in no packet: nothing was sent. */
  | { readonly kind: "Unsayable" };
export interface Request {
  readonly type: "CoA" | "Disconnect";
  readonly attributes: readonly Attribute[];
}
export interface NasClient {
  /** Rejects when the signal comes first: then nobody knows either. */
  ask(request: Request, signal: AbortSignal): Promise<Answer>;
  close(): void;
}
export interface NasAddress {
  readonly address: string;
  readonly port: number;
  readonly secret: Sensitive;
}

/** RFC 5080, 2.2.1, in milliseconds. */
export interface Patience {
  readonly initial: number;
  readonly longest: number;
  readonly count: number;
  readonly duration: number;
}
/** Shorter than for a login: nobody holds a telephone, and the next request asks again. */
const PATIENCE: Patience = { initial: 1_000, longest: 4_000, count: 4, duration: 8_000 };

/** How long to wait after each sending: doubled, within bounds, each ± 10 %. */
export function waits({ initial, longest, count, duration }: Patience, random: () => number): readonly number[] {
  const out: number[] = [];
  for (let left = duration; out.length < count && left > 0; left -= out.at(-1)!) {
    const spread = 0.2 * random() - 0.1;
    const before = out.at(-1);
    const next = before === undefined ? initial * (1 + spread) : before * (2 + spread);
    out.push(Math.min(next > longest ? longest * (1 + spread) : next, left));
  }
  return out;
}

function encoded(packet: Packet, secret: string): Buffer | undefined {
  try {
    return encode(packet, secret);
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
    return undefined;
  }
}

interface Open {
  readonly request: Buffer;
  done(answer: Answer): void;
}
const IDENTIFIERS = 256;

export function nasClient(to: NasAddress, patience: Patience = PATIENCE): NasClient {
  const secret = to.secret.reveal();
  const open = new Map<number, Open>();
  const taken = new Set<number>();
  const waiting: (() => void)[] = [];
  let socket: Socket | undefined;
  let next = 0;

  const connected = (): Socket => {
    if (socket) return socket;
    socket = createSocket(isIPv6(to.address) ? "udp6" : "udp4");
    socket.unref();
    socket.on("error", () => undefined); // what could not be sent is silence
    socket.on("message", (bytes, from) => {
      if (from.port === to.port) hear(bytes);
    });
    return socket;
  };
  const hear = (bytes: Buffer): void => {
    const one = bytes.length > 1 ? open.get(bytes.readUInt8(1)) : undefined;
    const answer = one && decode(bytes, secret, authenticatorOf(one.request));
    if (!one || !answer) return; // not from who knows the secret: dropped without a word (RFC 2865, 3)
    const acknowledged = answer.code === "CoA-ACK" || answer.code === "Disconnect-ACK";
    one.done(acknowledged ? { kind: "Ack" } : { kind: "Nak", cause: errorCause(answer) });
  };
  const identifier = async (): Promise<number> => {
    while (taken.size >= IDENTIFIERS) await new Promise<void>((free) => waiting.push(free));
    while (taken.has(next)) next = (next + 1) % IDENTIFIERS;
    const mine = next;
    taken.add(mine);
    next = (next + 1) % IDENTIFIERS;
    return mine;
  };
  const release = (id: number): void => {
    taken.delete(id);
    waiting.shift()?.();
  };

  return {
    async ask({ type, attributes }, signal) {
      const id = await identifier();
      if (signal.aborted) release(id);
      signal.throwIfAborted();
      const request = encoded({ code: `${type}-Request`, identifier: id, attributes }, secret);
      if (!request) {
        release(id);
        return { kind: "Unsayable" };
      }
      return new Promise<Answer>((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abort);
          open.delete(id);
          release(id);
        };
        const done = (answer: Answer): void => {
          end();
          resolve(answer);
        };
        const abort = (): void => {
          end();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        open.set(id, { request, done });
        const left = [...waits(patience, Math.random)];
        // The same bytes each time: to the NAS it is one request, however often it arrives.
        const send = (): void => {
          const wait = left.shift();
          if (wait === undefined) done({ kind: "Silent" });
          else {
            connected().send(request, to.port, to.address, () => undefined);
            timer = setTimeout(send, wait);
          }
        };
        send();
      });
    },
    close() {
      for (const one of [...open.values()]) one.done({ kind: "Silent" });
      socket?.close();
      socket = undefined;
    },
  };
}
