/** A real SMTP server in the test process, and a bare one that hangs up wherever it is told to. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}
export interface Mailbox {
  /** `smtp://127.0.0.1:port` */
  readonly address: string;
  readonly received: Received[];
  /** How many conversations were begun. */
  readonly talks: () => number;
  close(): Promise<void>;
}

/** Takes everything that its options do not refuse. */
export async function openMailbox(options: SMTPServerOptions = {}, port = 0): Promise<Mailbox> {
  const received: Received[] = [];
  let talks = 0;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    onConnect: (_, done) => {
      talks++;
      done();
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map((r) => r.address),
          text: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // clients that hang up
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const { port: given } = server.server.address() as AddressInfo;
  return {
    address: `smtp://127.0.0.1:${given}`,
    received,
    talks: () => talks,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Where a conversation can end without a word. */
export const STEPS = ["connect", "greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "end"] as const;
export type Step = (typeof STEPS)[number];
const REPLIES: Readonly<Record<string, string>> = {
  EHLO: "250 bare",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
};

/** Answers everything before `at`, and hangs up there; `took`: what it had by then. */
export async function openCutter(at: Step) {
  const took: string[] = [];
  const talk = (socket: Socket): void => {
    socket.on("error", () => undefined);
    if (at === "connect") return void socket.destroy();
    if (at === "greeting") return void socket.end("22");
    socket.write("220 bare\r\n");
    const heard: Heard = { rest: "", inBody: false };
    socket.on("data", (part) => {
      heard.rest += part.toString();
      if (heard.inBody) hearBody(socket, heard, at, took);
      else hearCommands(socket, heard, at);
    });
  };
  const server = createServer(talk).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `smtp://127.0.0.1:${port}`,
    took,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
interface Heard {
  rest: string;
  inBody: boolean;
}
function hearBody(socket: Socket, { rest }: Heard, at: Step, took: string[]): void {
  if (at !== "body" && !rest.endsWith("\r\n.\r\n")) return;
  if (at === "end") took.push(rest);
  socket.destroy();
}
function hearCommands(socket: Socket, heard: Heard, at: Step): void {
  for (let end = heard.rest.indexOf("\r\n"); end >= 0; end = heard.rest.indexOf("\r\n")) {
    const [verb = ""] = heard.rest.slice(0, end).toUpperCase().split(/[ :]/);
    heard.rest = heard.rest.slice(end + 2);
    if (verb === at) return void socket.destroy();
    socket.write(`${REPLIES[verb] ?? "221 bye"}\r\n`);
    heard.inBody = verb === "DATA";
    if (heard.inBody) return;
  }
}
