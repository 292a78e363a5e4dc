import { describe, expect, it } from "vitest";
import { code, markdownTable } from "./markdown-text.ts";

describe("text of others in markdown", () => {
  it.each<[why: string, text: string, as: string]>([
    ["plain", "john-doe", "`john-doe`"],
    ["HTML stays text", "<img src=x onerror=alert(1)>", "`<img src=x onerror=alert(1)>`"],
    ["a mention reaches nobody", "@ops", "`@ops`"],
    ["a backtick does not end it", "a`b", "``a`b``"],
    ["nor do more of them", "a``b```", "```` a``b``` ````"],
    ["nor one at its edge", "`", "`` ` ``"],
    ["a line feed begins no line", "a\n# b", "`a\\n# b`"],
    ["a bar ends no cell, whatever is before it", "a\\|b", "`a\\\\u007cb`"],
    ["nothing turns the direction of text", "a\u202eb", "`a\\u202eb`"],
    ["nothing rewrites a terminal", "a\u001b[2Jb", "`a\\u001b[2Jb`"],
    ["a span needs something in it", " ", "–"],
    ["outer spaces are kept", " a ", "`  a  `"],
  ])("%s", (_, text, as) => expect(code(text)).toBe(as));
  it("is cut, and never inside of a character", () => {
    expect(code("x".repeat(300), 10)).toBe(`\`${"x".repeat(10)}…\``);
    expect(code(`${"x".repeat(9)}\u{1f600}`, 10)).toBe(`\`${"x".repeat(9)}…\``);
  });
  it("stands in a table", () => {
    expect(markdownTable(["a", ""], [["1", "2"]])).toBe("| a |  |\n|---|---|\n| 1 | 2 |");
  });
});
