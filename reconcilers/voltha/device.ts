/** What rw_core tells of a device, as the proto loader gives it. */

export interface Device {
  readonly id: string;
  /** An OLT. */
  readonly root: boolean;
  /** Of an ONU: the id of its OLT. Of an OLT: the id of its logical device. */
  readonly parentId: string;
  readonly serialNumber: string;
  readonly adminState: "UNKNOWN" | "PREPROVISIONED" | "ENABLED" | "DISABLED" | "DOWNLOADING_IMAGE";
  readonly operStatus:
    | "UNKNOWN"
    | "DISCOVERED"
    | "ACTIVATING"
    | "TESTING"
    | "ACTIVE"
    | "FAILED"
    | "RECONCILING"
    | "RECONCILING_FAILED"
    | "REBOOTED";
  readonly connectStatus: "UNKNOWN" | "UNREACHABLE" | "REACHABLE";
  readonly proxyAddress?: { readonly onuId: number } | null;
  /** Number of the PON port to which an ONU is connected. */
  readonly parentPortNo: number;
  readonly hostAndPort?: string;
  /** How far an ONU has come; `omci-flows-pushed` is the end. */
  readonly reason: string;
}
export interface LogicalDevice {
  readonly datapathId: string;
  readonly rootDeviceId: string;
}
/** As the controller above sees it: down while its device works, nothing of its customer is carried. */
export interface LogicalPort {
  readonly ofpPort?: { readonly name: string; readonly config: number; readonly state: number } | null;
}
/** Something happened to a port, or to the OLT as a whole. */
export interface ChangeEvent {
  /** Of the logical device. */
  readonly id: string;
  readonly portStatus?: {
    readonly reason: "OFPPR_ADD" | "OFPPR_DELETE" | "OFPPR_MODIFY";
    readonly desc?: { readonly name: string } | null;
  } | null;
}

/** Of an OLT: what it says of its ONUs can be believed. Its ONUs stay ACTIVE and REACHABLE when it dies: so the root first. */
export const isUp = (root: Device): boolean =>
  root.adminState === "ENABLED" && root.operStatus === "ACTIVE" && root.connectStatus === "REACHABLE";
/** OpenFlow 1.3, 7.2.1: OFPPS_LINK_DOWN, OFPPC_PORT_DOWN. */
const LINK_DOWN = 1;
const SWITCHED_OFF = 1;
/** And nobody switched it off. */
export const isDown = ({ ofpPort }: LogicalPort): boolean =>
  ofpPort ? (ofpPort.state & LINK_DOWN) !== 0 && (ofpPort.config & SWITCHED_OFF) === 0 : false;
/** Of an ONU: it is plugged in, and what is pushed to it arrives. */
export const isThere = (onu: Device): boolean => onu.operStatus === "ACTIVE" && onu.connectStatus === "REACHABLE";
