/** A connection request: whether the device can be called, and the session that follows. */
import { type Doc, nodeAt } from "./documents.ts";
import { type Acs, inform } from "./sessions.ts";

interface Reached {
  /** As the reason phrase tells it. */
  readonly refused?: string;
  readonly started: boolean;
}
const hasUrl = (doc: Doc): boolean =>
  ["Device", "InternetGatewayDevice"].some((root) => nodeAt(doc, `${root}.ManagementServer.ConnectionRequestURL`));
export function reach(acs: Acs, id: string): Reached {
  const device = acs.devices.get(id);
  const why = device?.noConnectionRequest;
  if (!hasUrl(acs.docs.byId.get(id)!)) throw new TypeError("Invalid URL");
  // The real one waits 2 s for a device that hangs, and says the same then.
  if (!device?.online || why === "busy" || why === "hang") return { refused: "Device is offline", started: false };
  if (why === "auth")
    return { refused: "Connection request error: Incorrect connection request credentials", started: false };
  if (why === "silent") return { started: false };
  inform(acs, device, "6 CONNECTION REQUEST");
  return { started: true };
}
