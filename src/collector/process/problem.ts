/** A problem (R18): why faults recur, and what is done about it. */

export type ProblemState =
  | 'proposed'
  | 'investigating'
  | 'cause_known'
  | 'solution_known'
  | 'verifying'
  | 'closed'
  | 'rejected';

export type ProblemStepKind =
  | 'investigate'
  | 'root_cause'
  | 'solve'
  | 'verify'
  | 'close'
  | 'reject'
  /** The program's: one more fault of the kind; one after the solution. */
  | 'fault'
  | 'recurred';

export interface Problem {
  /** `P-000003` */
  readonly id: string;
  readonly state: ProblemState;
  readonly title: string;
  readonly rule: string;
  /** '' when it is about one rule on several devices. */
  readonly device: string;
  readonly phenomenon: string;
  readonly rootCause: string;
  readonly solution: string;
  /** `recurrence`: proposed by the program; `person`. */
  readonly origin: 'recurrence' | 'person';
  readonly by: string;
  readonly openedMs: number;
  /** In `verifying`: until when it must not recur; null otherwise. */
  readonly quietUntilMs: number | null;
  readonly closedMs: number | null;
  /** How often it came back after a solution. */
  readonly recurred: number;
  /** Rises with every step: the ETag. */
  readonly version: number;
}
