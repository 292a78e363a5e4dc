/** Declarations as text: objects become YAML documents, strings are taken as they are. */
import { parse, stringify } from "yaml";

export const yaml = (objects: readonly (object | string)[]): string =>
  objects.map((object) => (typeof object === "string" ? object : stringify(object))).join("---\n");

export const parseYaml = (text: string): unknown => parse(text);
