/** Asks for the next page before the last one is used: the other side works while we do. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const reading = pages[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T>> => {
    const page = reading.next();
    page.catch(() => undefined); // it may fail while nobody waits for it yet; whoever waits hears of it
    return page;
  };
  let next = ask();
  try {
    for (let page = await next; !page.done; page = await next) {
      next = ask();
      yield page.value;
    }
  } finally {
    await reading.return?.();
  }
}
