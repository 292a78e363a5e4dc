import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KubeError, type KubeObject } from "./api.ts";
import { collectionOf } from "./kinds.ts";
import { openReflector, type Reflection, type Reflector } from "./reflector.ts";
import { MemoryCluster } from "./testing/cluster.ts";

const at = (name: string) => ({ kind: "Subscriber", plural: "subscribers", namespace: "isp-acme", name });
let cluster: MemoryCluster;
let stop: AbortController;
let troubles: KubeError[];
let reflector: Reflector<string>;
let told: AsyncIterator<Reflection<string>>;
beforeEach(() => {
  cluster = new MemoryCluster();
  stop = new AbortController();
  troubles = [];
  begin();
});
afterEach(async () => {
  stop.abort();
  await told.return?.();
  expect(cluster.watches()).toBe(0);
});
function begin(
  more: { backoffMs?: readonly [number, number]; trim?: (o: KubeObject) => string | undefined } = {},
): void {
  reflector = openReflector({
    api: cluster.api,
    of: collectionOf("Subscriber"),
    trim: (o) => `${o.metadata.name}:${o.metadata.generation}`,
    signal: stop.signal,
    trouble: (e) => troubles.push(e),
    backoffMs: [1, 4],
    ...more,
  });
  told = reflector.run()[Symbol.asyncIterator]();
}
async function next(): Promise<string> {
  const { value, done } = await told.next();
  if (done) return "over";
  return value.type === "all" ? `all ${value.objects.join(" ")}`.trim() : `${value.type} ${value.object}`;
}
async function watching(): Promise<void> {
  while (cluster.watches() === 0) await new Promise(setImmediate);
}
async function nextAfter(change: () => void): Promise<string> {
  const coming = next();
  await watching();
  change();
  return coming;
}
const codes = (): readonly string[] => troubles.map((t) => t.code);
const asked = (verb: string): readonly string[] => cluster.asked.filter((a) => a.startsWith(verb));

describe("a list, then a watch", () => {
  test("all pages are one list; each change after it is told once", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) cluster.put(at(name));
    expect(await next()).toBe("all a:1 b:1 c:1 d:1 e:1");
    expect(asked("list")).toHaveLength(3);
    expect(await nextAfter(() => cluster.put(at("a"), { x: 1 }))).toBe("put a:2");
    expect(await nextAfter(() => cluster.remove(at("b")))).toBe("gone b:1");
    expect(await nextAfter(() => cluster.put(at("f")))).toBe("put f:1");
    expect(codes()).toEqual([]);
  });
  test("what changed between the list and the watch, or between its pages, is not missed", async () => {
    for (const name of ["a", "b", "c"]) cluster.put(at(name));
    cluster.before = (call) => {
      if (call.startsWith("list subscribers@")) cluster.remove(at("a"));
      if (call.startsWith("watch")) cluster.put(at("d"));
    };
    expect(await next()).toBe("all a:1 b:1 c:1");
    expect(await next()).toBe("gone a:1");
    expect(await next()).toBe("put d:1");
  });
  test("an empty collection is told, too", async () => {
    expect(await next()).toBe("all");
  });
  test("what is none of ours is not told, and moves the place all the same", async () => {
    begin({ trim: ({ metadata: { name } }) => (name.startsWith("x") ? undefined : name) });
    cluster.put(at("x1"));
    cluster.put(at("a"));
    expect(await next()).toBe("all a");
    expect(
      await nextAfter(() => {
        cluster.put(at("x2"));
        cluster.put(at("b"));
      }),
    ).toBe("put b");
    const place = cluster.version();
    expect(
      await nextAfter(() => {
        cluster.cut();
        cluster.put(at("c"));
      }),
    ).toBe("put c");
    expect(asked("watch").at(-1)).toBe(`watch subscribers from ${place}`);
  });
});

