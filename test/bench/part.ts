/** What every part of the benchmark is given. */
export interface Bench {
  /** URL of the server on which databases are made. */
  readonly server: string;
  /** Folder for secrets and the master key. */
  readonly home: string;
  readonly count: number;
  readonly runs: number;
}
