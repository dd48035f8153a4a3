/** What a part of the benchmark is given and gives back. A part is `bench/NAME.ts` with `run`. */
export interface BenchOptions {
  /** Only show that it works: at most 20 s. */
  readonly smoke: boolean;
  /** Empty, removed afterwards. */
  readonly directory: string;
}

export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** One sentence each: how it was measured, what is left out, which goal is met. */
  readonly notes?: readonly string[];
}

export interface BenchPart {
  run(options: BenchOptions): Promise<readonly BenchTable[]>;
}
