/** What time and quiet owe to the faults: warnings, promotions, relapses, releases, closings. */
import type { Part } from './apart.ts';
import type { Due } from './clocks.ts';
import { closing, relapse, type Step } from './decide.ts';
import type { Draft } from './draft.ts';
import type { Quiet } from './fault.ts';
import type { FaultContext, QuietQuestion } from './faults.ts';
import type { Case } from './life.ts';
import type { Shelf } from './shelf.ts';
import { isActive, STEPS } from './steps.ts';

type Add = (draft: Draft, shelf: Shelf, one: Case) => void;

/** Everything that is owed at `nowMs`; `shelf` gives what is true when a part is added. */
export function owedParts(
  shelf: () => Shelf,
  { nowMs, context }: { readonly nowMs: number; readonly context: FaultContext },
): readonly Part[] {
  const parts: Part[] = [];
  const each = (ids: Iterable<string>, add: Add): void => {
    for (const id of ids) {
      const addOne = (draft: Draft): void => {
        const one = currentOf(draft, shelf(), id);
        if (one !== undefined) add(draft, shelf(), one);
      };
      parts.push({ about: id, add: addOne });
    }
  };
  const now = shelf();
  each(now.due(nowMs), addDues);
  each(now.relapsed(nowMs), addRelapse);
  each(now.suppressed, (draft, _, one) => release(draft, one, context));
  each(now.flapping, (draft, _, one) => steady(draft, one, context));
  each(now.toClose(nowMs), addClosing);
  return parts;
}

export function currentOf(draft: Draft, shelf: Shelf, id: string): Case | undefined {
  return draft.cases.get(id) ?? shelf.find(id);
}

function addRelapse(draft: Draft, _: Shelf, one: Case): void {
  if (one.fault.state === 'repaired') draft.add(one, relapse(one));
}

function addClosing(draft: Draft, shelf: Shelf, one: Case): void {
  const step = closing(one, shelf.levels, draft.nowMs);
  if (step !== null) addClosed(draft, shelf, draft.add(one, step));
}

/** In the order they fell due, as of when they did: nobody need have been running then. */
function addDues(draft: Draft, shelf: Shelf, one: Case): void {
  let current = one;
  for (let due = shelf.dueOf(current); due !== null; due = shelf.dueOf(current)) {
    if (due.dueMs > draft.nowMs || STEPS[current.fault.state].clock === undefined) return;
    current = draft.add(current, clockStep(due, unknownHolidays(shelf, current, due)));
    const promotion = due.share === 1 ? promotionStep(shelf, current, due) : null;
    if (promotion !== null) current = draft.add(current, promotion);
  }
}

function clockStep({ clock, share, dueMs, deadlineMs }: Due, doubt: string): Step {
  const used = share === 1 ? 'the whole time' : `${share * 100} % of the time`;
  return {
    kind: 'clock',
    note: `${used} to ${clock} is used${doubt}`,
    detail: { clock, share, dueMs, deadlineMs },
  };
}

/** A deadline in a year whose holidays nobody has told may be too early; '' when it is sure. */
function unknownHolidays(shelf: Shelf, one: Case, { clock, dueMs, deadlineMs }: Due): string {
  const limit = shelf.termsOf(one)?.limits[one.fault.level][clock] ?? null;
  if (limit === null) return '';
  const blind = [limit.calendar, limit.outside?.hours ?? ''].filter((name) => {
    const untilMs = shelf.levels.calendars.get(name)?.holidaysUntilMs ?? null;
    return untilMs !== null && (deadlineMs ?? dueMs) >= untilMs;
  });
  return blind.length === 0 ? '' : `; ${blind.join(' and ')} knows no holidays of that time`;
}

/** R10: a missed limit mobilises the next level. */
function promotionStep(shelf: Shelf, one: Case, { clock, dueMs }: Due): Step | null {
  const { state, level } = one.fault;
  const promotes = shelf.termsOf(one)?.promote.includes(clock) ?? false;
  if (!promotes || level === 1 || !isActive(state)) return null;
  return {
    kind: 'promoted',
    note: `the time to ${clock} was missed`,
    detail: { clock, from: level, level: level - 1, sinceMs: dueMs },
  };
}

