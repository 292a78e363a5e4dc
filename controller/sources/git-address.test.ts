import { describe, expect, it } from "vitest";
import { gitSourceId, parseGitAddress } from "./git-address.ts";

const parse = (text: string) => parseGitAddress(text, "/srv");

describe("an address of a branch", () => {
  it.each<[why: string, text: string, id: string]>([
    ["https", "https://git.example/isp/net.git#main", "git:https://git.example/isp/net.git#main"],
    [
      "a folder, however its ends are written",
      "https://git.example/n#main:/eu/isp/",
      "git:https://git.example/n#main:eu/isp",
    ],
    [
      "a branch with slashes",
      "ssh://git@git.example:2222/n#release/2026.1",
      "git:ssh://git@git.example:2222/n#release/2026.1",
    ],
    ["as a forge shows it", "git@git.example:isp/net.git#main", "git:git@git.example:isp/net.git#main"],
    ["a local path, from where we stand", "net.git#main", "git:file:///srv/net.git#main"],
    ["a local path with a space", "/srv/my net#main", "git:file:///srv/my%20net#main"],
    [
      "a token in it, which is no part of its name",
      "https://bot:pa55@git.example/n#main",
      "git:https://git.example/n#main",
    ],
    ["a password for ssh", "ssh://git:pa55@git.example/n#main", "git:ssh://git@git.example/n#main"],
  ])("%s", (_, text, id) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ ok: true });
    if (parsed.ok) expect(gitSourceId(parsed.address)).toBe(id);
    expect(JSON.stringify(parsed)).not.toContain("pa55");
  });
  it("keeps credentials that were written into it, out of sight", () => {
    const parsed = parse("https://bot:pa%3A55@git.example/n#main");
    expect(parsed.ok && parsed.address.written?.reveal()).toBe("bot:pa:55");
  });

  it.each<[why: string, text: string]>([
    ["no branch", "https://git.example/n"],
    ["an empty branch", "https://git.example/n#"],
    ["no repository", "#main"],
    ["a branch that is an option", "https://git.example/n#--upload-pack=touch /tmp/x"],
    ["a branch that is an option, shorter", "https://git.example/n#-x"],
    ["a branch that is a range", "https://git.example/n#a..b"],
    ["a branch that is an expression", "https://git.example/n#main@{1}"],
    ["a branch with a space", "https://git.example/n#a b"],
    ["a branch with a line feed", "https://git.example/n#a\nb"],
    ["a branch named as a lock", "https://git.example/n#main.lock"],
    ["a repository that is an option", "--upload-pack=touch#main"],
    ["a transport that runs a command", "ext::sh -c touch% /tmp/x#main"],
    ["a transport that runs a command, hidden behind a scheme", "ext::https://git.example/n#main"],
    ["a file descriptor", "fd::17#main"],
    ["a transport that authenticates nobody", "git://git.example/n#main"],
    ["a transport that is none", "javascript://git.example/n#main"],
    ["an ssh host that is an option", "ssh://-oProxyCommand=touch/n#main"],
    ["an ssh host that is an option, as a forge shows it", "git@-oProxyCommand=touch:n#main"],
    ["a path on the host that is an option", "git@git.example:-n#main"],
    ["a folder outside", "https://git.example/n#main:../etc"],
    ["a folder outside, on the way", "https://git.example/n#main:a/../../etc"],
  ])("is refused: %s", (_, text) => {
    const parsed = parse(text.replace("://git.example", "://bot:pa55@git.example"));
    expect(parsed).toMatchObject({ ok: false, remedy: expect.stringMatching(/./) });
    expect(JSON.stringify(parsed)).not.toContain("pa55");
  });
});
