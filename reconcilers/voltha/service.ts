/** A service on the port of an ONU, and the one line in which it is compared and shown. */

export interface Service {
  readonly name: string;
  readonly sTag: number;
  /** 4096: whatever tag comes, as with services that have no inner VLAN. */
  readonly cTag: number;
  /** Tag that the CPE sends. */
  readonly uniTag: number;
  readonly technologyProfileId: number;
  /** Priority bits of both tags. */
  readonly pbit: number;
  /** Ids of bandwidth profiles. */
  readonly up: string;
  readonly down: string;
  /** Left out: the controller handles none of the customer's packets itself. */
  readonly traps?: readonly Trap[];
}
export const TRAPS = ["dhcp", "igmp"] as const;
/** `dhcp`: relayed, with option 82. `igmp`: joined on behalf of the customer. */
export type Trap = (typeof TRAPS)[number];

/** SADIS's number for "any VLAN". */
export const ANY_TAG = 4096;

export const spellService = (s: Service): string =>
  [
    `${s.name} s${s.sTag} c${s.cTag} u${s.uniTag} tp${s.technologyProfileId} p${s.pbit} up=${s.up} down=${s.down}`,
    ...(s.traps ?? []),
  ].join(" ");

const LINE = /^(.*) s(\d+) c(\d+) u(\d+) tp(\d+) p(-?\d+) up=(\S*) down=(\S*)((?: (?:dhcp|igmp))*)$/s;

/** The inverse; undefined: no such line. */
export function readService(line: string): Service | undefined {
  const found = LINE.exec(line);
  if (!found) return undefined;
  const [, name = "", sTag, cTag, uniTag, tp, pbit, up = "", down = "", rest = ""] = found;
  const traps = TRAPS.filter((t) => rest.split(" ").includes(t));
  return {
    name,
    sTag: Number(sTag),
    cTag: Number(cTag),
    uniTag: Number(uniTag),
    technologyProfileId: Number(tp),
    pbit: Number(pbit),
    up,
    down,
    ...(traps.length > 0 && { traps }),
  };
}

/** Controllers activate and deactivate by these; on one port only one service has them. */
export const tagsOf = (s: Service): string => `${s.sTag}/${s.cTag}/${s.technologyProfileId}`;
/** For people. */
export const nameOf = (s: Service): string => `${s.name} (S-tag ${s.sTag}, C-tag ${s.cTag})`;
