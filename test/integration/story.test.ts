/** Two years of one subscriber, from the survey to the last trace: each turn of his life, in every system and in the status. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { arrival } from "./story.arrival.ts";
import { devices } from "./story.devices.ts";
import { end, erased } from "./story.end.ts";
import { NEIGHBOURS } from "./story.john.ts";
import { chronicle, judgement } from "./story.judgement.ts";
import { move } from "./story.move.ts";
import { type Picture, pictureOf } from "./story.picture.ts";
import { service } from "./story.service.ts";
import { type Tale, tell } from "./story.telling.ts";
import { openWorld, type World } from "./story.world.ts";

describe("John Doe", () => {
  let world: World;
  let tale: Tale;
  let others: readonly Picture[];
  const neighbours = () => Promise.all(NEIGHBOURS.map((name) => pictureOf(world, name)));
  beforeAll(async () => {
    world = await openWorld("2026-12-18T09:00:00Z");
    tale = await tell(world);
  });
  afterAll(() => world?.close());

  test("his neighbours are served already", async () => {
    await world.declare({});
    for (const ticket of ["TCK-20261218-0001", "TCK-20261218-0002"]) await world.complete(ticket);
    others = await neighbours();
    expect(others.map((p) => [p.says, p.bill[0]])).toEqual([
      [["Active"], "ACC-ann ACTIVE"],
      [["Active"], "ACC-mary ACTIVE"],
    ]);
  });
  arrival(() => tale);
  service(() => tale);
  devices(() => tale);
  move(() => tale);
  end(() => tale);
  chronicle(() => tale);
  erased(() => tale);
  judgement(() => tale);

  test("his neighbours have noticed nothing but the faster plan", async () => {
    const now = await neighbours();
    const faster = (text: string): string => text.replace(":residential-100mbps:", ":residential-100mbps~2:");
    expect(now.map((p) => ({ ...p, status: p.status["addresses"] }))).toEqual(
      others.map((p) => ({ ...p, radius: p.radius.map(faster), status: p.status["addresses"] })),
    );
  });
});
