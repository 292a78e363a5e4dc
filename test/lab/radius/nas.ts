/** A NAS for tests: holds sessions, takes CoA and Disconnect over UDP, and writes what its accounting would. */
import { createSocket } from "node:dgram";
import type pg from "pg";
import {
  type Attribute,
  authenticatorOf,
  type Code,
  decode,
  encode,
  type Packet,
} from "../../../reconcilers/radius/coa/packet.ts";

/** `deaf`: it never hears. `dumb`: it does what it is told, and its answers are lost. A number: NAK with this cause. */
export type Trouble = "deaf" | "dumb" | number;
export interface LabNas {
  readonly port: number;
  /** Requests, each once however often it was sent: `Disconnect 81a0`, `CoA 81a0 14988/8=1M/1M`. */
  readonly heard: string[];
  /** Acct-Session-Ids that are up. */
  readonly up: Set<string>;
  readonly trouble: { of: Trouble | undefined; coa: Trouble | undefined };
  /** Its Stops do not come through. */
  readonly accounting: { lost: boolean };
  close(): Promise<void>;
}

export async function labNas(secret: string, pool: pg.Pool): Promise<LabNas> {
  const socket = createSocket("udp4");
  const done = new Map<string, Buffer>();
  const self = {
    heard: [] as string[],
    up: new Set<string>(),
    trouble: { of: undefined, coa: undefined } as LabNas["trouble"],
    accounting: { lost: false },
  };
  const end = (id: string): Promise<unknown> =>
    pool.query("update radacct set acctstoptime = now(), acctterminatecause = 'Admin-Reset' where acctsessionid = $1", [
      id,
    ]);
  const act = async (request: Packet): Promise<Code | number> => {
    const id = text(request.attributes, 44);
    const isCoa = request.code === "CoA-Request";
    self.heard.push([isCoa ? "CoA" : "Disconnect", id, ...told(request.attributes)].join(" "));
    const trouble = (isCoa ? self.trouble.coa : undefined) ?? self.trouble.of;
    if (typeof trouble === "number") return trouble;
    if (!self.up.has(id)) return 503;
    if (isCoa) return "CoA-ACK";
    self.up.delete(id);
    if (!self.accounting.lost) await end(id);
    return "Disconnect-ACK";
  };
  const answer = async (bytes: Buffer, from: number): Promise<Buffer | undefined> => {
    const request = decode(bytes, secret);
    if (!request || self.trouble.of === "deaf") return undefined;
    const key = `${from} ${authenticatorOf(bytes).toString("hex")}`;
    const before = done.get(key);
    if (before) return before;
    const code = await act(request);
    const nak = request.code === "CoA-Request" ? "CoA-NAK" : "Disconnect-NAK";
    const attributes =
      typeof code === "number" ? [{ type: 101, value: Buffer.from([0, 0, code >> 8, code & 255]) }] : [];
    const reply = { code: typeof code === "number" ? nak : code, identifier: request.identifier, attributes } as const;
    const sent = encode(reply, secret, authenticatorOf(bytes));
    done.set(key, sent);
    return sent;
  };
  socket.on("message", (bytes, from) => {
    void answer(bytes, from.port).then((reply) => {
      if (reply && self.trouble.of !== "dumb") socket.send(reply, from.port, from.address);
    });
  });
  await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
  return {
    ...self,
    port: socket.address().port,
    close: () => new Promise<void>((closed) => socket.close(closed)),
  };
}

const NAMING = new Set([1, 4, 8, 44, 55]);
const text = (all: readonly Attribute[], type: number): string =>
  all.find((a) => a.type === type && a.vendor === undefined)?.value.toString() ?? "";
const told = (all: readonly Attribute[]): readonly string[] =>
  all
    .filter((a) => a.vendor !== undefined || !NAMING.has(a.type))
    .map((a) => `${a.vendor === undefined ? "" : `${a.vendor}/`}${a.type}=${a.value.toString()}`);
