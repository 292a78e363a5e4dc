/** What may stand in a Value column. FreeRADIUS parses it: some texts lose characters there, and some are run. */
import { addressValue, parsePrefix } from "../../controller/core/resolve/address.ts";
import { fault } from "../errors.ts";

const DELIMITERS = new Set(['"', "'", "`"]);
const isControl = (c: number): boolean => c < 0x20 || (c >= 0x7f && c < 0xa0);

/** Names of attributes, with FreeRADIUS's tag (`Tunnel-Type:0`). */
export const ATTRIBUTE_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,126}(:[0-9]{1,2})?$/;

/** Why a text must not be written; undefined: it is safe. The answer never repeats the text. */
export function danger(value: string): string | undefined {
  if (value === "") return "is empty";
  // Backticks around a value are expanded (`%{sql:…}` reads other people's rows); quotes are cut off.
  if (DELIMITERS.has(value[0]!) || DELIMITERS.has(value.at(-1)!)) return "begins or ends with a quote or a backtick";
  if (!value.isWellFormed()) return "holds half of a character";
  for (let n = 0; n < value.length; n++) if (isControl(value.charCodeAt(n))) return "holds a control character";
  return undefined;
}

const isAddress = (family: 4 | 6) => (value: string) => addressValue(value)?.family === family;
const isPrefix = (value: string) => parsePrefix(value)?.family === 6;
const FORMS: Readonly<Record<string, (value: string) => boolean>> = {
  "Framed-IP-Address": isAddress(4),
  "Framed-IPv6-Address": isAddress(6),
  "Framed-IPv6-Prefix": isPrefix,
  "Delegated-IPv6-Prefix": isPrefix,
};
/** Over an address that is none FreeRADIUS asks the DNS, and rejects the login. Some come from another system. */
export const misformed = (attribute: string, value: string): string | undefined =>
  FORMS[attribute]?.(value) === false ? "is not an address or prefix of its kind" : undefined;

/** @throws Fault `BadValue`, naming `what` and never the value. */
export function safe(what: string, value: string): string {
  const why = danger(value);
  if (why !== undefined) throw fault("BadValue", `${what} ${why}: FreeRADIUS would not read it as it is written`);
  return value;
}

/** FreeRADIUS reads `\t`, `\101` and `\\` in a value of type string as one character each: a text that has to stay as it is. */
export const literal = (text: string): string => text.replaceAll("\\", "\\\\");

/** What FreeRADIUS makes of such a value; undefined where it would take more than a backslash for an escape. */
export const spoken = (value: string): string | undefined =>
  value.replaceAll("\\\\", "").includes("\\") ? undefined : value.replaceAll("\\\\", "\\");

/** 255 less two headers and a tag (RFC 2865, 5.26); Cisco's pair needs some of it. FreeRADIUS would cut the rest off. */
const MOST_BYTES = 200;
/** A name that stands in a value of type string. @throws Fault `BadValue`. */
export function safeText(what: string, text: string): string {
  if (Buffer.byteLength(text) > MOST_BYTES) throw fault("BadValue", `${what} is longer than ${MOST_BYTES} bytes`);
  return literal(safe(what, text));
}

/** The bytes of an id for an attribute of type octets. `0x…` is read as bytes; half of a byte would be an error of the query. */
export const octets = (value: string, encoding: "Text" | "Hex"): string => {
  if (/^0x([0-9a-f]{2})+$/i.test(value)) return value;
  return encoding === "Hex" || value.startsWith("0x") || value === "*"
    ? `0x${Buffer.from(value).toString("hex")}`
    : value;
};

/** The stock filter_username refuses white space, and a backslash never matches a row. @throws Fault `BadValue`. */
export function safeUserName(name: string): string {
  if (/[\s\\"]/.test(name))
    throw fault("BadValue", `the user name ${JSON.stringify(name)} holds a space, a quote or a backslash`);
  return safe("the user name", name);
}