describe("a watch that ends", () => {
  test("goes on where it was, without a list and without trouble", async () => {
    cluster.put(at("a"));
    await next();
    expect(await nextAfter(() => cluster.put(at("b")))).toBe("put b:1");
    const place = cluster.version();
    const coming = next();
    await watching();
    cluster.cut();
    cluster.put(at("c"));
    expect(await coming).toBe("put c:1");
    expect(asked("watch").at(-1)).toBe(`watch subscribers from ${place}`);
    expect([asked("list").length, codes()]).toEqual([1, []]);
  });
  test("a bookmark moves the place, so that a quiet collection does not fall behind what the server remembers", async () => {
    await next();
    const coming = next();
    await watching();
    cluster.put({ kind: "Tenant", plural: "tenants", name: "acme" }); // versions are of the whole server
    cluster.bookmark();
    await new Promise(setImmediate);
    const place = cluster.version();
    cluster.compact();
    cluster.cut();
    cluster.put(at("a"));
    expect(await coming).toBe("put a:1");
    expect(asked("watch").at(-1)).toBe(`watch subscribers from ${place}`);
    expect(codes()).toEqual([]);
  });
  test("what was told and not taken yet is told again", async () => {
    await next();
    const coming = next();
    await watching();
    const before = cluster.version();
    cluster.put(at("a"));
    cluster.put(at("b"));
    expect(await coming).toBe("put a:1"); // and the consumer is still busy with it
    cluster.cut(new KubeError("Unreachable", "watch", "the connection ended"));
    expect(await next()).toBe("put b:1");
    expect(Number(asked("watch").at(-1)?.split(" ").at(-1))).toBeGreaterThan(Number(before));
  });
  test("before it told anything counts as failed: a log-in page instead of a watch is not asked for without end", async () => {
    await next();
    const coming = next();
    for (let n = 0; n < 3; n++) {
      await watching();
      cluster.cut();
      while (troubles.length === n) await new Promise(setImmediate);
    }
    await watching();
    cluster.put(at("a"));
    expect(await coming).toBe("put a:1");
    expect(codes()).toEqual(["Unreachable", "Unreachable", "Unreachable"]);
    expect(troubles[0]?.message).toContain("before it told anything");
  });
});

describe("what the server forgot", () => {
  test("410 in the watch: listed again, and what is gone meanwhile is missing in it", async () => {
    for (const name of ["a", "b"]) cluster.put(at(name));
    expect(await next()).toBe("all a:1 b:1");
    const coming = next();
    await watching();
    cluster.lagging = true;
    cluster.remove(at("a"));
    cluster.put(at("c"));
    cluster.compact();
    cluster.cut();
    cluster.catchUp();
    expect(await coming).toBe("all b:1 c:1");
    expect(codes()).toContain("Gone");
    expect(await nextAfter(() => cluster.put(at("d")))).toBe("put d:1");
  });
  test("410 between two pages: the whole list again, and no half of one is told", async () => {
    for (const name of ["a", "b", "c"]) cluster.put(at(name));
    let first = true;
    cluster.before = (call) => {
      if (!call.includes("@") || !first) return;
      first = false;
      cluster.remove(at("b"));
      cluster.compact();
    };
    expect(await next()).toBe("all a:1 c:1");
    expect(codes()).toEqual(["Gone"]);
  });
});

describe("every refusal", () => {
  test.each(["Unauthorized", "Forbidden", "NotFound", "Busy", "Unreachable", "Invalid", "Gone"] as const)(
    "%s of a list is told and tried again",
    async (code) => {
      let left = 3;
      cluster.put(at("a"));
      cluster.before = () => {
        if (left-- > 0) throw new KubeError(code, "list", "no");
      };
      expect(await next()).toBe("all a:1");
      expect(codes()).toEqual([code, code, code]);
    },
  );
  test.each(["Unauthorized", "Forbidden", "Busy", "Unreachable"] as const)(
    "%s of a watch: no list, and nothing is lost",
    async (code) => {
      await next();
      let left = 3;
      cluster.before = () => {
        if (left-- > 0) throw new KubeError(code, "watch", "no");
      };
      cluster.put(at("a"));
      cluster.put(at("b"));
      expect([await next(), await next()]).toEqual(["put a:1", "put b:1"]);
      expect([codes(), asked("list").length]).toEqual([[code, code, code], 1]);
    },
  );
  test("an error that is none of the API's ends nothing, either", async () => {
    let left = 2;
    cluster.before = () => {
      if (left-- > 0) throw new TypeError("fetch failed");
    };
    expect(await next()).toBe("all");
    expect(codes()).toEqual(["Unreachable", "Unreachable"]);
  });
});

