/** The streams of the program, and nothing else of the process: tests and the demo bring their own. */
import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;
export interface Io {
  /** Results: what a pipe reads. A line feed is added. */
  out(text: string): void;
  /** Progress, remarks and errors: what only people read. */
  err(text: string): void;
  /** Replaces the line of progress where stderr is a terminal; silent elsewhere. `undefined` clears it. */
  progress(text: string | undefined): void;
  /** For `out`. Plain where stdout is no terminal. */
  readonly paint: Paint;
  /** For `err`. */
  readonly paintErr: Paint;
  /** True when a person answers on a terminal with yes. undefined: there is no terminal to ask on. */
  confirm(question: string, signal: AbortSignal): Promise<boolean | undefined>;
}
/** What a command is given. */
export interface Cx {
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** C0 except line feed and tab, DEL, C1 (0x9b begins a sequence as ESC [ does), and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
/** Colours and weights that `paint` makes; none of them hides text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const PAINTED = /(\u001b\[(?:[1-47]|2[2-47]|3[1-79]|9[0-6])m)/;

/** Spelled as JSON spells them, so that JSON stays what it says. `colour`: what `paint` made stays. */
export function visible(text: string, colour: boolean): string {
  const spell = (part: string): string =>
    part.replace(CONTROLS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (!colour) return spell(text);
  return text
    .split(PAINTED)
    .map((part, n) => (n % 2 === 1 ? part : spell(part)))
    .join("");
}

const CLEAR = "\r\u001b[2K";

export function processIo(env: NodeJS.ProcessEnv): Io {
  const { stdin, stdout, stderr } = process;
  const colour = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !env["NO_COLOR"];
  let drawn = false;
  const progress = (text: string | undefined): void => {
    if (stderr.isTTY !== true || (text === undefined && !drawn)) return;
    stderr.write(text === undefined ? CLEAR : `${CLEAR}${visible(text, false).slice(0, (stderr.columns ?? 80) - 1)}`);
    drawn = text !== undefined;
  };
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    progress(undefined);
    stream.write(`${visible(text, colour(stream))}\n`);
  };
  return {
    out: (text) => write(stdout, text),
    err: (text) => write(stderr, text),
    progress,
    paint: painter(colour(stdout)),
    paintErr: painter(colour(stderr)),
    async confirm(question, signal) {
      if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
      progress(undefined);
      const terminal = createInterface({ input: stdin, output: stderr });
      terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT")); // readline would keep Ctrl-C to itself
      try {
        return /^y(es)?$/i.test(
          (await terminal.question(`${visible(question, colour(stderr))} [y/N] `, { signal })).trim(),
        );
      } finally {
        terminal.close();
      }
    },
  };
}

export const painter = (colour: boolean): Paint =>
  colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
