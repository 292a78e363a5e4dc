import { fileURLToPath } from "node:url";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { expect, test } from "vitest";
import { connectCore } from "./core.ts";

const ONUS = 40_000;
const PROTO = fileURLToPath(new URL("./voltha.proto", import.meta.url));
/** As long as the real ones: ids are UUIDs. */
const items = Array.from({ length: ONUS }, (_, n) => ({
  id: `${n}`.padStart(36, "0"),
  parentId: "0".repeat(36),
  serialNumber: `ALCL${n.toString(16).padStart(8, "0")}`,
  type: "brcm_openomci_onu",
  vendor: "ALCL",
  parentPortNo: 0x20000000,
  reason: "omci-flows-pushed",
}));

test("all ONUs of a large OLT are one answer: more than the 4 MB that gRPC takes unless it is told otherwise", async () => {
  const { VolthaService } = loadPackageDefinition(loadSync(PROTO))["voltha"] as unknown as {
    readonly VolthaService: ServiceClientConstructor;
  };
  const { ListDevices } = VolthaService.service;
  expect(ListDevices?.responseSerialize({ items }).length).toBeGreaterThan(4 * 1024 * 1024);
  const server = new Server();
  const answer = (_: unknown, done: sendUnaryData<object>) => done(null, { items });
  server.addService({ ListDevices: ListDevices! }, { ListDevices: answer });
  const port = await new Promise<number>((bound, failed) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (e, at) => (e ? failed(e) : bound(at))),
  );
  const core = connectCore(`127.0.0.1:${port}`);
  try {
    expect(await core.devices(new AbortController().signal)).toHaveLength(ONUS);
  } finally {
    core.close();
    server.forceShutdown();
  }
});
