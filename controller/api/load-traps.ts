/** Plain scalars that this parser and kubectl's (YAML 1.1) read differently, or that no person means. */
import {
  type Alias,
  isMap,
  isScalar,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
  type Document as YamlDocument,
} from "yaml";

export interface Trap {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

const quote = (text: string): string => `write ${JSON.stringify(text)}`;
const TRAPS: readonly { readonly like: RegExp; readonly why: string; readonly remedy: (text: string) => string }[] = [
  {
    // go-yaml reads these as booleans: Norway's country code becomes false.
    like: /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
    why: "is a boolean to kubectl and a text here",
    remedy: (t) => `${quote(t)} for the text, or true or false`,
  },
  {
    like: /^[-+]?0[0-9_]+$/,
    why: "is an octal number to some parsers",
    remedy: (t) => `${quote(t)} for the text, or the number without the leading zero`,
  },
  { like: /^[-+]?0[ob][0-7_]+$/i, why: "is a number to some parsers only", remedy: quote },
  { like: /^[-+]?[0-9][0-9_]*_[0-9_]*$/, why: "is a number to some parsers only", remedy: quote },
  {
    like: /^[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?$/,
    why: "is a number of base 60 to some parsers (a time, a MAC or an IPv6 address)",
    remedy: quote,
  },
  { like: /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/, why: "is no JSON value", remedy: quote },
];

const PLAIN_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Every trap of the document, keys included. */
export function findTraps(document: YamlDocument): readonly Trap[] {
  const traps: Trap[] = [];
  const anchors = new Set<string>();
  const note = (...found: readonly (Trap | undefined)[]): void => {
    for (const trap of found) if (trap) traps.push(trap);
  };
  const see = (node: Scalar | YAMLMap | YAMLSeq): void => {
    if (node.anchor !== undefined) anchors.add(node.anchor);
    note(tagTrap(node));
  };
  visit(document, {
    Collection: (_, node) => {
      see(node);
      if (isMap(node)) note(...keysTraps(node));
    },
    Scalar: (_, node) => {
      see(node);
      note(trapOf(node));
    },
    Alias: (_, node) => note(anchors.has(node.source) ? undefined : aliasTrap(node)),
    Pair: (_, pair) => note(keyTrap(pair.key)),
  });
  return traps;
}

function tagTrap({ tag, range }: Scalar | YAMLMap | YAMLSeq): Trap | undefined {
  if (tag === undefined || PLAIN_TAGS.test(tag)) return undefined;
  const short = tag.replace("tag:yaml.org,2002:", "!!");
  return {
    offset: range?.[0] ?? 0,
    message: `the tag ${short} makes something that is no JSON value`,
    remedy: "remove the tag",
  };
}
function aliasTrap({ source, range }: Alias): Trap {
  const remedy = `declare &${source}, or write the value out`;
  return { offset: range?.[0] ?? 0, message: `the alias *${source} has no anchor above it`, remedy };
}

function trapOf(node: Scalar): Trap | undefined {
  const offset = node.range?.[0] ?? 0;
  const { value, source = "" } = node;
  if (typeof value === "number" && !Number.isFinite(value) && !/^[-+]?\./.test(source))
    return { offset, message: `${source} is too large for a number`, remedy: quote(source) };
  if (node.type !== "PLAIN") return undefined;
  const found = TRAPS.find((t) => t.like.test(source));
  return found && { offset, message: `${source} without quotes ${found.why}`, remedy: found.remedy(source) };
}

/** More is a mistake or an attack: no kind has a map of so many. */
const MAX_KEYS = 1000;

function keysTraps({ items, range }: YAMLMap): readonly Trap[] {
  if (items.length > MAX_KEYS)
    return [
      {
        offset: range?.[0] ?? 0,
        message: `the map has ${items.length} keys, at most ${MAX_KEYS} are read`,
        remedy: "split it",
      },
    ];
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const known = seen.has(key.value);
    seen.add(key.value);
    if (!known) return [];
    return { offset: key.range?.[0] ?? 0, message: "Map keys must be unique", remedy: "keep one of the two" };
  });
}

function keyTrap(key: unknown): Trap | undefined {
  if (isScalar(key) && (typeof key.value === "string" || trapOf(key))) return undefined;
  const offset = (isScalar(key) || isMap(key)) && key.range ? key.range[0] : 0;
  return { offset, message: "a key must be a text", remedy: "put the key in quotes" };
}
