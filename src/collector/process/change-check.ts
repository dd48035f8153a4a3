/** What a change must be before a step is taken: every reason with its field. Pure. */
import type { Calendar } from '../calendars/calendars.ts';
import { type Identity, isOneOf } from '../people/people.ts';
import type { ProcessPolicy } from './policy.ts';
import type { Change, ChangeRequest, ChangeStep } from './process.ts';
import { lineMistakes, type Mistake, neededMistakes, textMistakes } from './texts.ts';
import { workingDaysBefore } from './working-days.ts';

export interface ChangeCircumstances {
  readonly policy: ProcessPolicy['changes'];
  readonly calendar: Calendar | undefined;
  readonly nowMs: number;
  readonly identify: (name: string) => Identity;
}

/** R21: content, purpose, scope, time, risk. */
export function requestMistakes(request: ChangeRequest, nowMs: number): readonly Mistake[] {
  const { plannedFromMs, plannedToMs } = request;
  const mistakes = [
    ...lineMistakes('title', request.title),
    ...lineMistakes('by', request.by),
    ...neededMistakes('content', request.content),
    ...neededMistakes('purpose', request.purpose),
    ...neededMistakes('risk_text', request.riskText),
    ...textMistakes('rollback', request.rollback),
    ...textMistakes('verification', request.verification),
  ];
  if (plannedToMs <= plannedFromMs) {
    mistakes.push({ field: 'planned_to', reason: 'is not after planned_from' });
  } else if (plannedFromMs < nowMs) {
    mistakes.push({ field: 'planned_from', reason: 'is in the past' });
  }
  return mistakes;
}

/** Null: the step may be taken. */
export function stepMistakes(
  change: Change,
  step: ChangeStep,
  around: ChangeCircumstances,
): readonly Mistake[] {
  const { by, note } = step;
  const texts = [...lineMistakes('by', by), ...textMistakes('note', note)];
  return [...texts, ...(CHECKS[step.kind]?.(change, step, around) ?? [])];
}

type Check = (change: Change, step: ChangeStep, around: ChangeCircumstances) => readonly Mistake[];

const needsNote: Check = (_change, { note }) => neededMistakes('note', note);

const CHECKS: Readonly<Partial<Record<ChangeStep['kind'], Check>>> = Object.freeze({
  assess: (_change: Change, { note, rollback = '' }: ChangeStep) => [
    ...neededMistakes('note', note),
    ...textMistakes('rollback', rollback),
  ],
  approve: approvalMistakes,
  reject: needsNote,
  withdraw: needsNote,
  comment: needsNote,
  announce: announcementMistakes,
  start: startMistakes,
  roll_back: needsNote,
  verify: needsNote,
  close: closeMistakes,
});

function approvalMistakes(
  { by: requester, approvers, rollback, verification, risk }: Change,
  { by }: ChangeStep,
  { policy, identify }: ChangeCircumstances,
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const who = identify(by);
  const allowed = policy.approval[risk].by;
  const isOwn = who.id === identify(requester).id;
  if (who.unknown !== '') {
    mistakes.push({ field: 'by', reason: who.unknown });
  } else if (policy.four_eyes && isOwn) {
    const reason = `${by} requested it: somebody else must approve (changes.four_eyes)`;
    mistakes.push({ field: 'by', reason });
  } else if (approvers.some((one) => identify(one).id === who.id)) {
    mistakes.push({ field: 'by', reason: `${by} has approved it already` });
  } else if (allowed !== undefined && !isOneOf(who, allowed)) {
    const may = allowed.join(', ');
    mistakes.push({ field: 'by', reason: `risk ${risk} is approved by ${may}, not by ${by}` });
  }
  if (rollback.trim() === '') {
    mistakes.push({ field: 'rollback', reason: 'there is no way back: assess it with one first' });
  }
  if (verification.trim() === '') {
    mistakes.push({ field: 'verification', reason: 'the request does not say how it is verified' });
  }
  return mistakes;
}

/** R22: so many working days before, with time, scope and measures. */
function announcementMistakes(
  { kind, plannedFromMs }: Change,
  { announcement = '' }: ChangeStep,
  { policy, calendar, nowMs }: ChangeCircumstances,
): readonly Mistake[] {
  const mistakes = [...neededMistakes('announcement', announcement)];
  if (plannedFromMs <= nowMs) {
    const reason = 'has come: what was not announced before it begins is not planned (R22)';
    return [...mistakes, { field: 'planned_from', reason }];
  }
  const needed = policy.announce[kind].working_days;
  if (needed === 0) return mistakes;
  if (calendar === undefined) {
    const reason = `the calendar ${policy.calendar} is not configured`;
    return [...mistakes, { field: 'planned_from', reason }];
  }
  const days = workingDaysBefore(calendar, nowMs, plannedFromMs);
  if (days >= needed) return mistakes;
  const reason = `is ${days} working days ahead: a ${kind} is announced ${needed} before (R22)`;
  return [...mistakes, { field: 'planned_from', reason }];
}

function startMistakes(
  { plannedFromMs, plannedToMs, rollback }: Change,
  _step: ChangeStep,
  { nowMs }: ChangeCircumstances,
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  if (rollback.trim() === '') mistakes.push({ field: 'rollback', reason: 'is missing' });
  if (nowMs < plannedFromMs) {
    const at = new Date(plannedFromMs).toISOString();
    mistakes.push({ field: 'planned_from', reason: `is ${at}: it has not come yet` });
  }
  if (nowMs >= plannedToMs) {
    const reason = 'is over: withdraw it and request it for another time';
    mistakes.push({ field: 'planned_to', reason });
  }
  return mistakes;
}

function closeMistakes({ state }: Change, { note, result }: ChangeStep): readonly Mistake[] {
  const mistakes = [...neededMistakes('note', note)];
  if (result === undefined) mistakes.push({ field: 'result', reason: 'is missing' });
  if (state === 'rolled_back' && result === 'success') {
    mistakes.push({ field: 'result', reason: 'what was rolled back is no success' });
  }
  return mistakes;
}
