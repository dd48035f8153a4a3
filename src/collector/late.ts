/**
 * Late data: what an agent kept while the line was down arrives after the live figures. It corrects
 * history by itself; here its breaches are found and recorded as faults that are over, told by one
 * summary and never as if they were new (decision 5 of the design: event time for history).
 */
import type { Clock } from '../shared/clock.ts';
import type { IndicatorValue } from '../shared/indicator.ts';
import type { Gap, Gaps } from './desk/desk.ts';
import type { Evaluator, Verdict } from './evaluate/evaluate.ts';
import type { FaultContext, Faults, LateBreach } from './faults/faults.ts';
import type { LiveIndicators } from './indicators/indicators.ts';
import { GapBook, lookBack, takeSettled } from './late-gaps.ts';
import type { QuietPolicy } from './quiet/quiet.ts';
import type { Store } from './store/store.ts';

/** How many of its usual steps must be missing. */
const GAP_STEPS = 4;
const FIRST_STEP_MS = 60_000;
const LOOK_EVERY_MS = 10_000;
/** Judged before the gap, so that hold times and rates have something to stand on. */
const LEAD_MS = 10 * 60_000;

export interface LateDoors {
  readonly store: Pick<Store, 'pendingHours' | 'newest' | 'devices' | 'stats' | 'read'>;
  readonly live: Pick<LiveIndicators, 'replay'>;
  readonly faults: Pick<Faults, 'recordLate'>;
  readonly context: FaultContext;
  readonly clock: Clock;
  /** What is owed over a restart. */
  readonly gaps: Pick<Gaps, 'all' | 'keep' | 'drop'>;
  readonly policy: () => QuietPolicy['late'];
  /** An evaluator with today's thresholds and no memory. */
  readonly scratch: () => Evaluator;
  /** Labels of a watched device; null for one that is not judged. */
  readonly labelsOf: (device: string) => Readonly<Record<string, string>> | null;
}

export interface Late {
  /** Told of what each tick judged: a jump in a device's time is a gap. */
  saw(values: readonly IndicatorValue[]): void;
  /**
   * To be called once at the start: finds the gaps whose end was stored and never seen, because the
   * process ended in between.
   */
  lookBack(): Promise<void>;
  /** Judges one gap whose data is in, if there is one; true when more are. */
  judgeOne(): Promise<boolean>;
}

interface Pace {
  newestMs: number;
  stepMs: number;
}

export function makeLate(doors: LateDoors): Late {
  const { store, clock, faults, context, labelsOf } = doors;
  const paces = new Map<string, Pace>(
    store
      .devices()
      .map((device) => [device, { newestMs: store.newest(device), stepMs: FIRST_STEP_MS }]),
  );
  const book = new GapBook(doors);
  let found: LateBreach[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;

  const note = (device: string, timeMs: number, outOfOrder: () => number): void => {
    const pace = paces.get(device);
    if (pace === undefined) {
      paces.set(device, { newestMs: timeMs, stepMs: FIRST_STEP_MS });
      return;
    }
    const { newestMs: fromMs, stepMs } = pace;
    const step = timeMs - fromMs;
    if (step <= 0) return;
    if (step > Math.max(doors.policy().silent, GAP_STEPS * stepMs)) {
      book.add({ device, fromMs, toMs: timeMs, stepMs, sinceMs: clock.now() }, outOfOrder());
    } else pace.stepMs = step;
    pace.newestMs = timeMs;
  };

  return {
    saw: (values) => {
      let last = '';
      let counted: number | undefined;
      // Asked once a tick at most: a whole site comes back at once.
      const outOfOrder = (): number => {
        counted ??= store.stats().lateSamples;
        return counted;
      };
      for (const { device, timeMs } of values) {
        if (device !== last) note(device, timeMs, outOfOrder);
        last = device;
      }
      book.save();
    },
    lookBack: () => lookBack(book, doors, GAP_STEPS),
    judgeOne: async () => {
      if (book.open.length === 0 && book.judged.length === 0) return false;
      if (clock.monotonic() - lookedMs < LOOK_EVERY_MS) return false;
      const gap = await takeSettled(book, doors);
      if (gap !== undefined) {
        const labels = labelsOf(gap.device);
        if (labels !== null) found.push(...(await breachesIn(doors, gap, labels)));
        return true;
      }
      lookedMs = clock.monotonic();
      // One summary for all whose data came together: the others are waited for.
      const arriving = book.open.some(({ first, last }) => first !== last);
      if (arriving) return false;
      if (found.length > 0) await faults.recordLate(found, context);
      found = [];
      book.forgetJudged();
      return false;
    },
  };
}

/** Breaches that began and ended within the gap. What still went on after it is judged live. */
async function breachesIn(
  { live, scratch }: LateDoors,
  { device, fromMs, toMs }: Gap,
  labels: Readonly<Record<string, string>>,
): Promise<readonly LateBreach[]> {
  const evaluator = scratch();
  const open = new Map<string, Verdict>();
  const over: LateBreach[] = [];
  for await (const values of live.replay(device, fromMs - LEAD_MS, toMs + 1)) {
    const nowMs = values.reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0);
    const facts = { name: device, labels, newestMs: nowMs, heardMs: nowMs, watched: true };
    for (const verdict of evaluator.tick(values, [facts], nowMs)) {
      const key = `${verdict.rule}\0${verdict.item}`;
      const before = open.get(key);
      if (verdict.state === 'breached') {
        const sinceMs = Math.min(verdict.sinceMs, before?.sinceMs ?? verdict.sinceMs);
        const graver = before?.severity === 'critical' ? before : verdict;
        open.set(key, { ...graver, sinceMs });
      } else if (before !== undefined) {
        open.delete(key);
        const endedMs = Math.max(verdict.sinceMs, before.sinceMs);
        if (before.sinceMs >= fromMs) over.push({ verdict: before, endedMs });
      }
    }
  }
  return over;
}
