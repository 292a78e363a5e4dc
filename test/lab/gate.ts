/** An HTTP server with a door before it: what passes is written down, and the door can be shut or fall shut. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listen, stop } from "./netbox/broken.ts";

export interface Gate {
  readonly url: string;
  /** `METHOD path` of what came, also to a shut door. */
  readonly log: string[];
  /** Nobody is there: connections end without an answer. */
  shut: boolean;
  /** Called after a request has taken effect; true: its answer is lost, and from now on the door is shut. */
  falls: (line: string) => boolean;
  close(): Promise<void>;
}

export async function openGate(upstream: string): Promise<Gate> {
  const server = createServer((req, res) => pass(gate, upstream, req, res));
  const gate: Gate = {
    url: await listen(server),
    log: [],
    shut: false,
    falls: () => false,
    close: () => stop(server),
  };
  return gate;
}

function pass(gate: Gate, upstream: string, req: IncomingMessage, res: ServerResponse): void {
  const line = `${req.method} ${req.url?.split("?")[0]}`;
  gate.log.push(line);
  if (gate.shut) return void res.destroy();
  const { host } = new URL(upstream);
  const onward = request(
    `${upstream}${req.url}`,
    { method: req.method, headers: { ...req.headers, host } },
    (answer) => {
      if (gate.falls(line)) gate.shut = true;
      if (gate.shut) return void res.destroy();
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    },
  );
  onward.on("error", () => res.destroy());
  req.pipe(onward);
}
