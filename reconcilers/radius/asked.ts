/** Pure: what a plan may ask for beside the fields of its group. The CRD has the same lists, and a test compares the two. */
import { attributeProblem } from "../../controller/core/radius-attribute.ts";
import type { ExtraAttribute } from "../../controller/core/resolved.ts";

const SENT = new Set([
  "class",
  "reply-message",
  "filter-id",
  "framed-mtu",
  "framed-protocol",
  "framed-ipv6-pool",
  "service-type",
  "port-limit",
  "termination-action",
  "cisco-avpair",
]);
const SENT_BY_VENDOR = /^(?:mikrotik|huawei|erx|juniper|wispr|alc|rp)-[a-z0-9-]+$/;
/** Who may log in to the NAS itself, whose traffic is copied, and keys. */
const FORBIDDEN =
  /^(?:mikrotik-wireless-|huawei-(?:exec-|command|ftp-|li-|port-mirror)|juniper-(?:local-|allow-|deny-|interactive-|configuration-|user-|ctp|junosspace)|erx-(?:cli-|alternate-cli-|li-|med-)|alc-li-)|-(?:password|key|keychain)$/;
/** Written for one subscriber: a group's `:=` would stand against it. */
const OF_ACCOUNTS = new Set([
  "mikrotik-delegated-ipv6-pool",
  "erx-ipv6-delegated-pool-name",
  "huawei-delegated-ipv6-prefix-pool",
]);
const COMPARED = new Set([
  "nas-ip-address",
  "nas-identifier",
  "nas-port-id",
  "nas-port-type",
  "called-station-id",
  "calling-station-id",
  "service-type",
  "framed-protocol",
]);
const OPERATORS = {
  reply: new Set(["=", ":=", "+="]),
  // `=` and `:=` would assign, so nothing would be compared.
  check: new Set(["==", "!=", ">", ">=", "<", "<=", "=~", "!~"]),
} as const;

/** FreeRADIUS runs Exec-*, and its control attributes decide who gets in. */
export const mayAsk = (target: ExtraAttribute["target"], attribute: string): boolean => {
  const name = attribute.toLowerCase();
  if (target === "check") return COMPARED.has(name);
  return SENT.has(name) || (SENT_BY_VENDOR.test(name) && !FORBIDDEN.test(name) && !OF_ACCOUNTS.has(name));
};

/** Why it is not written; undefined: it may be. */
export function refusal(a: ExtraAttribute): string | undefined {
  if (!mayAsk(a.target, a.name)) return `may not be a ${a.target} item of a plan: remove it from the plan`;
  if (!OPERATORS[a.target].has(a.op))
    return `does not take ${a.op} as a ${a.target} item: use one of ${[...OPERATORS[a.target]].join(" ")}`;
  return attributeProblem(a);
}
