/** Exit codes: one table, shown by `--help`, documented, and the only numbers that the program ends with. */
export const EXIT = { ok: 0, failed: 1, changes: 2, held: 3, invalid: 4, interrupted: 130 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];
/** Hears how the command that ran has ended. */
export type Ended = (exit: Exit) => void;

export const EXIT_MEANINGS: readonly (readonly [Exit, string])[] = [
  [EXIT.ok, "done, or nothing to do"],
  [EXIT.failed, "something failed: a system, the store, or a time limit"],
  [EXIT.changes, "plan and drift: there is something to do"],
  [EXIT.held, "done as far as possible; the rest waits for a person"],
  [EXIT.invalid, "invalid input: arguments or declarations; nothing was done"],
  [EXIT.interrupted, "interrupted; run it again to go on"],
];
