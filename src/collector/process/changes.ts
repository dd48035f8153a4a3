/** Changes and releases, led through their life (R21, R22), with their maintenance window. */
import { messageOf } from '../../shared/errors.ts';
import { compileSelector } from '../../shared/selector.ts';
import type { Identity } from '../people/people.ts';
import { requestMistakes, stepMistakes } from './change-check.ts';
import { ChangeWindowMover } from './change-windows.ts';
import type { ItemTable } from './item-table.ts';
import { CHANGE_LIFE, nextState, possibleSteps } from './life.ts';
import type { ProcessPolicy } from './policy.ts';
import type {
  Change,
  ChangeRequest,
  ChangeState,
  ChangeStep,
  Changes,
  ItemFilter,
  ProcessOptions,
  Shown,
  Writing,
} from './process.ts';
import type { Occurrence } from './recurrence.ts';
import { refuseMistakes } from './texts.ts';
import type { WindowMark } from './window-mark.ts';

/** States in which faults may come of a change. */
const TOUCHED: readonly ChangeState[] = [
  'implementing',
  'implemented',
  'verified',
  'rolled_back',
  'closed',
];

type BookOptions = Pick<
  ProcessOptions,
  'clock' | 'log' | 'calendars' | 'windows' | 'device' | 'identify'
>;

const atTheirWord = (name: string): Identity => ({
  id: name.trim().toLowerCase(),
  groups: [],
  unknown: '',
});

interface Tables {
  readonly changes: ItemTable<Change>;
  readonly windows: WindowMark;
}

export class ChangeBook implements Changes {
  readonly #table: ItemTable<Change>;
  readonly #options: BookOptions;
  readonly #windows: ChangeWindowMover;
  #policy: ProcessPolicy['changes'];

  constructor(tables: Tables, options: BookOptions, policy: ProcessPolicy['changes']) {
    this.#table = tables.changes;
    this.#options = options;
    this.#windows = new ChangeWindowMover(tables.changes, tables.windows, options);
    this.#policy = policy;
  }

  swap(policy: ProcessPolicy['changes']): void {
    this.#policy = policy;
  }

