/** Columns for people, as kubectl aligns them: no borders, so that lines can be copied and grepped. */
import Table from "cli-table3";

const NOTHING = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

/** An empty cell shows as `-`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = new Table({
    head: head.map((h) => h.toUpperCase()),
    chars: NOTHING,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 3 },
  });
  for (const row of rows) lines.push(row.map((cell) => (cell === "" ? "-" : cell)));
  return lines
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
