/** The REST side: one server for a controller, with its log and its troubles. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, stop } from "../netbox/broken.ts";
import { nextTrouble, type Trouble } from "./trouble.ts";

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}
export interface Answer {
  readonly code: number;
  readonly type?: string;
  readonly body?: string;
}
/** The connection ends without an answer. */
export const NEVER: Answer = { code: 0 };
export const json = (value: unknown, code = 200): Answer => ({
  code,
  type: "application/json",
  body: JSON.stringify(value),
});
/** As Go's http.Error says it. */
export const text = (code: number, said: string): Answer => ({
  code,
  type: "text/plain; charset=utf-8",
  body: `${said}\n`,
});

export interface RestSide {
  readonly url: string;
  /** Nobody is there. */
  down: boolean;
  close(): Promise<void>;
}
type Handler = (q: Question) => Answer | Promise<Answer>;

export async function serveRest(handler: Handler, trouble: Trouble[], log: string[]): Promise<RestSide> {
  const server = createServer((req, res) => {
    serve(req, res).catch((e: unknown) => res.writeHead(500).end(String(e)));
  });
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? "/").split("?")[0]!;
    const method = req.method ?? "GET";
    const line = `${method} ${path}`;
    log.push(line);
    const body = await read(req);
    const what = side.down ? "drop-before" : nextTrouble(trouble, line);
    if (what === "stall") return;
    if (what === "drop-before") return void res.destroy();
    if (what === "refuse") return send(res, text(503, "system is not ready"));
    const answer = await handler({ method, path, body });
    if (what === "lose-reply" || answer === NEVER) return void res.destroy();
    send(res, answer);
  };
  const side: RestSide = { url: await listen(server), down: false, close: () => stop(server) };
  return side;
}
function send(res: ServerResponse, { code, type, body = "" }: Answer): void {
  res.writeHead(code, type === undefined ? {} : { "Content-Type": type }).end(body);
}
async function read(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
