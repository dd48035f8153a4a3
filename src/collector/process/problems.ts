/** Problems: opened by people or by recurrence, led through their life (R18). */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import type { ItemTable } from './item-table.ts';
import type { KnownNames } from './known-names.ts';
import { nextState, PROBLEM_LIFE, possibleSteps } from './life.ts';
import type { ProcessPolicy } from './policy.ts';
import type {
  ItemFilter,
  Problem,
  ProblemRequest,
  ProblemStep,
  Problems,
  Shown,
  Writing,
} from './process.ts';
import { type Occurrence, type Recurrence, recurrenceOf } from './recurrence.ts';
import { lineMistakes, neededMistakes, refuseMistakes, textMistakes } from './texts.ts';

const SYSTEM = 'system';
/** Faults that a step names; all of them are linked. */
const FAULTS_NAMED = 20;
/** States in which one more fault of the kind is simply one more. */
const UNSOLVED = ['proposed', 'investigating', 'cause_known', 'solution_known'];
/** States in which one more fault says that the solution does not hold. */
const SOLVED = ['verifying', 'closed'];

export class ProblemBook implements Problems {
  readonly #table: ItemTable<Problem>;
  readonly #clock: Clock;
  readonly #names: KnownNames;
  #policy: ProcessPolicy['problems'];

  constructor(
    table: ItemTable<Problem>,
    { clock, names }: { readonly clock: Clock; readonly names: KnownNames },
    policy: ProcessPolicy['problems'],
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#names = names;
    this.#policy = policy;
  }

  swap(policy: ProcessPolicy['problems']): void {
    this.#policy = policy;
  }

