/** What one service of a UNI becomes: four flows on the OLT's logical device, two of them on the ONU. */
import { createHash } from "node:crypto";

export interface Tags {
  readonly uniTagMatch: number;
  readonly ponCTag: number;
  readonly ponSTag: number;
  readonly technologyProfileId: number;
}
export type Leg = "up-onu" | "up-olt" | "down-olt" | "down-onu";
export interface Match {
  readonly port: number;
  readonly metadata?: bigint;
  readonly vlan: number;
  readonly tunnel?: number;
}
export interface Flow {
  readonly leg: Leg;
  readonly id: bigint;
  readonly cookie: bigint;
  readonly table: 0 | 1;
  readonly match: Match;
  readonly tags: Tags;
}
/** Where a service is put: numbers of the two ports. */
export interface Path {
  readonly uni: number;
  readonly nni: number;
}

/** One service, told apart as VGC and the ONU do. */
export const keyOf = (t: Tags): string => `${t.uniTagMatch}-${t.ponSTag}-${t.ponCTag}-${t.technologyProfileId}`;

/** "No tag", "any tag". */
export const ANY = 4096;
/** Without a C-tag, and with a tag of the customer's, VGC knows no way to handle tags, and matches the S-tag everywhere (recorded). */
export const isUntranslated = (t: Tags): boolean => t.ponCTag === ANY && t.uniTagMatch !== ANY;
/** Downstream VGC numbers flows by inner VLAN and port: of two services only the first is pushed (recorded). */
export const areTwins = (a: Tags, b: Tags): boolean => a.ponCTag === b.ponCTag && keyOf(a) !== keyOf(b);

/** OFPVID_PRESENT: a VLAN id on the wire of OpenFlow carries this bit. */
export const PRESENT = 4096;
/** VGC's "the ONU handles the C-tag, the OLT the S-tag". */
const CONTROL = 1n << 32n;

export function flowsOf(path: Path, tags: Tags): readonly Flow[] {
  const { uni, nni } = path;
  const isBare = isUntranslated(tags);
  const ctag = (isBare ? tags.ponSTag : tags.ponCTag) | PRESENT;
  const utag = (isBare ? tags.ponSTag : tags.uniTagMatch) | PRESENT;
  const base = BigInt.asUintN(64, (BigInt(tags.ponCTag) << 52n) | (BigInt(uni) << 16n));
  const flow = (leg: Leg, table: 0 | 1, low: bigint, match: Match): Flow => ({
    leg,
    table,
    cookie: base | low | (table === 1 ? 0x10n : 0n),
    match,
    tags,
    id: idOf(path, table, match, tags.technologyProfileId),
  });
  return [
    flow("up-onu", 0, 0x8200n, { port: uni, vlan: utag }),
    flow("up-olt", 1, 0x8200n, { port: uni, vlan: ctag }),
    flow("down-onu", 1, 0x208n, { port: nni, metadata: BigInt(uni), vlan: ctag }),
    flow("down-olt", 0, 0x208n, {
      port: nni,
      metadata: CONTROL | BigInt(tags.ponCTag),
      vlan: tags.ponSTag | PRESENT,
    }),
  ];
}
function idOf(path: Path, table: number, match: Match, techProfile: number): bigint {
  const text = [path.uni, table, match.port, match.metadata ?? "", match.vlan, techProfile].join("/");
  return createHash("sha256").update(text).digest().readBigUInt64BE();
}

/** What rw_core hands down to the ONU matches on its own ports. */
export function onuMatch(flow: Flow, uni: number, pon: number): Match {
  return flow.leg === "up-onu"
    ? { port: uni, vlan: flow.match.vlan, tunnel: uni }
    : { port: pon, metadata: BigInt(uni), vlan: flow.match.vlan };
}
