/** What goes wrong on order, with a request to come. */
export type Trouble =
  /** Carried out, and nobody hears of it (fact 7). */
  | { readonly what: "drop" }
  | { readonly what: "refuse"; readonly status: number }
  /** A page of something that stands before the NBI. */
  | { readonly what: "html" }
  /** No answer, the connection stays. */
  | { readonly what: "stall" };
interface Ordered {
  readonly on: RegExp;
  readonly trouble: Trouble;
  /** How many fitting requests pass before. */
  left: number;
}
export interface Troubles {
  /** Once: the nth fitting request that no earlier order takes. `on` is tried on `METHOD path`. */
  drop(nth?: number, on?: RegExp): void;
  refuse(status: number, nth?: number, on?: RegExp): void;
  html(nth?: number, on?: RegExp): void;
  stall(nth?: number, on?: RegExp): void;
}

export function makeTroubles(): { readonly hands: Troubles; next(line: string): Trouble | undefined } {
  const ordered: Ordered[] = [];
  const order = (trouble: Trouble, nth = 1, on = /./): void => void ordered.push({ on, trouble, left: nth - 1 });
  return {
    hands: {
      drop: (nth, on) => order({ what: "drop" }, nth, on),
      refuse: (status, nth, on) => order({ what: "refuse", status }, nth, on),
      html: (nth, on) => order({ what: "html" }, nth, on),
      stall: (nth, on) => order({ what: "stall" }, nth, on),
    },
    next(line) {
      const at = ordered.findIndex((o) => o.on.test(line) && o.left-- === 0);
      return at < 0 ? undefined : ordered.splice(at, 1)[0]!.trouble;
    },
  };
}
