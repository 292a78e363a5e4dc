const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/y;
const MAX = (1n << 63n) - 1n;

/** Go's time.ParseDuration in nanoseconds: `1h30m`, `1.5s`, `-1m`, `0`; undefined where Go refuses. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0n;
  let total = 0n;
  let at = 0;
  while (at < rest.length) {
    PART.lastIndex = at;
    const [part = "", whole = "", fraction = "", unit = ""] = PART.exec(rest) ?? [];
    if (whole + fraction === "") return undefined;
    total += (BigInt(whole + fraction) * UNITS[unit]!) / 10n ** BigInt(fraction.length);
    at += part.length;
  }
  if (at === 0 || total > MAX) return undefined;
  return sign === "-" ? -total : total;
}
