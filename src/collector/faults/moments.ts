/** When people say that something happened: within what can be true. */
import { Failure } from '../../shared/errors.ts';
import type { Correction, FaultCommand } from './faults.ts';
import type { Case } from './life.ts';
import { openPause } from './time-sheet.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

interface Bound {
  readonly atMs: number;
  readonly what: string;
}

/** Throws `bad_request`: not in the future, not before the fault or the step before. */
export function checkMoment(current: Case, command: FaultCommand, nowMs: number): void {
  const { whenMs } = command;
  if (whenMs === undefined) return;
  within('it', whenMs, [...boundsOf(current, command)], nowMs);
}

/** Throws `bad_request`: what a person reports has begun. */
export function checkBegan(beganMs: number, nowMs: number): void {
  within('the fault', beganMs, [], nowMs);
}

function* boundsOf({ fault, sheet }: Case, { kind }: FaultCommand): Generator<Bound> {
  yield { atMs: Math.min(fault.beganMs, fault.openedMs), what: 'the fault began' };
  if (kind === 'arrived' || kind === 'repaired' || kind === 'verified') {
    yield { atMs: fault.respondedMs ?? 0, what: 'somebody responded' };
  }
  if (kind === 'repaired' || kind === 'verified') {
    yield { atMs: fault.arrivedMs ?? 0, what: 'somebody arrived' };
  }
  if (kind === 'verified') yield { atMs: fault.repairedMs ?? 0, what: 'it was repaired' };
  if (kind === 'paused') yield { atMs: sheet.pauses.at(-1)?.toMs ?? 0, what: 'the last pause' };
  if (kind === 'resumed') yield { atMs: openPause(sheet)?.fromMs ?? 0, what: 'the pause began' };
}

function within(name: string, atMs: number, bounds: readonly Bound[], nowMs: number): void {
  if (!Number.isSafeInteger(atMs) || atMs > nowMs) {
    throw new Failure('bad_request', `${name} cannot have happened later than now`, {
      hint: `now is ${iso(nowMs)}`,
    });
  }
  const late = bounds.find((bound) => atMs < bound.atMs);
  if (late === undefined) return;
  throw new Failure('bad_request', `${name} cannot have happened before ${late.what}`, {
    hint: `that was at ${iso(late.atMs)}`,
  });
}

/** Throws `bad_request`; gives what is kept. */
export function checkCorrection(current: Case, command: FaultCommand, nowMs: number): Correction {
  const { correction, note } = command;
  if (correction === undefined || Object.keys(correction).length === 0) {
    throw new Failure('bad_request', 'the correction corrects nothing', {
      hint: 'name a time that was otherwise: began, start, responded, arrived, repaired, excluded',
    });
  }
  if (note.trim() === '') {
    throw new Failure('bad_request', 'a correction needs a note that says why', {
      hint: 'say in the note how it became known',
    });
  }
  checkSteps(current, correction, nowMs);
  checkExcluded(correction, nowMs);
  return correction;
}

/** The moments after the correction, in the order they must have. */
function checkSteps({ fault, sheet }: Case, correction: Correction, nowMs: number): void {
  const { beganMs, startMs, respondedMs, arrivedMs, repairedMs } = correction;
  if (startMs !== undefined && sheet.startMs === null) {
    throw new Failure('conflict', `${fault.id} has no clock that runs`, {
      hint: 'correct when it began; its clocks start when it is no longer suppressed',
    });
  }
  const steps: readonly [string, number | undefined, number | null][] = [
    ['the beginning', beganMs, fault.beganMs],
    ['the start of the clocks', startMs, sheet.startMs],
    ['the response', respondedMs, fault.respondedMs],
    ['the arrival', arrivedMs, fault.arrivedMs],
    ['the repair', repairedMs, fault.repairedMs],
  ];
  const after = steps.flatMap(([what, said, known]) => {
    const atMs = said ?? known;
    return atMs === null ? [] : [{ what, atMs, said: said !== undefined }];
  });
  // What nobody touches is not questioned, except by what is corrected before it.
  for (const [i, one] of after.entries()) {
    const before = after[i - 1];
    if (!one.said && before?.said !== true) continue;
    within(one.what, one.atMs, before === undefined ? [] : [before], nowMs);
  }
}

function checkExcluded({ excluded }: Correction, nowMs: number): void {
  if (excluded === undefined) return;
  const { fromMs, toMs } = excluded;
  within('what is excluded', toMs, [{ atMs: fromMs + 1, what: 'it began' }], nowMs);
}
