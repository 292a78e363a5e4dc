/** What the API server asks of metadata, before any schema of ours. */
import { isObject, type JsonObject, type Value } from "../json.ts";
import type { Problem } from "../problem.ts";
import type { Kind } from "../schema.ts";
import { nearest } from "./nearest.ts";

const FIELDS: readonly string[] = [
  "name",
  "generateName",
  "namespace",
  "labels",
  "annotations",
  "finalizers",
  "ownerReferences",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
];
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function unknownMetadata(object: JsonObject): readonly Problem[] {
  const metadata = object["metadata"];
  if (!isObject(metadata)) return [];
  return Object.keys(metadata)
    .filter((key) => !FIELDS.includes(key))
    .map((key) => unknown(`metadata.${key}`, key, FIELDS));
}

export function unknown(path: string, key: string, known: readonly string[]): Problem {
  const meant = nearest(key, known);
  const remedy = meant ? `did you mean ${meant}?` : known.length ? `known here: ${known.join(", ")}` : "remove it";
  return { path, reason: "UnknownField", message: "unknown field", remedy };
}

export function checkMetadata(object: JsonObject, { scope }: Kind): readonly Problem[] {
  const metadata = object["metadata"] ?? {};
  if (!isObject(metadata)) return [{ path: "metadata", reason: "FieldValueTypeInvalid", message: "must be an object" }];
  return [
    ...checkName(metadata["name"]),
    ...checkNamespace(metadata["namespace"], scope),
    ...checkStrings(metadata, "labels"),
    ...checkStrings(metadata, "annotations"),
  ];
}

function checkName(name: Value | undefined): readonly Problem[] {
  const path = "metadata.name";
  if (name === undefined || name === null || name === "") {
    return [{ path, reason: "FieldValueRequired", message: "is required: a name that is unique among its kind" }];
  }
  if (typeof name === "string" && name.length <= 253 && SUBDOMAIN.test(name)) return [];
  const message =
    "must be lower-case letters, digits, - and ., begin and end with a letter or digit, at most 253 characters";
  return [{ path, reason: "FieldValueInvalid", message }];
}

function checkNamespace(namespace: Value | undefined, scope: Kind["scope"]): readonly Problem[] {
  const path = "metadata.namespace";
  const given = namespace !== undefined && namespace !== null && namespace !== "";
  if (scope === "Cluster") {
    return given
      ? [{ path, reason: "FieldValueForbidden", message: "this kind has no namespace", remedy: "remove it" }]
      : [];
  }
  if (!given) return [{ path, reason: "FieldValueRequired", message: "is required: the namespace of the tenant" }];
  if (typeof namespace === "string" && namespace.length <= 63 && LABEL.test(namespace)) return [];
  return [
    { path, reason: "FieldValueInvalid", message: "must be lower-case letters, digits and -, at most 63 characters" },
  ];
}

function checkStrings(metadata: JsonObject, field: string): readonly Problem[] {
  const map = metadata[field] ?? {};
  const path = `metadata.${field}`;
  if (!isObject(map)) return [{ path, reason: "FieldValueTypeInvalid", message: "must be an object" }];
  return Object.entries(map)
    .filter(([, value]) => typeof value !== "string")
    .map(([key]) => ({
      path: `${path}.${key}`,
      reason: "FieldValueTypeInvalid",
      message: "must be a string",
      remedy: "write the value in quotes",
    }));
}
