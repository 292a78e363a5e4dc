/** Objects as an API server gives them. */
import { API_VERSION, type KindName } from "../../api/types.generated.ts";
import type { KubeObject } from "../api.ts";
import { type Kept, kept } from "../kept.ts";

export interface Given {
  readonly kind?: KindName;
  readonly name?: string;
  readonly uid?: string;
  readonly version?: number;
  readonly spec?: object;
  readonly status?: object;
  /** Of its metadata. */
  readonly more?: object;
}
export const objectOf = ({
  kind = "Subscriber",
  name = "s1",
  uid = "u1",
  version = 1,
  ...given
}: Given): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: {
    name,
    ...(kind !== "Tenant" && kind !== "ExternalSystem" && { namespace: "isp-acme" }),
    uid,
    resourceVersion: String(version),
    generation: 1,
    ...given.more,
  },
  ...(given.spec && { spec: given.spec }),
  ...(given.status && { status: given.status }),
});
export function keptOf(given: Given = {}): Kept {
  const found = kept(given.kind ?? "Subscriber", objectOf(given));
  if (!found) throw new RangeError("it is one that Lastmile made");
  return found;
}
