/**
 * Decoded rows → rows that can be stored: every key has its series number, every time is believed
 * or mended, and what is refused is counted with its reason. Nothing is written here.
 */
import { Failure } from '../../shared/errors.ts';
import type { Labels } from '../../shared/sample.ts';
import type { Principal } from '../desk/desk.ts';
import type { Store } from '../store/store.ts';
import { labelsOfKey } from './key-labels.ts';
import { Refusals } from './refusals.ts';
import type { SampleRows } from './sample-rows.ts';
import { type KeyRefusal, OVERSIZE_REFUSAL, type Sender } from './senders.ts';
import { PENDING, REFUSED } from './series-keys.ts';
import { restamp, type TimeRule } from './time-rule.ts';

/** Why a sender may not send a series, and whether that refuses the series or the whole request. */
export interface Objection {
  readonly scope: 'series' | 'request';
  readonly why: string;
}

export type Ownership = (labels: Labels, principal: Principal) => Objection | null;

export interface NewSeries {
  readonly number: number;
  readonly labels: Labels;
}

const NONE: readonly NewSeries[] = [];

export class Settlement {
  /** Series of the rows that stay. */
  series = new Uint32Array(1_024);
  hash = 0;
  restamped = 0;
  refusals: Refusals | null = null;
  fresh = NONE;

  /** Leaves in `rows` only what stays. Throws `forbidden`. */
  settle(rows: SampleRows, sender: Sender, { store, owns, rule }: SettleOptions): void {
    this.refusals = null;
    this.restamped = 0;
    const unknown = labelsOfUnknown(rows, sender, owns);
    this.fresh = unknown.size === 0 ? NONE : numberSeries(unknown, sender, store);
    if (this.series.length < rows.count) this.series = new Uint32Array(rows.entries.length);
    this.#sift(rows, sender, rule);
  }

  #sift(rows: SampleRows, sender: Sender, rule: TimeRule): void {
    const { entries, times, values } = rows;
    const { numbers } = sender.keys;
    const { series } = this;
    const { pastMs, futureMs } = rule;
    let kept = 0;
    let hash = rows.count;
    let suspects: number[] | null = null;
    for (let row = 0; row < rows.count; row++) {
      const entry = entries[row] ?? 0;
      const number = numbers[entry] ?? REFUSED;
      const timeMs = times[row] ?? 0;
      if (number < 0) {
        const { reason, why } = sender.refused.get(entry) ?? OVERSIZE_REFUSAL;
        this.#refuse().add(reason, timeMs, why);
        continue;
      }
      // Written so that a time that is not a number is not believed either.
      if (!(timeMs >= pastMs && timeMs <= futureMs)) {
        if (!rule.restamp) {
          const ahead = timeMs > futureMs;
          this.#refuse().add(ahead ? 'too_new' : 'too_old', timeMs, ahead ? TOO_NEW : TOO_OLD);
          continue;
        }
        suspects ??= [];
        suspects.push(kept);
      }
      series[kept] = number;
      times[kept] = timeMs;
      values[kept] = values[row] ?? 0;
      hash = Math.imul(hash ^ number, 0x9e3779b1);
      hash ^= hash >>> 15;
      kept++;
    }
    rows.count = kept;
    this.hash = hash;
    if (suspects !== null) {
      restamp(times, suspects, rule);
      this.restamped = suspects.length;
    }
  }

  #refuse(): Refusals {
    this.refusals ??= new Refusals();
    return this.refusals;
  }
}

export interface SettleOptions {
  readonly store: Store;
  readonly owns: Ownership;
  readonly rule: TimeRule;
}

const TOO_NEW = 'a sample is more than 10 minutes ahead of this clock';
const TOO_OLD = 'a sample is older than the retention';

/** Reads all labels before any series is numbered: a refused request leaves nothing behind. */
function labelsOfUnknown(rows: SampleRows, sender: Sender, owns: Ownership): Map<number, Labels> {
  const unknown = new Map<number, Labels>();
  const { keys } = sender;
  for (let row = 0; row < rows.count; row++) {
    const entry = rows.entries[row] ?? 0;
    if (keys.numbers[entry] !== PENDING || unknown.has(entry)) continue;
    if (sender.full !== null) {
      refuseKey(sender, entry, sender.full);
      continue;
    }
    const labels = readLabels(sender, entry);
    if (labels === null) continue;
    const objection = owns(labels, sender.principal);
    if (objection === null) unknown.set(entry, labels);
    else if (objection.scope === 'request') throw new Failure('forbidden', objection.why);
    else refuseKey(sender, entry, { reason: 'rejected', why: objection.why });
  }
  return unknown;
}

function readLabels(sender: Sender, entry: number): Labels | null {
  try {
    return labelsOfKey(sender.keys.keyOf(entry));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const reason = error.code === 'limit_reached' ? 'cardinality' : 'rejected';
    refuseKey(sender, entry, { reason, why: error.message });
    return null;
  }
}

function numberSeries(
  unknown: ReadonlyMap<number, Labels>,
  sender: Sender,
  store: Store,
): readonly NewSeries[] {
  const fresh: NewSeries[] = [];
  for (const [entry, labels] of unknown) {
    if (sender.full !== null) {
      refuseKey(sender, entry, sender.full);
      continue;
    }
    try {
      const number = store.resolve(labels, countedAs(sender.principal, labels));
      sender.keys.numbers[entry] = number;
      if (++sender.series >= sender.mostSeries) sender.full = fullRefusal(sender);
      fresh.push({ number, labels });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'limit_reached') throw error;
      const refusal: KeyRefusal = { reason: 'cardinality', why: error.message };
      refuseKey(sender, entry, refusal);
    }
  }
  return fresh;
}

/**
 * Whose limit of series a new one counts against: each device of a sender has its own. A Prometheus
 * speaks for many devices, and so does an agent that watches switches.
 */
function countedAs({ name }: Principal, { instance }: Labels): string {
  return instance === undefined || instance === name ? name : `${name}/${instance}`;
}

function fullRefusal({ principal, mostSeries }: Sender): KeyRefusal {
  return { reason: 'cardinality', why: `${principal.name} sends more than ${mostSeries} series` };
}

function refuseKey(sender: Sender, entry: number, refusal: KeyRefusal): void {
  sender.keys.numbers[entry] = REFUSED;
  sender.refused.set(entry, refusal);
}
