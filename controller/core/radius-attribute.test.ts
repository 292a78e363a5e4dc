import { expect, test } from "vitest";
import { attributeProblem } from "./radius-attribute.ts";

/** Each verdict was seen at a real FreeRADIUS: what is refused here made it reject every login of the plan, or sent another value. */
test.each<[name: string, op: string, value: string, problem: RegExp | undefined, why: string]>([
  ["Framed-MTU", "=", "1492", undefined, "a number"],
  ["framed-mtu", "=", "4294967295", undefined, "32 bits"],
  ["Framed-MTU", "=", "4294967296", /number up to/, "it would be sent as another number"],
  ["Mikrotik-Recv-Limit", "=", "-5", /number up to/, "it would be sent as 4294967291"],
  ["Framed-MTU", "=", "x", /number up to/, "every login would be rejected"],
  ["Framed-MTU", "=", "0x10", /number up to/, "another spelling"],
  ["Framed-Protocol", "=", "ppp", undefined, "a word of the dictionary, in any case"],
  ["Framed-Protocol", "=", "pppp", /number up to .* or a word/, "no word of it"],
  ["ERX-Igmp-Enable", "=", "on", /one of disable, enable/, "few words are all told"],
  ["Service-Type", "=", "Framed-User", undefined, "a customer's"],
  ["Service-Type", "=", "Administrative-User", /Framed-User/, "a shell on the NAS"],
  ["Service-Type", "=", "6", /Framed-User/, "the same by number"],
  ["Cisco-AVPair", "+=", "ip:vrf-id=inet", undefined, "text"],
  ["Cisco-AVPair", "+=", " Shell:priv-lvl=15", /NAS itself/, "a shell on the NAS"],
  ["Class", "=", "gold", undefined, "octets may be text"],
  ["Class", "=", "0xcafe", undefined, "or bytes"],
  ["Class", "=", "0x1", /whole bytes/, "half of a byte"],
  ["Reply-Message", "=", "0x1", undefined, "a text stays one"],
  ["Reply-Message", "=", "ü".repeat(123), undefined, "246 bytes"],
  ["Reply-Message", "=", "ü".repeat(124), /246 bytes/, "it would be cut in the middle of a letter"],
  ["ERX-Primary-Dns", "=", "192.0.2.1", undefined, "an address"],
  ["ERX-Primary-Dns", "=", "dns.example", /IPv4 address/, "the server would ask the DNS at each login"],
  ["ERX-Ipv6-Primary-Dns", "=", "2001:db8::1", undefined, "an address"],
  ["ERX-Ipv6-Primary-Dns", "=", "192.0.2.1", /IPv6 address/, "of the other family"],
  ["ERX-IPv6-NdRa-Prefix", "=", "2001:db8::/64", undefined, "a prefix"],
  ["ERX-IPv6-NdRa-Prefix", "=", "2001:db8::1", /IPv6 prefix/, "no prefix"],
  ["Mikrotik-Nonsense", "=", "x", /dictionaries/, "unknown: every login would be rejected"],
  ["Alc-Ascend-Data-Filter-Host-Spec", "=", "x", /type abinary/, "a type with a language of its own"],
])("reply %s %s %s: %s (%s)", (name, op, value, problem) => judge("reply", name, op, value, problem));

test.each<[name: string, op: string, value: string, problem: RegExp | undefined, why: string]>([
  ["NAS-Port-Type", "==", "Ethernet", undefined, "a word"],
  ["NAS-Port-Type", "==", "nonsense", /or a word/, "every login would be rejected"],
  ["NAS-Port-Type", ">", "5", undefined, "numbers have an order"],
  ["NAS-Identifier", ">", "bng1", /no number/, "texts have none"],
  ["NAS-IP-Address", "==", "bng1", /IPv4/, "a name would be asked of the DNS"],
  ["NAS-Identifier", "=~", "^bng[0-9]+$", undefined, "a pattern"],
  ["NAS-Identifier", "=~", "a(((", /regular expression/, "it would never match"],
  ["NAS-Port-Type", "=~", "5", /no text/, "patterns are for texts"],
  ["Service-Type", "==", "Login-User", undefined, "what the NAS sent opens nothing"],
])("check %s %s %s: %s (%s)", (name, op, value, problem) => judge("check", name, op, value, problem));

function judge(target: "check" | "reply", name: string, op: string, value: string, problem: RegExp | undefined): void {
  const found = attributeProblem({ name, op, value, target });
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeUndefined();
}