  /** How far back any decision looks. */
  get longestMs(): number {
    return Math.max(this.#policy.same_device.within, this.#policy.across_devices.within);
  }

  async open(request: ProblemRequest, writing: Writing): Promise<Problem> {
    const { title, by, phenomenon, rule, device } = request;
    const answered = this.#table.answered(writing);
    if (answered !== null) return answered;
    const { faults, mistakes } = await this.#names.faults(request.faults);
    refuseMistakes([
      ...lineMistakes('title', title),
      ...lineMistakes('by', by),
      ...textMistakes('rule', rule, 200),
      ...textMistakes('device', device, 256),
      ...textMistakes('phenomenon', phenomenon),
      ...this.#names.ruleMistakes('rule', [rule]),
      ...this.#names.deviceMistakes('device', device),
      ...mistakes,
    ]);
    const nowMs = this.#clock.now();
    return this.#table.write(nowMs, writing, () => {
      const blank = this.#blank({ title, rule, device, phenomenon }, nowMs);
      // Whoever opens a problem has already begun to look into it.
      const item: Problem = { ...blank, state: 'investigating', origin: 'person', by };
      return { item, kind: 'open', by, note: '', faults };
    });
  }

  async step(id: string, step: ProblemStep, writing: Writing): Promise<Problem> {
    const nowMs = this.#clock.now();
    return this.#table.write(nowMs, writing, () => {
      const before = this.#table.get(id, writing.version ?? null);
      const state = nextState(PROBLEM_LIFE, before, step.kind);
      refuseMistakes(stepMistakes(step));
      if (step.kind === 'close') this.#checkQuiet(before, nowMs);
      const { kind, by, note, text = '' } = step;
      const item = { ...this.#after(before, step, nowMs), state, version: before.version + 1 };
      return { item, kind, by, note, ...(text === '' ? {} : { detail: { text } }) };
    });
  }

  list(filter: ItemFilter): readonly Problem[] {
    return this.#table.list(filter);
  }

  show(id: string): Shown<Problem> {
    const item = this.#table.get(id);
    const possible = possibleSteps(PROBLEM_LIFE, item.state);
    return {
      item,
      possible,
      steps: this.#table.steps(item.id),
      faults: this.#table.faults(item.id),
    };
  }

  /**
   * Faults of one rule that people were told of, newest last: more of a problem that is known, the
   * return of one that was solved, or, out of all of the rule, a new one.
   */
  take(fresh: readonly Occurrence[], sameRule: readonly Occurrence[], nowMs: number): void {
    const newest = fresh.at(-1);
    if (newest === undefined || this.#policy.except_rules.includes(newest.rule)) return;
    const known = this.#known(newest.rule, nowMs);
    const wide = known.findLast(({ device }) => device === '');
    if (wide !== undefined) {
      this.#again(wide, fresh, nowMs);
      return;
    }
    const recurrence = recurrenceOf(newest, sameRule, this.#policy);
    if (recurrence?.reason === 'across_devices') {
      this.#propose(recurrence, newest, nowMs);
      return;
    }
    for (const [device, own] of byDevice(fresh)) {
      const same = known.findLast((problem) => problem.device === device);
      const last = own.at(-1) ?? newest;
      if (same === undefined)
        this.#propose(recurrenceOf(last, sameRule, this.#policy), last, nowMs);
      else this.#again(same, own, nowMs);
    }
  }

  /** Those about the rule that are not over for good; a device's newest is last. */
  #known(rule: string, nowMs: number): readonly Problem[] {
    return this.#table
      .inStates([...UNSOLVED, ...SOLVED], rule)
      .filter(({ closedMs }) => closedMs === null || nowMs - closedMs < this.#policy.reopen_within);
  }

  #again(problem: Problem, occurrences: readonly Occurrence[], nowMs: number): void {
    const linked = new Set(this.#table.faults(problem.id));
    const returned = SOLVED.includes(problem.state);
    // Faults of before the solution say nothing about it.
    const sinceMs = returned ? this.#solvedMs(problem) : 0;
    const faults = occurrences
      .filter(({ fault, openedMs }) => !linked.has(fault) && openedMs >= sinceMs)
      .map(({ fault }) => fault);
    if (faults.length === 0) return;
    const kind = returned ? 'recurred' : 'fault';
    const state = nextState(PROBLEM_LIFE, problem, kind);
    const reset = returned
      ? { quietUntilMs: null, closedMs: null, recurred: problem.recurred + 1 }
      : {};
    const item = { ...problem, ...reset, state, version: problem.version + 1 };
    const note = returned ? 'it came back after its solution' : `${faults.length} more`;
    const detail = { faults: faults.slice(0, FAULTS_NAMED) };
    this.#table.writeOwn(nowMs, { item, kind, by: SYSTEM, note, detail, faults });
  }

  #solvedMs({ id }: Problem): number {
    const verified = this.#table.steps(id).findLast(({ kind }) => kind === 'verify');
    return verified?.atMs ?? 0;
  }

  #propose(recurrence: Recurrence | null, { phenomenon }: Occurrence, nowMs: number): void {
    if (recurrence === null) return;
    const { rule, device, note, faults } = recurrence;
    const title = `${rule}: ${device === '' ? 'on several devices' : device}`;
    const item = this.#blank({ title, rule, device, phenomenon }, nowMs);
    this.#table.writeOwn(nowMs, { item, kind: 'propose', by: SYSTEM, note, faults });
  }

  #blank(
    about: Pick<Problem, 'title' | 'rule' | 'device' | 'phenomenon'>,
    openedMs: number,
  ): Problem {
    const open = { openedMs, quietUntilMs: null, closedMs: null, recurred: 0, version: 1 };
    const found = { rootCause: '', solution: '', origin: 'recurrence' as const, by: SYSTEM };
    return { id: this.#table.nextId(), state: 'proposed', ...about, ...found, ...open };
  }

  #after(before: Problem, { kind, text = '' }: ProblemStep, nowMs: number): Problem {
    if (kind === 'root_cause') return { ...before, rootCause: text };
    if (kind === 'solve') return { ...before, solution: text };
    if (kind === 'verify') return { ...before, quietUntilMs: nowMs + this.#policy.verify_for };
    if (kind === 'close') return { ...before, closedMs: nowMs };
    return before;
  }

  #checkQuiet({ id, quietUntilMs }: Problem, nowMs: number): void {
    if (quietUntilMs === null || nowMs >= quietUntilMs) return;
    const until = new Date(quietUntilMs).toISOString();
    throw new Failure('conflict', `${id} must not recur until ${until} before it can be closed`, {
      hint: 'close it then, or change problems.verify_for',
      detail: { quietUntilMs },
    });
  }
}

function byDevice(occurrences: readonly Occurrence[]): Map<string, Occurrence[]> {
  const groups = new Map<string, Occurrence[]>();
  for (const one of occurrences) {
    const group = groups.get(one.device);
    if (group === undefined) groups.set(one.device, [one]);
    else group.push(one);
  }
  return groups;
}

function stepMistakes({ kind, by, note, text = '' }: ProblemStep) {
  const needsText = kind === 'root_cause' || kind === 'solve';
  const needsNote = kind === 'reject' || kind === 'comment';
  return [
    ...lineMistakes('by', by),
    ...(needsNote ? neededMistakes('note', note) : textMistakes('note', note)),
    ...(needsText ? neededMistakes('text', text) : textMistakes('text', text)),
  ];
}
