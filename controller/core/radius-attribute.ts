/** Pure: whether FreeRADIUS can read what a plan asks for. It rejects every login of the plan over one word that it cannot. */
import { DICTIONARY } from "./radius-dictionary.generated.ts";
import { addressValue, parsePrefix } from "./resolve/address.ts";
import type { ExtraAttribute } from "./resolved.ts";

/** 255 less the header, for a vendor's attribute a second one and a tag (RFC 2865, 5.26). */
const MOST_BYTES = 246;
const MAX_INTEGER = 0xffff_ffff;
/** A customer's session, never one on the NAS's own command line. */
const SERVICES = new Set(["framed-user", "outbound-user"]);

/** What keeps it from being written, and what would be right; undefined: nothing. The value is never repeated. */
export function attributeProblem({ name, op, value, target }: ExtraAttribute): string | undefined {
  const attribute = name.toLowerCase();
  const [type = "", ...words] = DICTIONARY[attribute]?.split(" ") ?? [];
  if (type === "") return "is not in FreeRADIUS's dictionaries: write it as it stands there";
  if (attribute === "service-type" && target === "reply" && !SERVICES.has(value.toLowerCase()))
    return "is Framed-User or Outbound-User for a customer";
  if (attribute === "cisco-avpair" && /^\s*shell:/i.test(value)) return "may not open the NAS itself";
  if (op === "=~" || op === "!~") return pattern(type, value);
  if (/[<>]/.test(op) && type !== "integer") return `is no number, so ${op} says nothing: use == or !=`;
  if (Buffer.byteLength(value) > MOST_BYTES) return `holds at most ${MOST_BYTES} bytes`;
  return ill(type, words, value);
}

function pattern(type: string, value: string): string | undefined {
  if (type !== "string") return "is no text, so a pattern says nothing: use == or !=";
  try {
    new RegExp(value);
    return undefined;
  } catch {
    return "has a pattern that is no regular expression";
  }
}

function ill(type: string, words: readonly string[], value: string): string | undefined {
  switch (type) {
    case "string":
      return undefined;
    case "octets":
      return /^0x(?!([0-9a-f]{2})+$)/i.test(value) ? "takes text, or 0x and whole bytes" : undefined;
    case "integer":
      return isInteger(value) || words.some((w) => w.toLowerCase() === value.toLowerCase())
        ? undefined
        : `takes a number up to ${MAX_INTEGER}${spelled(words)}`;
    case "ipaddr":
      return addressValue(value)?.family === 4 ? undefined : "takes an IPv4 address";
    case "ipv6addr":
      return addressValue(value)?.family === 6 ? undefined : "takes an IPv6 address";
    case "ipv6prefix":
      return parsePrefix(value)?.family === 6 ? undefined : "takes an IPv6 prefix";
    default:
      return `is of type ${type}, which Lastmile cannot write`;
  }
}
const spelled = (words: readonly string[]): string =>
  words.length === 0 ? "" : words.length > 8 ? " or a word of its dictionary" : ` or one of ${words.join(", ")}`;
const isInteger = (value: string): boolean => /^(0|[1-9][0-9]{0,9})$/.test(value) && Number(value) <= MAX_INTEGER;
