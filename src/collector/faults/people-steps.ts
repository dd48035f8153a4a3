/** A person's command → the step it is, or why it cannot be. Pure. */
import { Failure } from '../../shared/errors.ts';
import type { Step } from './decide.ts';
import type { FaultRecord } from './fault.ts';
import type { FaultCommand } from './faults.ts';
import type { LevelPolicy } from './levels.ts';
import type { Case } from './life.ts';
import type { Terms } from './limits.ts';
import { checkCorrection, checkMoment } from './moments.ts';
import { checkClosing } from './note.ts';
import { checkStep, isActive } from './steps.ts';
import { openPause } from './time-sheet.ts';

export interface Desk {
  readonly levels: LevelPolicy;
  /** What the fault is held to; null for faults older than clocks. */
  readonly terms: Terms | null;
  readonly nowMs: number;
}

/** Throws `conflict`, `bad_request`. */
export function stepOf(current: Case, command: FaultCommand, desk: Desk): Step {
  const { kind, note, whenMs, record } = command;
  checkStep(current.fault, kind);
  checkMoment(current, command, desk.nowMs);
  checkRecordClass(record, desk.levels);
  const said = {
    ...(whenMs === undefined ? {} : { whenMs }),
    ...(record === undefined ? {} : { record: { ...record } }),
  };
  return { kind, note, detail: { ...said, ...detailOf(current, command, desk) } };
}

function detailOf(current: Case, command: FaultCommand, desk: Desk): Record<string, unknown> {
  switch (command.kind) {
    case 'closed':
    case 'false_alarm':
      checkClosing(current, command);
      if (command.kind === 'closed') checkRecord(current, command.record);
      return {};
    case 'verified':
      checkOver(current);
      return {};
    case 'paused':
      return pausing(current, command, desk.terms);
    case 'resumed':
      if (openPause(current.sheet) !== null) return {};
      throw new Failure('conflict', `${current.fault.id} is not paused`, {
        hint: 'its clocks run already: there is nothing to resume',
      });
    case 'levelled':
      return levelling(current, command);
    case 'corrected':
      return { correction: checkCorrection(current, command, desk.nowMs) };
    default:
      return {};
  }
}

/** Figures that still breach are not verified away by anybody. */
function checkOver({ fault }: Case): void {
  if (fault.origin !== 'threshold' || !isActive(fault.state)) return;
  throw new Failure('conflict', `${fault.id}: its figures are still outside the limit`, {
    hint: 'verify it after it has recovered, or close it with a note that says why',
  });
}

function pausing({ fault, sheet }: Case, { reason }: FaultCommand, terms: Terms | null) {
  if (terms === null || sheet.startMs === null) {
    throw new Failure('conflict', `${fault.id} has no clock that runs`, {
      hint: 'a fault that is suppressed, or older than clocks, cannot be paused',
    });
  }
  if (openPause(sheet) !== null) {
    throw new Failure('conflict', `${fault.id} is paused already`, { hint: 'resume it first' });
  }
  if (reason === undefined || !terms.pauses.includes(reason)) {
    const allowed = terms.pauses.join(', ') || 'nothing';
    throw new Failure('bad_request', `${reason ?? 'no reason'} does not stop these clocks`, {
      hint: `the policy ${terms.policy} allows: ${allowed}`,
    });
  }
  return { reason };
}

function levelling({ fault }: Case, { level, note }: FaultCommand) {
  if (level === undefined || level === fault.level) {
    throw new Failure('bad_request', `${fault.id} is level ${fault.level} already`, {
      hint: 'name another level, 1 to 4',
    });
  }
  if (note.trim() === '') {
    throw new Failure('bad_request', 'a change of level needs a note that says why', {
      hint: 'say in the note what makes it graver or lighter',
    });
  }
  return { from: fault.level, level };
}

function checkRecordClass(record: FaultCommand['record'], { cause_classes }: LevelPolicy): void {
  const named = record?.causeClass;
  if (named === undefined || named === '' || Object.hasOwn(cause_classes, named)) return;
  throw new Failure('bad_request', `there is no cause class ${JSON.stringify(named)}`, {
    hint: `one of ${Object.keys(cause_classes).join(', ')}`,
  });
}

const ASKED: readonly (keyof FaultRecord)[] = ['causeClass', 'cause', 'measures', 'result'];

/** R11, R17: a grave fault is not over before it is explained. Symptoms are explained by their cause. */
function checkRecord({ fault }: Case, said: FaultCommand['record']): void {
  if (fault.level > 2 || fault.quiet !== null) return;
  const record = { ...fault.record, ...said };
  const missing = ASKED.filter((field) => record[field].trim() === '');
  if (missing.length === 0) return;
  throw new Failure(
    'bad_request',
    `${fault.id} is level ${fault.level}: ${missing.join(', ')} missing`,
    {
      hint: 'levels 1 and 2 close only with cause class, cause, measures and result',
      detail: { missing },
    },
  );
}
