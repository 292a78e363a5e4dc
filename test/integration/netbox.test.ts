import { afterAll, beforeAll } from "vitest";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { tellStory } from "./netbox.story.ts";

const READ_ONLY = "nbt_readonly1.abc";
let standin: Standin;
beforeAll(async () => {
  standin = await startStandin();
  standin.accounts.set(READ_ONLY, { writes: false });
});
afterAll(() => standin.close());

tellStory("the stand-in", () => ({ url: standin.url, token: standin.token, readOnly: READ_ONLY }));
