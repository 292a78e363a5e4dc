const SECONDS = { h: 3600, m: 60, s: 1 } as const;
const DURATION = /^(?:[0-9]{1,9}[hms])+$/;

/** `24h`, `1h30m`, `0s` in seconds. Undefined: not a duration. RADIUS has no timer below a second (RFC 2865, 5.27). */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)([hms])/g))
    seconds += Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return seconds;
}
