/** Group and version of every kind. */
export const API_VERSION = "lastmile.dev/v1alpha1";

/**
 * The structural schema of Kubernetes (apiextensions.k8s.io/v1 JSONSchemaProps), as far as crds/ uses it.
 * A keyword that is not here is not validated offline; a test refuses it in crds/.
 */
export interface Schema {
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "boolean";
  readonly format?: string;
  readonly default?: Json;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-validations"?: readonly Rule[];
}
/** One CEL rule of a node. `self` is the node's value, `oldSelf` the stored one. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly reason?: string;
  readonly fieldPath?: string;
}
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One kind of the API. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Cluster" | "Namespaced";
  readonly schema: Schema;
}

/** The schema of a key of an object: a declared property, or the value schema of a map. */
export function fieldSchema(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema?.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return schema?.additionalProperties;
}
