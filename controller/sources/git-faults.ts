/** What git says, in words for people: one table. */

/** `there`: a person or time heals it. `here`: our own clone may be broken, and a new one heals it. */
export class GitFault extends Error {
  override readonly name = "GitFault";
  readonly where: "there" | "here";
  readonly remedy: string;
  constructor(where: "there" | "here", message: string, remedy: string) {
    super(message);
    this.where = where;
    this.remedy = remedy;
  }
}
export const there = (message: string, remedy: string): GitFault => new GitFault("there", message, remedy);

const TABLE: readonly (readonly [like: RegExp, message: string, remedy: string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Offending .* key/i,
    "the host key of the server is another one than before",
    "find out why; only then replace its line in the known_hosts file",
  ],
  [
    /Host key verification failed|No \S+ host key is known/i,
    "the host key of the server is not known",
    "compare its fingerprint with what your provider publishes, and add the key to the known_hosts file (ssh-keyscan shows it)",
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|Permission denied \(|returned error: 40[13]|Access denied/i,
    "the credentials are missing, or are refused",
    "name a file with a token (https) or a private key (ssh) with --git-credentials, or start an ssh agent",
  ],
  [
    /couldn't find remote ref/i,
    "the branch does not exist",
    "bring the branch back, or follow another one (a server in maintenance may answer so too); what was declared last stands",
  ],
  [
    /returned error: 404|repository .*not found|does not appear to be a git repository|not valid: is this a git/i,
    "there is no such repository, or it may not be read",
    "correct the address, or let the credentials read it",
  ],
  [
    /returned error: 3\d\d|redirect/i,
    "the server sends us to another address, and credentials do not follow",
    "write the address that it sends to",
  ],
  [
    /certificate|SSL_|SSL connect|TLS (?:handshake|alert)/,
    "the certificate of the server is not trusted",
    "name the authority's certificates with GIT_SSL_CAINFO",
  ],
  [/dubious ownership/i, "the repository belongs to another user", "run as its owner, or use https or ssh"],
  [/transport '.*' not allowed/i, "the transport is not served", "use https://, ssh:// or file://"],
  [/No space left on device|Disk quota exceeded/i, "the disk is full", "make room in LASTMILE_HOME"],
  [/EACCES|Permission denied/, "the folder of the clone may not be written", "make LASTMILE_HOME writable"],
  [/spawn \S+ ENOENT/, "git is not installed", "install git"],
  [
    /could not resolve host|failed to connect|couldn't connect|connection|timed? ?out|unable to access|early EOF|hung up|RPC failed|network|could not read from remote|block timeout/i,
    "the repository cannot be reached",
    "wait: it is tried again; check the network and the server when it lasts",
  ],
];

/** Only what the table says leaves here: git quotes addresses, paths and what the server chooses to say. */
export function toFault(error: unknown): GitFault {
  if (error instanceof GitFault) return error;
  // What stands in quotes are addresses and names, which may read like anything.
  const words = (error instanceof Error ? error.message : String(error)).replace(/'[^'\n]*'/g, "''");
  const [, message, remedy] = TABLE.find(([like]) => like.test(words)) ?? [];
  if (message !== undefined && remedy !== undefined) return there(message, remedy);
  return new GitFault(
    "here",
    "the local copy cannot be read",
    "wait: it is fetched anew; check the disk when it lasts",
  );
}
