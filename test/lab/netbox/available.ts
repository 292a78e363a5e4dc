/** What is free below a prefix, as NetBox counts it. */
import { addressText, addressValue, parsePrefix } from "../../../controller/core/resolve/address.ts";
import { closedRanges, host } from "./rules.ts";
import type { Row, Tables } from "./tables.ts";

/** So many free addresses, the lowest first. */
export function freeAddresses(db: Tables, parent: Row, most: number): readonly string[] {
  const net = parsePrefix(String(parent.values["prefix"]))!;
  const six = net.family === 6;
  const whole = parent.values["is_pool"] === true || net.length >= (six ? 127 : 31);
  const last = whole || six ? net.last : net.last - 1n;
  const { vrf, status } = parent.values;
  const every = vrf === null && status === "container";
  const taken = new Set(
    db
      .rows("ipam/ip-addresses")
      .filter((r) => every || r.values["vrf"] === vrf)
      .flatMap((r) => addressValue(host(r.values["address"])) ?? [])
      .filter((a) => a.family === net.family)
      .map((a) => a.value),
  );
  const closed = closedRanges(db, vrf).filter((r) => r.family === net.family);
  const out: string[] = [];
  for (let n = whole ? net.first : net.first + 1n; n <= last && out.length < most; n++) {
    const range = closed.find((r) => r.first <= n && n <= r.last);
    if (range) n = range.last;
    else if (!taken.has(n)) out.push(addressText(net.family, n));
  }
  return out;
}

interface Block {
  readonly first: bigint;
  readonly length: number;
}
/** Free blocks, as large as they can be, the lowest first. */
export function freePrefixes(db: Tables, parent: Row): { readonly family: 4 | 6; readonly blocks: readonly Block[] } {
  const net = parsePrefix(String(parent.values["prefix"]))!;
  const width = net.family === 4 ? 32 : 128;
  const inner = db
    .rows("ipam/prefixes")
    .filter((r) => r !== parent && r.values["vrf"] === parent.values["vrf"])
    .flatMap((r) => parsePrefix(String(r.values["prefix"])) ?? [])
    .filter((p) => p.family === net.family && p.first >= net.first && p.last <= net.last && p.length > net.length);
  const split = (b: Block): readonly Block[] => {
    const size = 1n << BigInt(width - b.length);
    const end = b.first + size - 1n;
    if (inner.some((p) => p.first <= b.first && end <= p.last)) return [];
    if (!inner.some((p) => p.first <= end && b.first <= p.last)) return [b];
    const half = { length: b.length + 1 };
    return [...split({ ...half, first: b.first }), ...split({ ...half, first: b.first + size / 2n })];
  };
  return { family: net.family, blocks: split({ first: net.first, length: net.length }) };
}
/** One for each length, or nothing at all. */
export function takePrefixes(db: Tables, parent: Row, lengths: readonly number[]): readonly string[] | undefined {
  const { family, blocks } = freePrefixes(db, parent);
  const width = family === 4 ? 32 : 128;
  const left = [...blocks];
  const out: string[] = [];
  for (const length of lengths) {
    const at = left.findIndex((b) => b.length <= length);
    const block = left[at];
    if (!block) return undefined;
    out.push(`${addressText(family, block.first)}/${length}`);
    const rest: Block[] = [];
    for (let l = length; l > block.length; l--)
      rest.push({ first: block.first + (1n << BigInt(width - l)), length: l });
    left.splice(at, 1, ...rest);
  }
  return out;
}
