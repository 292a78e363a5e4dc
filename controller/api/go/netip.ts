/** Go's net/netip as CEL's ip() and cidr() see it: no zones, no IPv4 inside IPv6, no leading zeros. */

export class Ip {
  readonly family: 4 | 6;
  readonly bits: bigint;
  constructor(family: 4 | 6, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }
  toString(): string {
    return this.family === 4 ? [24n, 16n, 8n, 0n].map((k) => (this.bits >> k) & 255n).join(".") : format6(this.bits);
  }
}

export class Cidr {
  readonly ip: Ip;
  readonly length: number;
  constructor(ip: Ip, length: number) {
    this.ip = ip;
    this.length = length;
  }
  masked(): Cidr {
    return new Cidr(new Ip(this.ip.family, networkOf(this.ip, this.length)), this.length);
  }
  containsIp(ip: Ip): boolean {
    return ip.family === this.ip.family && networkOf(ip, this.length) === networkOf(this.ip, this.length);
  }
  containsCidr(other: Cidr): boolean {
    return this.length <= other.length && this.containsIp(other.ip);
  }
  toString(): string {
    return `${this.ip}/${this.length}`;
  }
}
const width = (family: 4 | 6): number => (family === 4 ? 32 : 128);
function networkOf(ip: Ip, length: number): bigint {
  const host = BigInt(width(ip.family) - length);
  return (ip.bits >> host) << host;
}

export function parseIp(text: string): Ip | undefined {
  if (!text.includes(":")) {
    const bits = parse4(text);
    return bits === undefined ? undefined : new Ip(4, bits);
  }
  const bits = parse6(text);
  return bits === undefined || bits >> 32n === 0xffffn ? undefined : new Ip(6, bits);
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf("/");
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > width(ip.family)) return undefined;
  return new Cidr(ip, Number(length));
}

/** Go's IsGlobalUnicast: private ranges count; unspecified, loopback, link-local, multicast and broadcast do not. */
export function isGlobalUnicast({ family, bits }: Ip): boolean {
  if (family === 6) return bits > 1n && bits >> 120n !== 0xffn && bits >> 118n !== 0x3fan;
  return bits !== 0n && bits !== 0xffffffffn && bits >> 24n !== 127n && bits >> 28n !== 14n && bits >> 16n !== 0xa9fen;
}

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9][0-9]{0,2})$/.test(p) && Number(p) <= 255)) return undefined;
  return parts.reduce((bits, p) => (bits << 8n) | BigInt(p), 0n);
}

function parse6(text: string): bigint | undefined {
  const [left = "", right, ...more] = text.split("::");
  if (more.length) return undefined;
  const head = words(left, right === undefined);
  const tail = right === undefined ? [] : words(right, true);
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<bigint>(missing).fill(0n), ...tail].reduce((bits, w) => (bits << 16n) | w, 0n);
}

/** The 16-bit words of one side of `::`; an IPv4 tail counts as two. */
function words(text: string, last: boolean): bigint[] | undefined {
  if (text === "") return [];
  const out: bigint[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      out.push(BigInt(`0x${part}`));
      continue;
    }
    const v4 = last && i === parts.length - 1 ? parse4(part) : undefined;
    if (v4 === undefined) return undefined;
    out.push(v4 >> 16n, v4 & 0xffffn);
  }
  return out;
}

/** RFC 5952: lower case, the longest run of at least two zero words shortened, the first one where two are equal. */
function format6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bits >> BigInt(112 - 16 * i)) & 0xffffn);
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0n) end++;
    if (end - i > longest) [start, longest] = [i, end - i];
    i = Math.max(i, end);
  }
  const hex = groups.map((g) => g.toString(16));
  return start < 0 ? hex.join(":") : `${hex.slice(0, start).join(":")}::${hex.slice(start + longest).join(":")}`;
}
