/** What comes from the side of the devices: SADIS is asked for, and hints are given. Only with the token (RFC 6750). */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Fault } from "../../reconcilers/errors.ts";
import type { Sensitive } from "../core/sensitive.ts";
import { type Answer, plain } from "./http-answer.ts";

export interface Devices {
  readonly token: Sensitive;
  /** What a system comes to ask for, such as SADIS; undefined: nobody declares it, and nothing of it stands. */
  document(path: string): Promise<unknown>;
  /** `POST /hints/<system>/<resource>/<key>`: something happened to this object, so it is looked at again. */
  hint(ref: string): void;
  /** Whoever asks is told a code; the rest is for the log. */
  failed(error: unknown): void;
}
const HINTS = "/hints/";
const DOCUMENTS = "/sadis/";
const REF = /^[^/]+\/[^/]+\/[^/]+$/;

/** Undefined: another part of the server answers there. */
export async function answerDevices(
  devices: Devices | undefined,
  { method, url = "", headers }: IncomingMessage,
): Promise<Answer | undefined> {
  const [path = "", query] = url.split("?", 2);
  if (!path.startsWith(HINTS) && !path.startsWith(DOCUMENTS)) return undefined;
  if (!devices) return CLOSED;
  if (!isKnown(devices.token, headers.authorization, new URLSearchParams(query).get("access_token"))) return UNKNOWN;
  try {
    return path.startsWith(HINTS)
      ? hear(devices, method, path.slice(HINTS.length))
      : await published(devices, method, decoded(path));
  } catch (error) {
    devices.failed(error);
    const isPassing = error instanceof Fault && (error.kind === "Transient" || error.kind === "Unknown");
    return coded(isPassing ? 503 : 500, error instanceof Fault ? error.code : "Internal");
  }
}

function hear({ hint }: Devices, method: string | undefined, ref: string): Answer {
  if (method !== "POST") return plain(405, "a hint is a POST\n");
  if (!REF.test(ref)) return plain(404, "a hint is POST /hints/SYSTEM/RESOURCE/KEY\n");
  hint(decoded(ref));
  return plain(202, "looked at again\n");
}
async function published({ document }: Devices, method: string | undefined, path: string): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return plain(405, "only GET is answered\n");
  const found = await document(path);
  if (found === undefined) return coded(404, "NotDeclared");
  return { status: 200, type: "application/json", text: `${JSON.stringify(found)}\n` };
}

const CLOSED = plain(403, "start lastmile run with --devices-token-file\n");
const UNKNOWN: Answer = {
  ...plain(401, "whoever asks here shows the token of --devices-token-file\n"),
  headers: { "www-authenticate": "Bearer" },
};
/** ONOS's SADIS app can send no header, and sends its URL with the query that it was given (RFC 6750, 2.3). */
function isKnown(token: Sensitive, header: string | undefined, inQuery: string | null): boolean {
  const [, inHeader] = /^Bearer +(\S+)$/i.exec(header ?? "") ?? [];
  return timingSafeEqual(hashOf(inHeader ?? inQuery ?? ""), hashOf(token.reveal()));
}
/** Of one length, whatever was sent. */
const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

const coded = (status: number, code: string): Answer => ({
  status,
  type: "application/json",
  text: `${JSON.stringify({ code })}\n`,
});
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
