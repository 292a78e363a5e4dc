/** Preloaded into the controller: answers what it holds once garbage is gone. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
}
process.on("message", () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed } satisfies Memory);
});
process.channel?.unref(); // nobody stays for a question
