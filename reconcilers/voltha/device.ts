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
/** Of an ONU: it is plugged in, and what is pushed to it arrives. */
export const isThere = (onu: Device): boolean => onu.operStatus === "ACTIVE" && onu.connectStatus === "REACHABLE";
