/** voltha.VolthaService on 127.0.0.1. */
import { join } from "node:path";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { Change, Core } from "./core.ts";
import { type Asked, calls, Refusal } from "./rpc.ts";
import { nextTrouble, type Trouble, type Way } from "./trouble.ts";
import { changeEvent } from "./wire.ts";

const PROTO = join(import.meta.dirname, "../../../reconcilers/voltha/voltha.proto");
const { VolthaService } = loadPackageDefinition(loadSync(PROTO, { longs: String, enums: String, defaults: true }))[
  "voltha"
] as unknown as { readonly VolthaService: ServiceClientConstructor };

export interface GrpcSide {
  /** host:port */
  readonly address: string;
  /** Without Kafka nobody is told of anything. */
  cutStreams(): void;
  close(): void;
}
type Call = ServerUnaryCall<Asked, object>;
type Stream = ServerWritableStream<object, object>;

export async function serveGrpc(core: Core, trouble: Trouble[], log: string[]): Promise<GrpcSide> {
  const server = new Server();
  const streams = new Set<Stream>();
  const stream = (call: Stream): void => {
    log.push("ReceiveChangeEvents");
    if (!core.kafka) return void call.emit("error", NOT_READY);
    const watcher = (change: Change): void => void call.write(changeEvent(change));
    core.watchers.add(watcher);
    streams.add(call);
    const gone = (): void => {
      core.watchers.delete(watcher);
      streams.delete(call);
    };
    call.on("cancelled", gone).on("close", gone);
  };
  server.addService(VolthaService.service, { ...unary(core, trouble, log), ReceiveChangeEvents: stream });
  const port = await new Promise<number>((done, failed) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (e, bound) => (e ? failed(e) : done(bound))),
  );
  return {
    address: `127.0.0.1:${port}`,
    cutStreams: () => {
      for (const call of streams) call.emit("error", NOT_READY);
    },
    close: () => server.forceShutdown(),
  };
}

const NOT_READY = { code: status.UNAVAILABLE, details: "system is not ready" };
const CUT = { code: status.UNAVAILABLE, details: "error reading from server: EOF" };

function unary(core: Core, trouble: Trouble[], log: string[]): UntypedServiceImplementation {
  const serve = (name: string, run: (asked: Asked) => object) => (call: Call, answer: sendUnaryData<object>) => {
    const line = call.request.id ? `${name} ${call.request.id}` : name;
    log.push(line);
    const what = core.kafka ? nextTrouble(trouble, line) : "refuse";
    reply(what, () => run(call.request), answer);
  };
  return Object.fromEntries(Object.entries(calls(core)).map(([name, run]) => [name, serve(name, run)]));
}
function reply(what: Way | undefined, run: () => object, answer: sendUnaryData<object>): void {
  if (what === "stall") return;
  if (what === "refuse") answer(NOT_READY);
  else if (what === "drop-before") answer(CUT);
  else attempt(run, what === "lose-reply" ? () => answer(CUT) : answer);
}
function attempt(run: () => object, answer: sendUnaryData<object>): void {
  try {
    answer(null, run());
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    answer({ code: e.code, details: e.message });
  }
}
