/** The wire to rw_core: gRPC, whose every failure leaves as a coded Fault. */
import { fileURLToPath } from "node:url";
import {
  type CallOptions,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { fault } from "../errors.ts";
import type { ChangeEvent, Device, LogicalDevice, LogicalPort } from "./device.ts";
import { faultOf, isEnabledAlready, isGone, isKnownAlready, type Verb } from "./status.ts";

export interface Core {
  devices(signal: AbortSignal): Promise<readonly Device[]>;
  /** Undefined: there is none of this id. */
  device(id: string, signal: AbortSignal): Promise<Device | undefined>;
  logicalDevices(signal: AbortSignal): Promise<readonly LogicalDevice[]>;
  /** Of a logical device; none where there is no such device any more. */
  logicalPorts(id: string, signal: AbortSignal): Promise<readonly LogicalPort[]>;
  /** Types of the adapters that run. */
  adapters(signal: AbortSignal): Promise<readonly string[]>;
  /** An OLT that is there already is no error: it is found in the list. */
  createOlt(hostAndPort: string, signal: AbortSignal): Promise<void>;
  /** Enabled already is as good; so is disabled already, or deleted already. */
  enable(id: string, signal: AbortSignal): Promise<void>;
  disable(id: string, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Ends with the signal; a stream that breaks is a Fault. */
  events(signal: AbortSignal): AsyncIterable<ChangeEvent>;
  close(): void;
}

const READ_MS = 30_000;
/** A DeleteDevice or DisableDevice waits for the adapters. */
const WRITE_MS = 60_000;
const OPTIONS = {
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  // Unless told otherwise 4 MB, and forty thousand ONUs are more; with their metrics some tens of megabytes.
  "grpc.max_receive_message_length": 512 * 1024 * 1024,
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 10_000,
};
const PROTO = fileURLToPath(new URL("./voltha.proto", import.meta.url));

interface Items {
  readonly items: readonly unknown[];
}

export function connectCore(address: string): Core {
  const grpc = new (service())(address, credentials.createInsecure(), OPTIONS);
  const unary = <T>(method: string, request: object, verb: Verb, signal: AbortSignal): Promise<T> =>
    call<T>(
      (options, done) =>
        grpc.makeUnaryRequest(
          definition(method).path,
          definition(method).requestSerialize,
          definition(method).responseDeserialize,
          request,
          options,
          done,
        ),
      verb,
      signal,
    );
  const definition = (method: string) => service().service[method]!;
  const items = async <T>(method: string, request: object, signal: AbortSignal): Promise<readonly T[]> =>
    (await unary<Items>(method, request, "read", signal)).items as readonly T[];
  const list = <T>(method: string, signal: AbortSignal): Promise<readonly T[]> =>
    items<T>(method, {}, signal).catch(as("read"));
  const write = (method: string, request: object, signal: AbortSignal, fine: (e: unknown) => boolean): Promise<void> =>
    unary<unknown>(method, request, "write", signal).then(
      () => undefined,
      (e: unknown) => (fine(e) ? undefined : as("write")(e)),
    );
  return {
    devices: (signal) => list<Device>("ListDevices", signal),
    device: (id, signal) =>
      unary<Device>("GetDevice", { id }, "read", signal).catch((e: unknown) => (isGone(e) ? undefined : as("read")(e))),
    logicalDevices: (signal) => list<LogicalDevice>("ListLogicalDevices", signal),
    logicalPorts: (id, signal) =>
      items<LogicalPort>("ListLogicalDevicePorts", { id }, signal).catch((e: unknown) =>
        isGone(e) ? [] : as("read")(e),
      ),
    adapters: async (signal) => (await list<{ readonly type: string }>("ListAdapters", signal)).map((a) => a.type),
    createOlt: (hostAndPort, signal) => write("CreateDevice", { type: "openolt", hostAndPort }, signal, isKnownAlready),
    enable: (id, signal) => write("EnableDevice", { id }, signal, isEnabledAlready),
    disable: (id, signal) => write("DisableDevice", { id }, signal, () => false),
    remove: (id, signal) => write("DeleteDevice", { id }, signal, isGone),
    events: (signal) =>
      stream(() => {
        const d = definition("ReceiveChangeEvents");
        return grpc.makeServerStreamRequest(d.path, d.requestSerialize, d.responseDeserialize, {});
      }, signal),
    close: () => grpc.close(),
  };
}

let loaded: ServiceClientConstructor | undefined;
function service(): ServiceClientConstructor {
  if (loaded) return loaded;
  const definition = loadSync(PROTO, { longs: String, enums: String, defaults: true, oneofs: true });
  const { VolthaService } = loadPackageDefinition(definition)["voltha"] as unknown as {
    readonly VolthaService: ServiceClientConstructor;
  };
  loaded = VolthaService;
  return loaded;
}

const as =
  (verb: Verb) =>
  (e: unknown): never => {
    throw faultOf(e, verb);
  };

type Send = (options: CallOptions, done: (e: ServiceError | null, answer?: unknown) => void) => { cancel(): void };
/** Rejects with the gRPC error itself: the caller knows which are none. */
function call<T>(send: Send, verb: Verb, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(fault("Unavailable", "the call was given up before it began"));
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const deadline = Date.now() + (verb === "read" ? READ_MS : WRITE_MS);
  const sent = send({ deadline }, (e, answer) => (e ? reject(e) : resolve(answer as T)));
  const cancel = (): void => sent.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", cancel));
}

async function* stream(open: () => ClientReadableStream<unknown>, signal: AbortSignal): AsyncGenerator<ChangeEvent> {
  if (signal.aborted) return;
  const events = open();
  const cancel = (): void => events.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (const e of events) yield e as ChangeEvent;
  } catch (e) {
    if (!signal.aborted) throw faultOf(e, "read");
  } finally {
    signal.removeEventListener("abort", cancel);
    events.cancel();
  }
}
