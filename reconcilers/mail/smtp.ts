/** One conversation with a mail server, and whether a message got through. RFC 5321. */
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Delivery } from "../../controller/core/life/letter.ts";
import { type Fault, fault } from "../errors.ts";
import type { ClientDeps } from "../system.ts";
import type { MailConfig } from "./config.ts";

export interface Envelope {
  readonly from: string;
  readonly to: string;
  /** Comes back with a report that it could not be delivered (RFC 3461). */
  readonly id: string;
}
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}
type Credentials = ClientDeps["credentials"];

/** Milliseconds: to connect, for the greeting, and of silence afterwards (RFC 5321, 4.5.3.2 allows up to ten minutes). */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 60_000 };
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Connected, encrypted where it must be, and logged in. @throws Fault: nothing was sent */
export async function converse<T>(
  config: MailConfig,
  credentials: Credentials,
  signal: AbortSignal,
  work: (c: SMTPConnection, failed: Promise<never>) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { host, port, implicitTls } = config;
  const { username, password } = credentials;
  const connection = new SMTPConnection({
    ...{ host, port, secure: implicitTls, ...PATIENCE, name: "lastmile" },
    // A password is not sent in clear, whatever the server offers.
    ...(username && !isLoopback(host) && { requireTLS: true }),
  });
  const failed = new Promise<never>((_, reject) => connection.once("error", reject));
  failed.catch(() => undefined);
  const cut = (): void => connection.close();
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  aborted.catch(() => undefined);
  const broken = Promise.race([failed, aborted]);
  broken.catch(() => undefined);
  signal.addEventListener("abort", cut, { once: true });
  try {
    await Promise.race([broken, called((done) => connection.connect(done))]).catch((e) => unreached(e, signal));
    if (username && password) {
      const auth = { user: username.reveal(), pass: password.reveal() };
      await Promise.race([broken, called<unknown>((done) => connection.login(auth, done))]).catch((e) =>
        unreached(e, signal),
      );
    }
    return await work(connection, broken);
  } finally {
    signal.removeEventListener("abort", cut);
    connection.on("error", () => undefined); // whatever comes now decides nothing any more
    connection.quit();
  }
}
const called = <T = void>(call: (done: (e?: Error | null, value?: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => call((e, value) => (e ? reject(e) : resolve(value as T))));

/** Nothing was said of any message yet. The server's own words may quote what it was sent. */
function unreached(e: SmtpError, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (e.code === "EAUTH")
    throw fault("Denied", `the mail server refuses the credentials (${e.responseCode ?? "no code"})`);
  if (e.code === "ETLS") throw fault("Misconfigured", "the mail server offers no TLS that could be trusted");
  throw unavailable(e);
}
const unavailable = ({ code, responseCode }: SmtpError): Fault =>
  fault("Unavailable", `the mail server did not answer (${responseCode ?? code ?? "cut"})`);

/** @throws Fault where the server itself is at fault: nothing was sent, and nothing else would be */
export function send(
  { message, ...envelope }: Envelope & { readonly message: Buffer },
  config: MailConfig,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Delivery> {
  return converse(config, credentials, signal, async (connection, failed) => {
    const body = new Body(message);
    const dsn = { id: envelope.id, ret: "HDRS", notify: ["FAILURE"] };
    const sending = called<{ response: string }>((done) =>
      connection.send(
        { from: envelope.from, to: [envelope.to], size: message.length, dsn } as never,
        body,
        done as never,
      ),
    );
    try {
      const { response } = await Promise.race([failed, sending]);
      return { state: "Sent", said: shown(response, envelope.to) };
    } catch (e) {
      sending.catch(() => undefined);
      return verdict(e as SmtpError, body.begun, envelope.to);
    }
  });
}

/** The server said 354: from the first byte on it may take the message, whatever becomes of its answer. */
class Body extends Readable {
  begun = false;
  readonly #content: Buffer;
  constructor(content: Buffer) {
    super();
    this.#content = content;
  }
  override _read(): void {
    this.begun = true;
    this.push(this.#content);
    this.push(null);
  }
}

/** A reply decides; without one nothing was delivered before the message itself, and nobody knows afterwards. */
function verdict(e: SmtpError, begun: boolean, to: string): Delivery {
  const { responseCode, response } = e;
  if (responseCode !== undefined && responseCode >= 400) {
    const said = shown(response ?? String(responseCode), to);
    return { state: responseCode >= 500 ? "Refused" : "Later", said };
  }
  if (begun) return { state: "Uncertain", said: "the connection was lost while the message was sent" };
  return { state: "Later", said: "the connection was lost before the message was sent" };
}

const LONGEST = 300;
/** Servers like to repeat whom a message was for. */
function shown(text: string, to: string): string {
  const [local = to] = to.split("@");
  const named = new RegExp(`(?<!\\w)${local.replace(/[^A-Za-z0-9]/g, "\\$&")}(?!\\w)`, "gi");
  return text
    .replace(/[^\s<>]+@[^\s<>]+/g, "(recipient)")
    .replace(named, "(recipient)")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, LONGEST);
}
