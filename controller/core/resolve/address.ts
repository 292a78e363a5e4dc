/** Addresses and prefixes in their one canonical spelling. ipaddr.js alone would take `010.0.0.1` and `1`. */
import ipaddr from "ipaddr.js";

export type Family = 4 | 6;
export interface Prefix {
  readonly family: Family;
  /** Network address and length, canonical: `203.0.113.8/29`, `2001:db8:1::/56`. */
  readonly text: string;
  readonly length: number;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const BITS = { 4: 32, 6: 128 } as const;
const LENGTH = /^(?:0|[1-9][0-9]{0,2})$/;

/** Dotted quad without leading zeros, as it is; undefined for anything else. */
export const ipv4 = (text: string): string | undefined => (V4.test(text) ? text : undefined);

/** RFC 5952 spelling. Undefined: not IPv6, a zone, or an IPv4 address in IPv6 clothes. */
export function ipv6(text: string): string | undefined {
  if (!text.includes(":") || /[%\s]/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? undefined : address.toRFC5952String();
}

const value = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const quad = (four: string): number => four.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** The address as a number, for comparison within one family. Takes canonical or any strict spelling. */
export function addressValue(text: string): { family: Family; value: bigint } | undefined {
  const four = ipv4(text);
  if (four !== undefined) return { family: 4, value: BigInt(quad(four)) };
  const six = ipv6(text);
  return six === undefined ? undefined : { family: 6, value: value(ipaddr.IPv6.parse(six).toByteArray()) };
}

/** The canonical spelling of a number. */
export function addressText(family: Family, number: bigint): string {
  const count = BITS[family] / 8;
  const bytes = Array.from({ length: count }, (_, i) => Number((number >> BigInt(8 * (count - 1 - i))) & 0xffn));
  return family === 4 ? bytes.join(".") : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** Undefined: not a prefix, or one with host bits (`203.0.113.9/29`): which network was meant cannot be told. */
export function parsePrefix(text: string): Prefix | undefined {
  const [base = "", bits = "", ...rest] = text.split("/");
  const address = addressValue(base);
  if (!address || rest.length > 0 || !LENGTH.test(bits)) return undefined;
  const length = Number(bits);
  const width = BITS[address.family];
  if (length > width) return undefined;
  const size = 1n << BigInt(width - length);
  if (address.value % size !== 0n) return undefined;
  const canonical = `${addressText(address.family, address.value)}/${length}`;
  return { family: address.family, text: canonical, length, first: address.value, last: address.value + size - 1n };
}

export const overlaps = (a: Prefix, b: Prefix): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** An address, or a whole network, lies within `outer`. */
export function within(outer: Prefix, inner: Prefix | string): boolean {
  if (typeof inner !== "string")
    return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
  const address = addressValue(inner);
  return address?.family === outer.family && outer.first <= address.value && address.value <= outer.last;
}
