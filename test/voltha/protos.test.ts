/** What we put on the wire is what VOLTHA reads: walked from each method down, so that no name has to be believed. */
import { beforeAll, expect, test } from "vitest";
import { type Definitions, descriptors, type Field, type Message, type Method, qualified } from "./descriptors.ts";
import { install } from "./install.ts";

let ours: Definitions;
let theirs: Definitions;
beforeAll(async () => {
  [ours, theirs] = await descriptors(await install());
});

test("every method is VOLTHA's own, and every message, field, enum and value that it can carry", () => {
  const seen = new Set<string>();
  const said = [...ours.methods].flatMap(([path, method]) => {
    const other = theirs.methods.get(path);
    return other ? methodDiffers(path, method, other, seen) : [`${path}: VOLTHA has no such method`];
  });
  expect(said.join("\n")).toBe("");
  expect(ours.methods.size).toBeGreaterThan(15);
  const unreached = [...ours.messages.keys(), ...ours.enums.keys()].filter(
    (name) => !seen.has(name) && ours.messages.get(name)?.enumType === undefined,
  );
  expect(unreached, "a message that no method carries").toEqual([]);
});

function methodDiffers(path: string, m: Method, other: Method, seen: Set<string>): string[] {
  const kind = ({ clientStreaming = false, serverStreaming = false }: Method) =>
    `client ${clientStreaming} server ${serverStreaming}`;
  return [
    ...differs(`${path} streaming`, kind(m), kind(other)),
    ...messageDiffers(m.inputType, other.inputType, seen),
    ...messageDiffers(m.outputType, other.outputType, seen),
  ];
}

function messageDiffers(name: string, otherName: string, seen: Set<string>): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const message = ours.messages.get(name);
  const other = theirs.messages.get(otherName);
  if (!message || !other) return [`${name}: no message ${message ? otherName : name}`];
  return (message.field ?? []).flatMap((f) => {
    const there = other.field?.find((o) => o.number === f.number);
    const at = `${name}.${f.name}`;
    const own = { ...f, typeName: qualified(f.typeName ?? "", name, ours) };
    return there ? fieldDiffers(at, own, there, [message, other], seen) : [`${at}: ${otherName} has no ${f.number}`];
  });
}

const PLAIN = "LABEL_OPTIONAL";
function fieldDiffers(
  at: string,
  f: Field,
  other: Field,
  [message, there]: readonly [Message, Message],
  seen: Set<string>,
) {
  const oneof = (m: Message, { oneofIndex }: Field): string =>
    oneofIndex === undefined ? "none" : (m.oneofDecl?.[oneofIndex]?.name ?? "");
  return [
    ...differs(`${at} name`, f.name, other.name),
    ...differs(`${at} type`, f.type, other.type),
    ...differs(`${at} label`, f.label ?? PLAIN, other.label ?? PLAIN),
    ...differs(`${at} oneof`, oneof(message, f), oneof(there, other)),
    ...typeDiffers(f, other, seen),
  ];
}
function typeDiffers({ type, typeName = "" }: Field, other: Field, seen: Set<string>): string[] {
  if (type !== other.type) return [];
  if (type === "TYPE_MESSAGE") return messageDiffers(typeName, other.typeName ?? "", seen);
  return type === "TYPE_ENUM" ? enumDiffers(typeName, other.typeName ?? "", seen) : [];
}
function enumDiffers(name: string, otherName: string, seen: Set<string>): string[] {
  seen.add(name);
  return (ours.enums.get(name)?.value ?? []).flatMap((v) => {
    const there = theirs.enums.get(otherName)?.value.find((o) => o.name === v.name);
    return differs(`${name}.${v.name}`, String(v.number ?? 0), there ? String(there.number ?? 0) : "nothing");
  });
}
const differs = (at: string, own: string, theirs: string): string[] =>
  own === theirs ? [] : [`${at}: ${own} for ${theirs}`];
