/** Who we are to a remote, and how we know that it is the right one. Read at each call, for tokens are renewed. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Sensitive } from "../core/sensitive.ts";
import type { GitAddress } from "./git-address.ts";
import { gitEnv, ONLY_OURS } from "./git-command.ts";
import { there } from "./git-faults.ts";

export interface AccessOptions {
  /** https: `token` or `user:token`; ssh: a private key. */
  readonly credentialsFile?: string;
  /** Left out: that of the user. */
  readonly knownHostsFile?: string;
}

/** The environment in which git may speak with the remote. Secrets are in it, and in no argument and no file. */
export async function accessEnv(
  { url, written }: GitAddress,
  options: AccessOptions,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  if (/^https?:/.test(url)) {
    const token = (await tokenOf(options)) ?? written;
    return { ...gitEnv(env, token && header(new URL(url), token)), ...ONLY_OURS };
  }
  const ssh = url.startsWith("file:") ? {} : { GIT_SSH_COMMAND: sshCommand(options, env) };
  return { ...gitEnv(env), ...ONLY_OURS, ...ssh };
}

async function tokenOf({ credentialsFile }: AccessOptions): Promise<Sensitive | undefined> {
  if (credentialsFile === undefined) return undefined;
  const text = await readFile(credentialsFile, "utf8").catch((e: NodeJS.ErrnoException) => {
    throw there(`the credentials file cannot be read (${e.code})`, "correct --git-credentials, or its permissions");
  });
  const token = text.trim();
  if (!/^[\u0021-\u007e]+$/.test(token))
    throw there("the credentials file holds no token", "write one line into it: TOKEN, or USER:TOKEN");
  return new Sensitive(token);
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
/** Any user name will do for GitHub, GitLab and Gitea, where the token says who it is. */
function header(url: URL, token: Sensitive): Readonly<Record<string, string>> {
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    throw there("credentials are not sent over http://", "use https://");
  const user = token.reveal().includes(":") ? token.reveal() : `x-access-token:${token.reveal()}`;
  const basic = Buffer.from(user).toString("base64");
  return { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${basic}` };
}

function sshCommand({ credentialsFile, knownHostsFile }: AccessOptions, env: NodeJS.ProcessEnv): string {
  const known = knownHostsFile ?? join(env["HOME"] ?? homedir(), ".ssh", "known_hosts");
  const options = [
    "StrictHostKeyChecking=yes",
    "BatchMode=yes", // nobody is there to be asked
    "ConnectTimeout=20",
    `UserKnownHostsFile=${known}`,
    ...(credentialsFile === undefined ? [] : ["IdentitiesOnly=yes", `IdentityFile=${credentialsFile}`]),
  ];
  return ["ssh", ...options.flatMap((o) => ["-o", quoted(o)])].join(" ");
}
/** git hands it to a shell, and ssh splits the values of options at spaces outside of quotes. */
const quoted = (option: string): string => {
  const [name = "", value = ""] = option.split(/=(.*)/s);
  return `'${`${name}="${value}"`.replaceAll("'", "'\\''")}'`;
};
