/** Kubernetes' CEL library on top of cel-js: what the rules in crds/ may call. A rule that calls more does not compile. */
import { Environment } from "@marcbachmann/cel-js";
import { Duration } from "@marcbachmann/cel-js/evaluator";
import { parseDuration } from "../go/duration.ts";
import { Cidr, Ip, isGlobalUnicast, parseCidr, parseIp } from "../go/netip.ts";
import { parseQuantity, Quantity } from "../go/quantity.ts";
import { matches } from "../re2.ts";
import { equal } from "./equal.ts";
import { CelError } from "./values.ts";

/** cel-js has these with JavaScript's meaning and lets nobody replace them: rules call ours by this prefix. */
export const OURS = "k8s_";
export const RENAMED: ReadonlySet<string> = new Set(
  "duration matches substring indexOf lastIndexOf lowerAscii upperAscii trim split".split(" "),
);

export function createEnvironment(): Environment {
  const env = new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  });
  registerStrings(env);
  registerNetwork(env);
  registerQuantity(env);
  registerDuration(env);
  registerLists(env);
  return env;
}

/** Go counts code points where JavaScript counts UTF-16 units. */
const runes = (text: string): readonly string[] => Array.from(text);

function registerStrings(env: Environment): void {
  env.registerFunction(`string.${OURS}matches(string): bool`, (s: string, p: string) => matches(p, s));
  env.registerFunction(`string.${OURS}lowerAscii(): string`, (s: string) =>
    s.replace(/[A-Z]/g, (c) => c.toLowerCase()),
  );
  env.registerFunction(`string.${OURS}upperAscii(): string`, (s: string) =>
    s.replace(/[a-z]/g, (c) => c.toUpperCase()),
  );
  env.registerFunction(`string.${OURS}trim(): string`, (s: string) =>
    s.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, ""),
  );
  env.registerFunction(`string.${OURS}split(string): list<string>`, (s: string, by: string) =>
    by === "" ? [...runes(s)] : s.split(by),
  );
  env.registerFunction(`string.${OURS}indexOf(string): int`, (s: string, t: string) => runeIndex(s, s.indexOf(t)));
  env.registerFunction(`string.${OURS}lastIndexOf(string): int`, (s: string, t: string) =>
    runeIndex(s, s.lastIndexOf(t)),
  );
  env.registerFunction(`string.${OURS}substring(int): string`, (s: string, from: bigint) => cut(s, from));
  env.registerFunction(`string.${OURS}substring(int, int): string`, (s: string, from: bigint, to: bigint) =>
    cut(s, from, to),
  );
  env.registerFunction("string.replace(string, string): string", (s: string, from: string, to: string) =>
    from === ""
      ? to +
        runes(s)
          .map((c) => c + to)
          .join("")
      : s.split(from).join(to),
  );
}
const runeIndex = (text: string, at: number): bigint => (at < 0 ? -1n : BigInt(runes(text.slice(0, at)).length));
function cut(text: string, from: bigint, to?: bigint): string {
  const all = runes(text);
  const end = Number(to ?? all.length);
  if (from < 0n || Number(from) > end || end > all.length) throw new CelError(`index out of range: ${from}`);
  return all.slice(Number(from), end).join("");
}

/** Where ip is both a function and a namespace: `ip.isCanonical('::1')`. */
class IpNamespace {}

function registerNetwork(env: Environment): void {
  env.registerType("kIP", Ip).registerType("kCIDR", Cidr).registerType("IpNamespace", IpNamespace);
  env.registerConstant("ip", "IpNamespace", new IpNamespace());
  env.registerOperator("kIP == kIP", equal).registerOperator("kCIDR == kCIDR", equal);
  env.registerFunction("isIP(string): bool", (s: string) => parseIp(s) !== undefined);
  env.registerFunction("ip(string): kIP", needIp);
  env.registerFunction("IpNamespace.isCanonical(string): bool", (_: unknown, s: string) => String(needIp(s)) === s);
  env.registerFunction("kIP.family(): int", (ip: Ip) => BigInt(ip.family));
  env.registerFunction("kIP.isGlobalUnicast(): bool", isGlobalUnicast);
  env.registerFunction("string(kIP): string", String);
  env.registerFunction("isCIDR(string): bool", (s: string) => parseCidr(s) !== undefined);
  env.registerFunction("cidr(string): kCIDR", needCidr);
  env.registerFunction("kCIDR.ip(): kIP", (c: Cidr) => c.ip);
  env.registerFunction("kCIDR.prefixLength(): int", (c: Cidr) => BigInt(c.length));
  env.registerFunction("kCIDR.masked(): kCIDR", (c: Cidr) => c.masked());
  env.registerFunction("kCIDR.containsIP(string): bool", (c: Cidr, s: string) => c.containsIp(needIp(s)));
  env.registerFunction("kCIDR.containsIP(kIP): bool", (c: Cidr, ip: Ip) => c.containsIp(ip));
  env.registerFunction("kCIDR.containsCIDR(string): bool", (c: Cidr, s: string) => c.containsCidr(needCidr(s)));
  env.registerFunction("kCIDR.containsCIDR(kCIDR): bool", (c: Cidr, other: Cidr) => c.containsCidr(other));
  env.registerFunction("string(kCIDR): string", String);
}
const needIp = (s: string): Ip => parseIp(s) ?? fail("IP address parse error");
const needCidr = (s: string): Cidr => parseCidr(s) ?? fail("network address parse error");
function fail(message: string): never {
  throw new CelError(message);
}

function registerQuantity(env: Environment): void {
  env.registerType("kQuantity", Quantity).registerOperator("kQuantity == kQuantity", equal);
  env.registerFunction("isQuantity(string): bool", (s: string) => parseQuantity(s) !== undefined);
  env.registerFunction("quantity(string): kQuantity", (s: string) => parseQuantity(s) ?? fail("quantity parse error"));
  env.registerFunction("kQuantity.compareTo(kQuantity): int", (a: Quantity, b: Quantity) => BigInt(a.compare(b)));
  env.registerFunction("kQuantity.isGreaterThan(kQuantity): bool", (a: Quantity, b: Quantity) => a.compare(b) > 0);
  env.registerFunction("kQuantity.isLessThan(kQuantity): bool", (a: Quantity, b: Quantity) => a.compare(b) < 0);
}

function registerDuration(env: Environment): void {
  env.registerFunction(`${OURS}duration(string): google.protobuf.Duration`, (s: string) => {
    const nanos = parseDuration(s) ?? fail("duration parse error");
    return new Duration(nanos / SECOND, Number(nanos % SECOND));
  });
}
const SECOND = 1_000_000_000n;

function registerLists(env: Environment): void {
  env.registerFunction("list.distinct(): list", (l: unknown[]) =>
    l.filter((x, i) => l.findIndex((y) => equal(x, y)) === i),
  );
}