function release(draft: Draft, one: Case, context: FaultContext): void {
  if (one.fault.state !== 'suppressed') return;
  const quiet = context.quietOf(questionOf(one));
  if (quiet !== null) {
    if (isNewCause(quiet, one.fault.quiet)) addSuppressed(draft, one, quiet);
    return;
  }
  const reason = { en: 'nothing keeps it quiet any more', zh: '抑制条件已解除' };
  draft.add(one, { kind: 'released', note: reason.en, detail: { reason } });
}

/** First held for its silent parent, then a symptom of that parent's fault: the link is history. */
function isNewCause(quiet: Quiet, before: Quiet | null): boolean {
  return quiet.why === 'dependency' && quiet.by !== before?.by;
}

function addSuppressed(draft: Draft, one: Case, quiet: Quiet): Case {
  const { why, by, note } = quiet;
  return draft.add(one, { kind: 'suppressed', note, detail: { why, by, note } });
}

function steady(draft: Draft, one: Case, context: FaultContext): void {
  if (!one.fault.flapping || one.fault.state === 'closed') return;
  if (context.flapOf?.(one.changesMs).state === 'flapping') return;
  const reason = { en: 'it has kept its state', zh: '状态已保持稳定' };
  draft.add(one, { kind: 'steadied', note: reason.en, detail: { reason } });
}

/** What a report or a verdict changes. */
export interface BreachStep {
  readonly current: Case | undefined;
  readonly step: Step;
  readonly context: FaultContext;
  readonly by: string;
}

/** The step, and what quiet has to say of it. */
export function addBreach(draft: Draft, { current, step, context, by }: BreachStep): Case {
  const after = draft.add(current, step, by);
  if (step.kind === 'opened') return addQuiet(draft, after, context);
  if (step.kind === 'recovered') return addFlapping(draft, after, context);
  if (step.kind !== 'reopened') return after;
  return addFlapping(draft, addQuiet(draft, after, context), context);
}

/** Asked when a fault opens or comes back: may it be announced? */
function addQuiet(draft: Draft, one: Case, context: FaultContext): Case {
  const quiet = context.quietOf(questionOf(one));
  if (quiet === null) return one;
  if (quiet.why !== 'flapping') return addSuppressed(draft, one, quiet);
  return draft.add(one, { kind: 'flapping', note: quiet.note, detail: { ...quiet } });
}

/** Asked when a fault recovers or comes back: does it come and go? A symptom's people are not told. */
function addFlapping(draft: Draft, one: Case, context: FaultContext): Case {
  if (one.fault.flapping || one.fault.quiet !== null) return one;
  if (context.flapOf?.(one.changesMs).state !== 'flapping') return one;
  const times = one.changesMs.length;
  const reason = { en: `it changed ${times} times`, zh: `状态变化 ${times} 次` };
  const quiet: Quiet = { why: 'flapping', by: one.fault.id, note: reason.en };
  return draft.add(one, { kind: 'flapping', note: reason.en, detail: { ...quiet, reason } });
}

/** What was merged into a fault ends with it; what goes on by itself is a fault of its own again. */
export function addClosed(draft: Draft, shelf: Shelf, whole: Case): void {
  const { id } = whole.fault;
  for (const part of shelf.partsOf(id)) {
    const one = currentOf(draft, shelf, part);
    if (one === undefined || one.fault.state === 'closed') continue;
    const goesOn = one.fault.origin === 'threshold' && isActive(one.fault.state);
    if (goesOn) {
      const note = `${id} is closed and this goes on`;
      draft.add(one, { kind: 'split', note, detail: { fault: id } });
    } else {
      const step = { kind: 'closed' as const, note: `closed with ${id}`, detail: { with: id } };
      // A part may be a whole itself: what was merged into it must not stay silent without it.
      addClosed(draft, shelf, draft.add(one, step));
    }
  }
}

/** Of a fault that came back: as of its return, or its parents would seem to have been seen since. */
function questionOf({ fault, changesMs }: Case): QuietQuestion {
  const { id, device, rule, indicator, item, openedMs } = fault;
  return { fault: id, device, rule, indicator, item, openedMs: changesMs.at(-1) ?? openedMs };
}
