/** `URL#BRANCH[:FOLDER]` → what is followed. Credentials in the URL are taken out of it, and appear nowhere else. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Sensitive } from "../core/sensitive.ts";

export interface GitAddress {
  /** As git is given it: without credentials, and never an option or a command. */
  readonly url: string;
  readonly branch: string;
  /** Folder in the repository, without a slash at either end; empty: all of it. */
  readonly folder: string;
  /** `user:token`, as it was written into the URL. */
  readonly written: Sensitive | undefined;
}
export type Parsed =
  | { readonly ok: true; readonly address: GitAddress }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** Stable: the same repository, branch and folder whoever signs in. */
export const gitSourceId = ({ url, branch, folder }: Omit<GitAddress, "written">): string =>
  `git:${url}#${branch}${folder && `:${folder}`}`;

const wrong = (message: string, remedy: string): Parsed => ({ ok: false, message, remedy });
const FORM = "write git:URL#BRANCH, or git:URL#BRANCH:FOLDER";

/** What is wrong never quotes the text: it may hold a password. */
export function parseGitAddress(text: string, cwd: string): Parsed {
  const hash = text.indexOf("#");
  if (hash < 1) return wrong("--source git: names no branch", FORM);
  const [branch = "", ...rest] = text.slice(hash + 1).split(":");
  const folder = rest.join(":").replace(/^\/+|\/+$/g, "");
  if (!isBranch(branch)) return wrong("--source git: what stands after # is no name of a branch", FORM);
  if (folder.split("/").some((part) => part === ".." || part === ".") || /\/\/|\0/.test(folder))
    return wrong("--source git: the folder walks out of the repository", "name it from the root of the repository");
  const remote = parseRemote(text.slice(0, hash), cwd);
  return "ok" in remote ? remote : { ok: true, address: { ...remote, branch, folder } };
}

/** git check-ref-format(1); a dash in front would be an option. */
const isBranch = (name: string): boolean =>
  !/^[-./@]|\.\.|\/[./]|@\{|[^!-~\u0080-\uffff]|[~^:?*[\\]|[./]$|\.lock(?:\/|$)/.test(name) && name !== "";

/** `git@host:path`, as people copy it from their forge. */
const SCP = /^[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^:\s-][^\s]*$/;
const SERVED = new Set(["https:", "http:", "ssh:", "file:"]);

function parseRemote(text: string, cwd: string): Pick<GitAddress, "url" | "written"> | (Parsed & { ok: false }) {
  if (SCP.test(text)) return { url: text, written: undefined };
  // `ext::` and `fd::` would run a command that whoever writes the address chooses.
  if (/^[a-z0-9+.-]+::/i.test(text)) return refused("--source git: this transport is not served");
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return /^[\w./~-]/.test(text) && !text.startsWith("-") && !text.includes(":")
      ? { url: pathToFileURL(resolve(cwd, text)).href, written: undefined }
      : refused("--source git: no address of a repository");
  }
  if (!URL.canParse(text)) return refused("--source git: no address of a repository");
  const url = new URL(text);
  // git:// proves neither side, so anybody on the way could declare.
  if (!SERVED.has(url.protocol)) return refused(`--source git: ${url.protocol}// is not served`);
  if (url.protocol !== "file:" && !/^[A-Za-z0-9[]/.test(url.hostname))
    return refused("--source git: no address of a repository");
  return withoutCredentials(url);
}
const refused = (message: string): Parsed & { ok: false } => ({
  ok: false,
  message,
  remedy: "use https://, ssh://, git@host:path, or the path of a local repository",
});

function withoutCredentials(url: URL): Pick<GitAddress, "url" | "written"> {
  const { username, password } = url;
  url.password = "";
  // For ssh the user is part of the place, such as git@; for http it is half of the credentials.
  if (url.protocol === "http:" || url.protocol === "https:") url.username = "";
  const written = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: url.href, written: password === "" ? undefined : new Sensitive(written) };
}
