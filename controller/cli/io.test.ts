import { describe, expect, test } from "vitest";
import { painter, processIo, type Style, visible } from "./io.ts";

describe("what a terminal would obey", () => {
  test.each([
    ["a title", "a\u001b]0;x\u0007b", "a\\u001b]0;x\\u0007b"],
    ["a carriage return, which would overwrite the line", "bad\rgood", "bad\\u000dgood"],
    ["DEL and a C1 introducer", "\u007f\u009b2J", "\\u007f\\u009b2J"],
    ["text that runs backwards", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
    ["concealed text", "\u001b[8mx", "\\u001b[8mx"],
    ["nothing of lines, tabs and letters", "ä\n\tß", "ä\n\tß"],
  ])("%s is spelled", (_, text, spelled) => {
    expect(visible(text, true)).toBe(spelled);
    expect(visible(text, false)).toBe(spelled);
  });
  test("colours stay where there are colours", () => {
    const single: readonly Style[] = ["red", "green", "yellow", "magenta", "bold", "dim", "italic"];
    for (const style of [...single, ["bold", "cyan"], ["bold", "inverse"]] as Style[]) {
      const text = painter(true)(style, "x");
      expect(visible(text, true)).toBe(text);
    }
    expect(visible("\u001b[31mx", false)).toBe("\\u001b[31mx");
  });
  test("JSON means the same afterwards", () => {
    const data = { name: "a\u009b2J\u007f\u202e" };
    const text = visible(JSON.stringify(data), false);
    expect(text).not.toContain("\u009b");
    expect(JSON.parse(text)).toEqual(data);
  });
  test("results and errors pass through it", ({ onTestFinished }) => {
    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      const { write } = stream;
      onTestFinished(() => {
        stream.write = write;
      });
      stream.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    }
    const io = processIo({ NO_COLOR: "1" });
    io.out("\u009b");
    io.err("\u001b");
    expect(written.slice(-2)).toEqual(["\\u009b\n", "\\u001b\n"]);
  });
});
