/** Where a running controller listens, and with which token devices' side is answered. */
import { readFile } from "node:fs/promises";
import { Sensitive } from "../core/sensitive.ts";
import { type Endpoints, type Listening, openHttp } from "../observe/http.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";

export interface ListenOptions {
  readonly listen: string;
  readonly devicesTokenFile?: string;
}
export interface Listen {
  /** Empty: every interface, IPv6 and IPv4, which is what Node makes of it. */
  readonly host: string;
  readonly port: number;
  /** For hints and SADIS; undefined: nobody is answered there. */
  readonly token: Sensitive | undefined;
}

/** Undefined: it listens nowhere. */
export async function listenFrom({ listen, devicesTokenFile: file }: ListenOptions): Promise<Listen | undefined> {
  if (listen === "off") {
    if (file === undefined) return undefined;
    throw new CliError(
      "--devices-token-file without a listener",
      "write --listen ADDRESS:PORT where devices' side asks",
    );
  }
  const [, bracketed, host = bracketed ?? "127.0.0.1", port] = ADDRESS.exec(listen) ?? [];
  if (port === undefined || Number(port) >= 65_536)
    throw new CliError(
      "--listen names no address",
      "write --listen 127.0.0.1:9090, [::1]:9090, :9090 for every interface, or --listen off",
    );
  return { host, port: Number(port), token: file === undefined ? undefined : await tokenIn(file) };
}
/** An IPv6 address stands in brackets, because its own colons end nowhere (RFC 3986, 3.2.2). */
const ADDRESS = /^(?:(?:\[([\da-fA-F:.]+(?:%[^\]]+)?)\]|([^:[\]]*)):)?(\d{1,5})$/;

/** It is sent in a query too, where nothing else stands for itself (RFC 3986, 2.3). */
const TOKEN = /^[A-Za-z0-9._~-]{16,256}$/;
async function tokenIn(file: string): Promise<Sensitive> {
  const text = await readFile(file, "utf8").catch((e: NodeJS.ErrnoException) => {
    throw new CliError(`the token file cannot be read (${e.code})`, "correct --devices-token-file, or its permissions");
  });
  const token = text.trim();
  if (TOKEN.test(token)) return new Sensitive(token);
  throw new CliError(
    "the token file holds no token",
    "write one line of 16 to 256 letters, digits and . _ ~ - into it, such as that of openssl rand -hex 32",
  );
}

export function listen(endpoints: Endpoints, { host, port }: Listen): Promise<Listening> {
  return openHttp(endpoints, { host, port }).catch((e: NodeJS.ErrnoException) => {
    throw new CliError(
      `cannot listen on ${host.includes(":") ? `[${host}]` : host}:${port} (${e.code})`,
      "name another one with --listen, or --listen off",
      EXIT.failed,
    );
  });
}
