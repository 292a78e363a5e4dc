/** How the story is judged: at each turn everything is as it was, in every system and in the status, but for what is named. */
import { expect } from "vitest";
import { JOHN } from "./story.john.ts";
import { type Lines, type Picture, pictureOf } from "./story.picture.ts";
import type { World } from "./story.world.ts";

/** What has changed since the turn before, and what was said meanwhile. Whatever is wrong at one turn is told of that turn only. */
export interface Turn extends Partial<Omit<Picture, "status">> {
  readonly status?: Readonly<Record<string, string>>;
  /** Subjects of what came to his mailbox. */
  readonly letters?: Lines;
  /** What the NAS was told about his sessions. */
  readonly heard?: Lines;
}
export interface Tale {
  readonly world: World;
  turn(changes: Turn): Promise<void>;
}

export async function tell(world: World): Promise<Tale> {
  let before = await pictureOf(world, JOHN);
  let [letters, heard] = [0, 0];
  return {
    world,
    async turn({ letters: sent = [], heard: told = [], status, ...changes }) {
      const now = await pictureOf(world, JOHN);
      const subjects = world.box.received
        .filter((m) => m.to.includes("john@example.com"))
        .map((m) => /^Subject: (.*)$/m.exec(m.text)?.[1]?.trim());
      const [was, sentBefore, toldBefore] = [before, letters, heard];
      [before, letters, heard] = [now, subjects.length, world.nas.heard.length];
      expect
        .soft({ ...now, letters: subjects.slice(sentBefore), heard: world.nas.heard.slice(toldBefore) })
        .toEqual({ ...was, ...changes, status: { ...was.status, ...status }, letters: sent, heard: told });
    },
  };
}
