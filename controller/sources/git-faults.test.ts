import { describe, expect, it } from "vitest";
import { toFault } from "./git-faults.ts";

describe("what git says, for people", () => {
  it.each<[text: string, message: string]>([
    ["fatal: unable to access 'https://ssl.example/n/': Could not resolve host: ssl.example", "cannot be reached"],
    [
      "fatal: unable to access 'https://h/n/': Failed to connect to h port 443: Connection refused",
      "cannot be reached",
    ],
    ["fatal: unable to access 'https://h/n/': The requested URL returned error: 404", "no such repository"],
    ["remote: Repository not found.\nfatal: repository 'https://h/n/' not found", "no such repository"],
    [
      "fatal: '/srv/n' does not appear to be a git repository\nfatal: Could not read from remote repository.",
      "no such",
    ],
    ["fatal: Authentication failed for 'https://h/n/'", "credentials"],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", "credentials"],
    ["git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", "credentials"],
    ["fatal: unable to access 'https://h/n/': The requested URL returned error: 403", "credentials"],
    [
      "No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.",
      "not known",
    ],
    ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "another one than before"],
    ["fatal: unable to access 'https://h/n/': The requested URL returned error: 301", "another address"],
    ["fatal: unable to access 'https://h/n/': SSL certificate problem: self-signed certificate", "not trusted"],
    ["fatal: couldn't find remote ref refs/heads/main", "branch does not exist"],
    ["fatal: write error: No space left on device", "disk is full"],
    ["fatal: cannot mkdir objects: Permission denied", "may not be written"],
    ["error: spawn git ENOENT", "not installed"],
    ["block timeout reached", "cannot be reached"],
    ["fatal: fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF", "cannot be reached"],
  ])("%s", (text, message) => {
    const fault = toFault(new Error(text));
    expect(fault).toMatchObject({
      where: "there",
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/./),
    });
    expect(fault.message).not.toContain("://");
  });
  it("takes what it does not know for a clone that is broken, and repeats none of it", () => {
    const fault = toFault(new Error("fatal: bad object https://bot:pa55@h"));
    expect(fault.where).toBe("here");
    expect(`${fault.message} ${fault.remedy}`).not.toContain("pa55");
    expect(toFault(fault)).toBe(fault);
  });
});
