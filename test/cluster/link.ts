/** A way to a server of this machine that can be bad in the ways of networks: cut, silent, slow. */
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Link {
  readonly url: string;
  /** Resets every connection; new ones come through. */
  readonly cut: () => void;
  /** Takes connections and bytes, and passes nothing on until `heal`; what was silent then stays so. */
  readonly silence: () => void;
  /** Resets every connection, new ones, too, until `heal`. */
  readonly shut: () => void;
  readonly slow: (ms: number) => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}
type State = "open" | "silent" | "shut";
interface Pair {
  readonly ends: readonly [Socket, Socket];
  silent: boolean;
}

export async function openLink(target: string): Promise<Link> {
  const port = Number(new URL(target).port);
  const pairs = new Set<Pair>();
  let state: State = "open";
  let delayMs = 0;
  const reset = (): void => {
    for (const { ends } of pairs) for (const end of ends) end.resetAndDestroy();
  };
  const server = createServer((incoming) => {
    incoming.on("error", () => undefined);
    if (state === "shut") return void incoming.resetAndDestroy();
    const onward = connect(port, "127.0.0.1");
    onward.on("error", () => undefined);
    const pair: Pair = { ends: [incoming, onward], silent: state === "silent" };
    pairs.add(pair);
    void pass(incoming, onward, pair);
    void pass(onward, incoming, pair);
    const over = (): void => {
      pairs.delete(pair);
      if (!pair.silent) for (const end of pair.ends) end.destroy();
    };
    for (const end of pair.ends) end.once("close", over);
  });
  const pass = async (from: Socket, to: Socket, pair: Pair): Promise<void> => {
    try {
      for await (const part of from) {
        if (delayMs > 0) await sleep(delayMs);
        if (!pair.silent) to.write(part as Buffer);
      }
    } catch {
      // the connection was cut, which is what this is for
    }
  };
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `https://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
    cut: reset,
    silence() {
      state = "silent";
      for (const pair of pairs) pair.silent = true;
    },
    shut() {
      state = "shut";
      reset();
    },
    slow(ms) {
      delayMs = ms;
    },
    heal() {
      state = "open";
      delayMs = 0;
    },
    close() {
      reset();
      return new Promise((closed) => void server.close(() => closed()));
    },
  };
}