  async request(request: ChangeRequest, writing: Writing): Promise<Change> {
    const nowMs = this.#options.clock.now();
    return this.#table.write(nowMs, writing, () => {
      refuseMistakes(requestMistakes(request, nowMs));
      const item: Change = {
        id: this.#table.nextId(),
        state: 'requested',
        ...request,
        requestedMs: nowMs,
        approvers: [],
        announcement: '',
        announcedMs: null,
        window: '',
        startedMs: null,
        finishedMs: null,
        result: '',
        closedMs: null,
        version: 1,
      };
      return { item, kind: 'request', by: request.by, note: '' };
    });
  }

  async step(id: string, step: ChangeStep, writing: Writing): Promise<Change> {
    const nowMs = this.#options.clock.now();
    const answered = this.#table.answered(writing);
    if (answered !== null) return answered;
    const before = this.#checked(id, step, writing, nowMs);
    // Registered first, it is only announced: its origin makes a second attempt find it again.
    const { actor } = writing;
    const window = step.kind === 'announce' ? await this.#windows.ask(before, actor) : '';
    try {
      const taken = this.#table.write(nowMs, writing, () => {
        const now = this.#table.get(id, before.version);
        const item = this.#after(now, step, nowMs);
        const { kind, by, note } = step;
        return { item: window === '' ? item : { ...item, window }, kind, by, note };
      });
      await this.#settleSoon(taken, actor);
      return taken;
    } catch (error) {
      // Withdrawn or changed meanwhile: nobody would ever end a window that no change knows.
      if (window !== '' && this.#table.get(id).window !== window) {
        await this.#windows.end({ ...this.#table.get(id), window }, step.by, actor);
      }
      throw error;
    }
  }

  /** Opens and ends the windows that steps owe. Throws what may pass: call it again. */
  settleWindows(): Promise<void> {
    return this.#windows.settle();
  }

  /** The step is taken, whatever becomes of its window now: the next tick tries again. */
  async #settleSoon({ id, window }: Change, actor: Writing['actor']): Promise<void> {
    if (window === '') return;
    try {
      await this.#windows.settle(actor);
    } catch (error) {
      const about = { change: id, window, error: messageOf(error) };
      this.#options.log.warn('the window of a change waits for the next tick', about);
    }
  }

  list(filter: ItemFilter): readonly Change[] {
    return this.#table.list(filter);
  }

  show(id: string): Shown<Change> {
    const item = this.#table.get(id);
    const possible = possibleSteps(CHANGE_LIFE, item.state);
    return {
      item,
      possible,
      steps: this.#table.steps(item.id),
      faults: this.#table.faults(item.id),
    };
  }

  /** Links faults that began inside a change or shortly after it, on one of its devices. */
  take(fresh: readonly Occurrence[], nowMs: number): void {
    const recent = this.#table.inStates(TOUCHED).filter(({ startedMs, finishedMs }) => {
      const untilMs = (finishedMs ?? nowMs) + this.#policy.linked_for;
      return startedMs !== null && fresh.some((one) => this.#falls(one, startedMs, untilMs));
    });
    for (const change of recent) this.#link(change, fresh, nowMs);
  }

  #falls({ openedMs }: Occurrence, fromMs: number, untilMs: number): boolean {
    return openedMs >= fromMs && openedMs <= untilMs;
  }

  #link(change: Change, fresh: readonly Occurrence[], nowMs: number): void {
    const covers = compileSelector(change.scope);
    const linked = new Set(this.#table.faults(change.id));
    const fromMs = change.startedMs ?? nowMs;
    const untilMs = (change.finishedMs ?? nowMs) + this.#policy.linked_for;
    const faults = fresh
      .filter((one) => {
        const device = this.#options.device(one.device) ?? { name: one.device, labels: {} };
        return !linked.has(one.fault) && covers(device) && this.#falls(one, fromMs, untilMs);
      })
      .map(({ fault }) => fault);
    if (faults.length === 0) return;
    const item = { ...change, version: change.version + 1 };
    const when = change.finishedMs === null ? 'during' : 'shortly after';
    const note = `${faults.length} began ${when} the change`;
    const detail = { faults: faults.slice(0, 20) };
    this.#table.writeOwn(nowMs, { item, kind: 'fault', by: 'system', note, detail, faults });
  }

  #checked(id: string, step: ChangeStep, { version }: Writing, nowMs: number): Change {
    const before = this.#table.get(id, version ?? null);
    nextState(CHANGE_LIFE, before, step.kind);
    const calendar = this.#options.calendars.get(this.#policy.calendar);
    const { identify = atTheirWord } = this.#options;
    const around = { policy: this.#policy, calendar, nowMs, identify };
    refuseMistakes(stepMistakes(before, step, around));
    return before;
  }

  #after(before: Change, step: ChangeStep, nowMs: number): Change {
    const state = nextState(CHANGE_LIFE, before, step.kind);
    const after = { ...before, state, version: before.version + 1 };
    switch (step.kind) {
      case 'assess':
        return {
          ...after,
          risk: step.risk ?? before.risk,
          rollback: step.rollback ?? before.rollback,
          // Whoever approved has approved something else.
          approvers: [],
        };
      case 'approve':
        return this.#approved(after, (this.#options.identify ?? atTheirWord)(step.by).id);
      case 'announce':
        return { ...after, announcement: step.announcement ?? '', announcedMs: nowMs };
      case 'start':
        return { ...after, startedMs: nowMs };
      case 'finish':
      case 'roll_back':
        return { ...after, finishedMs: before.finishedMs ?? nowMs };
      case 'close':
        return { ...after, result: step.result ?? '', closedMs: nowMs };
      default:
        return after;
    }
  }

  /** Approved once enough people have said so. */
  #approved(change: Change, by: string): Change {
    const approvers = [...change.approvers, by];
    const enough = approvers.length >= this.#policy.approval[change.risk].approvers;
    return { ...change, approvers, state: enough ? 'approved' : 'assessed' };
  }
}
