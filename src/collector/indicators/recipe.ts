/**
 * What a recipe is: one row that says which series make which indicator, and how. Rows are data;
 * the plan compiler turns them into arithmetic once per device.
 *
 *   value = scale × (Σ plus − Σ minus [− time of the sample]) ÷ Σ over
 *
 * Series meet when all their labels agree except those a term adds up `across`. So two jobs, two
 * agents or two replicas that describe one device are never mixed: each makes its own value, and
 * the freshest row is taken, earlier rows first.
 */
import type { IndicatorName } from '../../shared/indicator.ts';

/** Label name → pattern. A label that is absent counts as ''. */
export type Matchers = Readonly<Record<string, RegExp>>;

export interface Term {
  readonly metric: string;
  readonly only?: Matchers;
  readonly skip?: Matchers;
  /** Labels that tell the added-up series apart (cores, modes, tables); default none. */
  readonly across?: readonly string[];
  /** For counters; see `Counter`. */
  readonly wrapsAt?: number;
  readonly dips?: number;
}

/** A series that tells when a counter began anew, whatever the counter itself looks like. */
export interface Break {
  readonly metric: string;
  /** `device`: one for all counters of a sender; `series`: with the labels of the counter. */
  readonly of: 'device' | 'series';
  /** An uptime that went back, but for its wrap; a time of something that is another one now. */
  readonly when: 'restarts' | 'changes';
}

export interface Recipe {
  readonly indicator: IndicatorName;
  /** `value`: the sample; `rate`: the counter's gain per second; `count`: how many series there are. */
  readonly read: 'value' | 'rate' | 'count';
  /** Every term of `plus`, `minus` and `over` must be there, else the row makes nothing. */
  readonly plus: readonly Term[];
  readonly minus?: readonly Term[];
  readonly over?: readonly Term[];
  /** Also subtracts the time of the sample, Unix seconds. */
  readonly minusTime?: true;
  readonly scale?: number;
  /** Labels whose values name the item, joined by '/'; default the indicator's own item label. */
  readonly item?: readonly string[];
  /** Series no term takes. */
  readonly skip?: Matchers;
  /** Items whose label matches and is equal are one thing: the one with the shortest name stays. */
  readonly collapse?: { readonly label: string; readonly when: RegExp };
  /** Values up to and including this one mean "unknown". */
  readonly above?: number;
  /** Values from this one on mean "unknown". */
  readonly below?: number;
  /** The value is a state: 1 while it is this one, else 0. */
  readonly is?: number;
  /** How far a ratio may exceed 1 and be taken for 1; default rounding only. */
  readonly overshoot?: number;
  /** What tells that the counters began anew: a rate across such a moment is none. */
  readonly breaks?: readonly Break[];
  /** While this series is there and 0 (or `whenNot`) the value is not to be trusted. */
  readonly when?: Term;
  readonly whenNot?: number;
  /**
   * Agents vote: the value is the share of them that say 1, each by its newest look. How many it
   * takes to call a device down is a threshold like any other.
   */
  readonly votes?: true;
  /** Taken as it is: no check of its range. */
  readonly asIs?: true;
}
