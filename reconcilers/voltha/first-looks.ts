/** What a new session finds at once: it does not know what happened before it, but many in the same trouble were in an outage. */

/** Of which a port was looked at for the first time, and how it was. */
export interface First {
  readonly port: string;
  readonly olt: string;
  readonly pon: number | undefined;
  readonly isLost: boolean;
}
export interface FirstLooks {
  /** From now on there is time to let something settle: who comes for one apply repairs at once. */
  stays(): void;
  /** OLTs that many of their ports show to be shaken. */
  see(looks: readonly First[]): readonly string[];
}
interface Count {
  readonly seen: number;
  readonly lost: number;
}
/** Fewer are repaired within a second; and in any network some are in trouble. */
const MANY = { ports: 5, share: 0.1 };

export function firstLooks(): FirstLooks {
  let hasTime = false;
  const known = new Set<string>();
  const counts = new Map<string, Count>();
  const count = (group: string, isLost: boolean): void => {
    const { seen, lost } = counts.get(group) ?? { seen: 0, lost: 0 };
    counts.set(group, { seen: seen + 1, lost: lost + Number(isLost) });
  };
  const areMany = (group: string): boolean => {
    const { seen, lost } = counts.get(group) ?? { seen: 0, lost: 0 };
    return lost >= MANY.ports && lost >= seen * MANY.share;
  };
  return {
    stays() {
      hasTime = true;
    },
    see(looks) {
      const fresh = looks.filter(({ port }) => !known.has(port));
      for (const { port, olt, pon, isLost } of fresh) {
        known.add(port);
        for (const group of [olt, `${olt}/${pon}`]) count(group, isLost);
      }
      const shaken = fresh.filter(({ olt, pon, isLost }) => isLost && (areMany(olt) || areMany(`${olt}/${pon}`)));
      return hasTime ? [...new Set(shaken.map(({ olt }) => olt))] : [];
    },
  };
}
