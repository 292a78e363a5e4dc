/** Our protocol definition and VOLTHA's own in one form: google.protobuf.FileDescriptorProto as JSON. */
import { join } from "node:path";
import { loadSync } from "@grpc/proto-loader";
import { execa } from "execa";

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly label?: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
}
export interface Message {
  readonly name: string;
  readonly field?: readonly Field[];
  readonly nestedType?: readonly Message[];
  readonly enumType?: readonly Enum[];
  readonly oneofDecl?: readonly { readonly name: string }[];
}
export interface Enum {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}
export interface Method {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}
interface File {
  readonly package?: string;
  readonly messageType?: readonly Message[];
  readonly enumType?: readonly Enum[];
  readonly service?: readonly { readonly name: string; readonly method: readonly Method[] }[];
}
/** By full name with a dot before it, as fields name types. */
export interface Definitions {
  readonly methods: ReadonlyMap<string, Method>;
  readonly messages: ReadonlyMap<string, Message>;
  readonly enums: ReadonlyMap<string, Enum>;
}

const PRINT = `
import base64, json, sys
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.json_format import MessageToDict
from voltha_protos import voltha_pb2
theirs = {}
def walk(file):
    if file.name not in theirs:
        theirs[file.name] = FileDescriptorProto()
        file.CopyToProto(theirs[file.name])
        for other in file.dependencies: walk(other)
walk(voltha_pb2.DESCRIPTOR)
ours = [FileDescriptorProto.FromString(base64.b64decode(line)) for line in sys.stdin.read().split()]
print(json.dumps([[MessageToDict(f) for f in files] for files in (ours, theirs.values())]))
`;

export async function descriptors(python: string): Promise<readonly [ours: Definitions, theirs: Definitions]> {
  const loaded = loadSync(join(import.meta.dirname, "../../reconcilers/voltha/voltha.proto"), { keepCase: true });
  const id = loaded["voltha.ID"];
  const files = id?.["fileDescriptorProtos"];
  if (!Array.isArray(files)) throw new Error("voltha.proto has no message ID");
  const input = files.map((b) => b.toString("base64")).join("\n");
  const { stdout } = await execa(python, ["-c", PRINT], { input });
  const [ours, theirs] = JSON.parse(stdout) as [File[], File[]];
  return [definitions(ours), definitions(theirs)];
}

function definitions(files: readonly File[]): Definitions {
  const messages = new Map<string, Message>();
  const enums = new Map<string, Enum>();
  const methods = new Map<string, Method>();
  const add = (scope: string, ms: readonly Message[] = [], es: readonly Enum[] = []): void => {
    for (const e of es) enums.set(`${scope}.${e.name}`, e);
    for (const m of ms) {
      messages.set(`${scope}.${m.name}`, m);
      add(`${scope}.${m.name}`, m.nestedType, m.enumType);
    }
  };
  for (const f of files) {
    add(`.${f.package}`, f.messageType, f.enumType);
    for (const s of f.service ?? []) for (const m of s.method) methods.set(`/${f.package}.${s.name}/${m.name}`, m);
  }
  return { messages, enums, methods };
}

/** The loader names types as the file does: relative to the message that uses them. */
export function qualified(name: string, scope: string, all: Definitions): string {
  if (name.startsWith(".")) return name;
  const full = `${scope}.${name}`;
  if (all.messages.has(full) || all.enums.has(full)) return full;
  const outer = scope.slice(0, Math.max(0, scope.lastIndexOf(".")));
  return scope === "" ? name : qualified(name, outer, all);
}
