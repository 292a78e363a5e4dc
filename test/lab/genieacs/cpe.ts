/** A router in the hands of a test: what it really holds, what it was told, and what is done to it on the spot. */
import { type Device, leafAt, makeDevice, type Plug, type Rpc, reset, setByHand, type Unreachable } from "./device.ts";
import { dropAt, register } from "./documents.ts";
import { type Acs, inform } from "./sessions.ts";
import type { Value } from "./tree.ts";

export interface Cpe {
  readonly id: string;
  /** Whether a connection request finds it. */
  online: boolean;
  noConnectionRequest: Unreachable | undefined;
  /** A session goes on, which has read its tasks: later ones are for the next, and none can be taken back. */
  inSession: boolean;
  /** Its next session ends with the first values that it is told, before or after it took them: the ACS has no answer. */
  breaksOff: "before" | "after" | undefined;
  /** Comes online and runs what is queued. After a start or a reset it says so too. */
  inform(event?: string): void;
  /** By hand, at the device; it has not told the ACS yet. */
  factoryReset(): void;
  set(path: string, value: Value): void;
  /** What it really holds, secrets too. */
  get(path: string): Value;
  /** Every RPC that it received, in order. */
  readonly rpcs: readonly Rpc[];
  readOnly(path: string): void;
  /** Refuses any value: 9005 to 9008 within a 9003, other codes as a whole. */
  rejects(path: string, code: string): void;
}

export function plugIn(acs: Acs, plug: Plug): Cpe {
  const device = makeDevice(plug);
  acs.devices.set(device.id, device);
  if (device.online) inform(acs, device, "2 PERIODIC");
  return handle(acs, device);
}
function handle(acs: Acs, device: Device): Cpe {
  return {
    id: device.id,
    get online() {
      return device.online;
    },
    set online(online) {
      device.online = online;
    },
    get noConnectionRequest() {
      return device.noConnectionRequest;
    },
    set noConnectionRequest(why) {
      device.noConnectionRequest = why;
      if (why === "url" || why === "inform") forgetHow(acs, device, why);
    },
    get inSession() {
      return device.inSession;
    },
    set inSession(inSession) {
      device.inSession = inSession;
    },
    get breaksOff() {
      return device.breaksOff;
    },
    set breaksOff(when) {
      device.breaksOff = when;
    },
    inform: (event = "2 PERIODIC") => {
      device.online = true;
      inform(acs, device, event);
    },
    factoryReset: () => reset(device),
    set: (path, value) => setByHand(device, path, value),
    get: (path) => leafAt(device, path).value,
    rpcs: device.rpcs,
    readOnly: (path) => void device.readOnly.add(path),
    rejects: (path, code) => void device.rejected.set(path, code),
  };
}
/** As a record that somebody made, or that an older inform left. */
function forgetHow(acs: Acs, device: Device, what: "url" | "inform"): void {
  const doc = acs.docs.byId.get(device.id) ?? register(acs.docs, device.plug, acs.now());
  if (what === "inform") delete doc["_lastInform"];
  else for (const root of device.tree.children.keys()) dropAt(doc, `${root}.ManagementServer.ConnectionRequestURL`);
}
