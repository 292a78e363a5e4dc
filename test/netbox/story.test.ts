import { inject } from "vitest";
import { tellStory } from "../integration/netbox.story.ts";

tellStory("the real one", () => inject("netbox"));
