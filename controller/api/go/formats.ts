/** The string formats of go-openapi/strfmt that crds/ uses, with the laxity that the API server has. */

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!year || !month || !day) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/;
/** Case does not matter, any character may stand before the fraction, a leap second is refused. */
function isDateTime(text: string): boolean {
  const [date = "", time = ""] = text.toLowerCase().split("t");
  const [, hour = "99", minute = "", second = ""] = TIME.exec(time) ?? [];
  return isDate(date) && hour <= "23" && minute <= "59" && second <= "59";
}

const CEL_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})([.,]\d+)?(Z|[+-]\d{2}:\d{2}|)$/;
/** The instant of a date-time for CEL; undefined where Go's time.Parse refuses what the format accepts. */
export function parseDateTime(text: string): Date | undefined {
  const [, date = "", time = "", fraction = "", zone = ""] = CEL_TIME.exec(text) ?? [];
  if (!isDateTime(`${date}T${time}Z`)) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const millis = fraction.slice(1, 4).padEnd(3, "0");
  return new Date(Date.parse(`${date}T${time}.${millis}Z`) - offset * 60_000);
}
function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 24 || minutes > 60) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** net/mail.ParseAddress: also `John <john@example.com>` and an address literal. */
const ATEXT = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~\\u0080-\\u{10ffff}]";
const DOT_ATOM = `${ATEXT}+(?:\\.${ATEXT}+)*`;
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const LOCAL = `(?:${DOT_ATOM}|"(?:[^"\\\\\\x00-\\x1f]|\\\\.)*")`;
const BARE = `${LOCAL}@(?:${DOT_ATOM}|\\[[0-9a-fA-F.:]+\\])`;
const NAMED = `(?:(?:${ATEXT}|[. \\t])+|${QUOTED}[ \\t]*)?<(?:${DOT_ATOM}|${QUOTED})@${DOT_ATOM}>`;
const EMAIL = new RegExp(`^[ \\t]*(?:${BARE}|${NAMED})[ \\t]*$`, "u");

/** By the name that the schema uses. Integer formats are bounds, not string formats. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  "date-time": isDateTime,
  email: (text) => EMAIL.test(text),
};
