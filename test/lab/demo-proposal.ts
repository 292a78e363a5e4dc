/** The last chapter: a pull request says what it changes for whom. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Stage } from "./demo-stage.ts";
import { chapter, edit, expectExit, say } from "./demo-telling.ts";

export async function propose(s: Stage): Promise<void> {
  chapter(s, "13. A pull request, before anybody merges it");
  if (!(await hasGit())) return say(s, "There is no git on this machine, so this chapter is left out.");
  const git = gitIn(s);
  await git("init", "-q", "-b", "main");
  await git("add", "-A");
  await git("commit", "-qm", "as it is");
  await git("checkout", "-qb", "changes");
  await edit(s, "acme/subscribers/residential.yaml", "carla-weber", "residential-50mbps", "residential-100mbps");
  await edit(s, "hillnet/subscribers.yaml", "bruno", "hill-100", "hill-500");
  await rm(join(s.scene.folder, "acme/subscribers/kira-lund.yaml"));
  s.io.out(s.io.paint(["bold", "cyan"], `$ git rm ${join(s.folder, "acme/subscribers/kira-lund.yaml")}`));
  await git("add", "-A");
  await git("commit", "-qm", "two upgrades, and one who leaves");
  say(s, "This is the comment that examples/gitops/ puts under it; neither the store nor any system was asked:");
  await expectExit(s, 2, "plan", s.folder, "--base", "main", "--head", "changes", "--markdown");
}

const hasGit = (): Promise<boolean> =>
  execa("git", ["--version"]).then(
    () => true,
    () => false,
  );

/** A repository of its own, whatever surrounds it, and nothing of whoever runs the demo. */
const gitIn =
  (s: Stage) =>
  async (...args: readonly string[]): Promise<void> => {
    const who = ["-c", "user.name=Ada Admin", "-c", "user.email=ada@isp.example", "-c", "commit.gpgsign=false"];
    const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    await execa("git", [...who, ...args], { cwd: s.scene.folder, env, cancelSignal: s.signal });
  };