describe("the wait after a failure", () => {
  const failing = (times: number, error = new KubeError("Unreachable", "list", "no")): number[] => {
    const at: number[] = [];
    let left = times;
    cluster.before = () => {
      at.push(performance.now());
      if (left-- > 0) throw error;
    };
    return at;
  };
  const waits = (at: readonly number[]): readonly number[] => at.slice(1).map((t, n) => t - at[n]!);
  test("grows to its longest, with half of it for chance", async () => {
    begin({ backoffMs: [20, 80] });
    const at = failing(5);
    await next();
    for (const [n, least] of [10, 20, 40, 40, 40].entries()) expect(waits(at)[n]).toBeGreaterThanOrEqual(least - 1.5);
  });
  test("does not grow beyond its longest: the thirtieth would else be a week", async () => {
    begin({ backoffMs: [1, 2] });
    failing(30);
    expect(await next()).toBe("all");
  });
  test("is what the server asks for, where it asks", async () => {
    const at = failing(1, new KubeError("Busy", "list", "slow down", 60));
    await next();
    expect(waits(at)[0]).toBeGreaterThanOrEqual(58.5);
  });
  test("is short again as soon as a watch told anything, a bookmark in a quiet collection too", async () => {
    begin({ backoffMs: [10, 100_000] });
    await next();
    const coming = next();
    // Without that the twentieth wait would be an hour.
    for (let n = 0; n < 20; n++) {
      await watching();
      cluster.bookmark();
      await new Promise(setImmediate);
      cluster.cut(new KubeError("Unreachable", "watch", "the connection ended"));
      while (troubles.length === n) await new Promise(setImmediate);
    }
    await watching();
    cluster.put(at("a"));
    expect(await coming).toBe("put a:1");
  });
});

describe("age", () => {
  test("is unknown until the server said anything, and begins anew with each word of it", async () => {
    cluster.put(at("a"));
    expect(reflector.age()).toBeUndefined();
    await next();
    const old = async (): Promise<void> => {
      while ((reflector.age() ?? 0) < 20) await new Promise(setImmediate);
    };
    for (const word of [() => cluster.bookmark(), () => void cluster.put(at("b"))]) {
      const coming = next();
      await watching();
      await old();
      word();
      await new Promise(setImmediate);
      expect(reflector.age()).toBeLessThan(20);
      cluster.put(at("c"), { n: Math.random() });
      await coming;
    }
  });
  test("grows while every call fails", async () => {
    await next();
    cluster.before = () => {
      throw new KubeError("Unreachable", "watch", "no");
    };
    const coming = next();
    while ((reflector.age() ?? 0) < 30) await new Promise(setImmediate);
    stop.abort();
    expect(await coming).toBe("over");
  });
});

describe("the signal", () => {
  const over = async (arrange: () => void | Promise<void>): Promise<void> => {
    const there = arrange();
    const coming = next();
    await there;
    stop.abort();
    expect(await coming).toBe("over");
    expect(await next()).toBe("over");
    expect(troubles.filter((t) => t.message.includes("CANCELED"))).toEqual([]);
  };
  const forever = (part: string) => () => {
    let reached = (): void => {};
    const there = new Promise<void>((resolve) => {
      reached = resolve;
    });
    cluster.before = (call) => {
      if (!call.includes(part)) return;
      reached();
      return new Promise<void>(() => {});
    };
    return there;
  };
  test("before it began", async () => {
    stop.abort();
    begin();
    expect(await next()).toBe("over");
    expect(cluster.asked).toEqual([]);
  });
  test("ends it in a list", () => over(forever("list")));
  test("ends it between pages", () => {
    for (const name of ["a", "b", "c"]) cluster.put(at(name));
    return over(forever("@"));
  });
  test("ends it while a watch is being opened", async () => {
    await next();
    await over(forever("watch"));
  });
  test("ends it in a quiet watch", async () => {
    await next();
    await over(watching);
  });
  test("ends it while it waits after a failure", async () => {
    begin({ backoffMs: [1e6, 1e6] });
    cluster.before = () => {
      throw new KubeError("Unreachable", "list", "no");
    };
    await over(async () => {
      while (troubles.length === 0) await new Promise(setImmediate);
    });
  });
});

test("whoever reads may leave: the watch is closed", async () => {
  await next();
  await nextAfter(() => cluster.put(at("a")));
  await told.return?.();
  expect(cluster.watches()).toBe(0);
});
