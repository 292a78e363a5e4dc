/** A ping that fails opens a new session of the same configuration: it knows what happened before. */
import { expect, test } from "vitest";
import { voltha } from "../../reconcilers/voltha/index.ts";
import { startVoltha } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { configAt, ENDPOINT, OLT } from "./voltha.subjects.ts";

const deps = { endpoint: ENDPOINT, digest: (text: string) => text, credentials: {} };

test("an OLT that came back between two sessions settles; to one of another configuration nothing happened", async () => {
  const lab = await startVoltha();
  lab.olt({ serial: OLT.serial, hostAndPort: OLT.address });
  const config = configAt({ grpc: lab.grpc, controller: lab.vgc });
  const troubles = async (of: typeof config) => {
    const session = await voltha.connect(of, deps);
    const { troubles: said = [] } = await session.ping(signal);
    await session.close();
    return said.map((t) => t.reason);
  };
  const first = await voltha.connect(config, deps);
  const olt = first.resources.find((r) => r.name === "olt")!;
  const ref = { system: ENDPOINT, resource: "olt", key: OLT.name };
  const order = { ref, action: "create", token: "lm_t", owner: "lab/acme/Tenant/acme/acme", id: undefined } as const;
  await olt.apply([{ ...order, patch: {} }], signal);
  await lab.settled();
  expect((await first.ping(signal)).troubles).toEqual([]);
  lab.oltDown(OLT.serial);
  await lab.settled();
  expect((await first.ping(signal)).troubles).toMatchObject([{ reason: "OLTDown" }]);
  await first.close();
  lab.oltUp(OLT.serial);
  await lab.settled();
  expect(await troubles(config)).toEqual(["Settling"]);
  expect(await troubles(structuredClone(config))).toEqual([]);
  await lab.close();
});
