/** Kubernetes' resource.Quantity, exact: a count of 10⁻⁹, rounded up. */
export class Quantity {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
  compare(other: Quantity): -1 | 0 | 1 {
    return this.nanos < other.nanos ? -1 : this.nanos > other.nanos ? 1 : 0;
  }
}

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(m|n|u|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?$/;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const NANO = 1_000_000_000n;
const MAX = ((1n << 63n) - 1n) * NANO;

export function parseQuantity(text: string): Quantity | undefined {
  const [, sign, whole = "", fraction = "", unit = ""] = (text !== "" && SHAPE.exec(text)) || [];
  if (sign === undefined) return undefined;
  const digits = BigInt(whole + fraction || "0") * NANO;
  const scale = 10n ** BigInt(fraction.length);
  const binary = BINARY[unit];
  if (binary !== undefined) return signed(sign, least(ceilDiv(digits << binary, scale), MAX));
  const exponent = DECIMAL[unit] ?? Number(unit.slice(1));
  if (Math.abs(exponent) > 400) return undefined;
  const power = 10n ** BigInt(Math.abs(exponent));
  return signed(sign, exponent < 0 ? ceilDiv(digits, scale * power) : ceilDiv(digits * power, scale));
}
const signed = (sign: string, nanos: bigint): Quantity => new Quantity(sign === "-" ? -nanos : nanos);
const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
