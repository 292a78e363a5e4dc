/** The kubeconfig as it is now: the library keeps a token after the server has refused it, and reads no file twice. */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";

export interface Credentials {
  current(): KubeConfig;
  /** The server did not take these: they are read anew. */
  refused(config: KubeConfig): void;
}
/** Milliseconds: a plugin that asks an identity provider is not run for each of many refused requests. */
const AGAIN_MS = 1_000;

export function openCredentials(load: () => KubeConfig, now: () => number = () => performance.now()): Credentials {
  let config = load();
  let readAt = now();
  return {
    current: () => config,
    refused(used) {
      if (used !== config || now() - readAt < AGAIN_MS) return;
      readAt = now();
      try {
        config = load();
      } catch {
        // a file that is just being written: what is known stays until the next refusal
      }
    },
  };
}

interface Named {
  readonly name: string;
  readonly user?: { readonly tokenFile?: string };
}
/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo, which the library reads without `tokenFile`. */
export function withTokenFiles(config: KubeConfig, paths: string): KubeConfig {
  for (const path of paths.split(delimiter).filter(existsSync)) {
    const { users = [] } = (parse(readFileSync(path, "utf8")) ?? {}) as { readonly users?: readonly Named[] };
    const files = new Map(users.flatMap(({ name, user }) => (user?.tokenFile ? [[name, user.tokenFile]] : [])));
    config.users = config.users.map((user) => {
      const file = files.get(user.name);
      if (file === undefined) return user;
      return { ...user, authProvider: { name: "tokenFile", config: { tokenFile: resolve(dirname(path), file) } } };
    });
  }
  return config;
}
