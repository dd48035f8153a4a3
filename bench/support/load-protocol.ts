/** What the benchmark and its load process say to each other. */
export interface LoadPlan {
  readonly kind: 'prepare';
  readonly hosts: number;
  readonly steps: number;
  /** Time of step 0, Unix milliseconds; a step is 15 s. */
  readonly startMs: number;
  /** One per host: sent as bearer token, and as agent name with batch numbers. */
  readonly tokens: readonly string[];
}

export interface LoadRun {
  readonly kind: 'run';
  readonly port: number;
  readonly fromStep: number;
  readonly toStep: number;
  readonly connections: number;
  /** Requests a second; null for as many as the server takes. */
  readonly pace: number | null;
}

export interface LoadResult {
  readonly kind: 'done';
  readonly requests: number;
  readonly samples: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Requests by status code. */
  readonly statuses: Readonly<Record<string, number>>;
}

export type LoadOrder = LoadPlan | LoadRun;
export type LoadAnswer = { readonly kind: 'ready'; readonly bytes: number } | LoadResult;

export const STEP_MS = 15_000;

export function hostName(index: number): string {
  return `host-${String(index).padStart(4, '0')}`;
}
