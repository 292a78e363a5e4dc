/** Shell completion, made from the program itself, so that it knows every command and option. Pure. */
import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Words that may follow: subcommands, options, values that are known. */
  readonly words: readonly string[];
  /** True: a path is expected too. */
  readonly files: boolean;
}

/** @param values what the first argument of a command may be, such as the kinds for `get`. */
export function completionScript(
  shell: Shell,
  program: Command,
  values: Readonly<Record<string, readonly string[]>>,
): string {
  const entries = program.commands.map((c) => entryOf(c, values[c.name()] ?? []));
  return { bash, zsh, fish }[shell](entries);
}

function entryOf(c: Command, values: readonly string[]): Entry {
  const options = c.options.flatMap((o) => [o.long, o.short].filter((s) => s !== undefined && s !== null));
  const words = [...c.commands.map((s) => s.name()), ...values, ...options.sort(), "--help"];
  const files = c.registeredArguments.some((a) => a.name() === "path") || options.includes("--source");
  return { name: c.name(), summary: c.summary() || c.description(), words, files };
}

const bash = (
  entries: readonly Entry[],
): string => `# lastmile: bash completion. Use it with: source <(lastmile completion bash)
_lastmile() {
  local word=\${COMP_WORDS[COMP_CWORD]} words files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${entries.map((e) => e.name).join(" ")} --help"
  else
    case \${COMP_WORDS[1]} in
${entries.map((e) => `      ${e.name}) words="${e.words.join(" ")}"${e.files ? " files=1" : ""} ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _lastmile lastmile`;

const quoted = (text: string): string => text.replaceAll("'", "’").replaceAll(":", " -");
const zsh = (entries: readonly Entry[]): string => `#compdef lastmile
# lastmile: zsh completion. Use it with: source <(lastmile completion zsh)
_lastmile() {
  local -a commands
  commands=(
${entries.map((e) => `    '${e.name}:${quoted(e.summary)}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case $words[2] in
${entries.map((e) => `    ${e.name}) compadd -- ${e.words.join(" ")}${e.files ? "; _files" : ""} ;;`).join("\n")}
  esac
}
compdef _lastmile lastmile`;

const fish = (entries: readonly Entry[]): string =>
  [
    "# lastmile: fish completion. Use it with: lastmile completion fish | source",
    "complete -c lastmile -f",
    ...entries.flatMap((e) => [
      `complete -c lastmile -n __fish_use_subcommand -a ${e.name} -d '${quoted(e.summary)}'`,
      `complete -c lastmile -n '__fish_seen_subcommand_from ${e.name}' ${e.files ? "-F " : ""}-a '${e.words.join(" ")}'`,
    ]),
  ].join("\n");
