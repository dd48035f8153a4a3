/** Changes and releases, led through their life (R21, R22), with their maintenance window. */
import { Failure } from '../../shared/errors.ts';
import { compileSelector } from '../../shared/selector.ts';
import { requestMistakes, stepMistakes } from './change-check.ts';
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

/** States in which faults may come of a change. */
const TOUCHED: readonly ChangeState[] = [
  'implementing',
  'implemented',
  'verified',
  'rolled_back',
  'closed',
];

type BookOptions = Pick<ProcessOptions, 'clock' | 'calendars' | 'windows' | 'device'>;

export class ChangeBook implements Changes {
  readonly #table: ItemTable<Change>;
  readonly #options: BookOptions;
  #policy: ProcessPolicy['changes'];

  constructor(table: ItemTable<Change>, options: BookOptions, policy: ProcessPolicy['changes']) {
    this.#table = table;
    this.#options = options;
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
    const window = step.kind === 'announce' ? await this.#askForWindow(before, writing) : '';
    try {
      const taken = this.#table.write(nowMs, writing, () => {
        const now = this.#table.get(id, before.version);
        const item = this.#after(now, step, nowMs);
        const { kind, by, note } = step;
        return { item: window === '' ? item : { ...item, window }, kind, by, note };
      });
      await this.#moveWindow(taken, step, writing);
      return taken;
    } catch (error) {
      // Withdrawn or changed meanwhile: nobody would ever end a window that no change knows.
      if (window !== '' && this.#table.get(id).window !== window) {
        await this.#endWindow({ ...this.#table.get(id), window }, step, writing);
      }
      throw error;
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
    refuseMistakes(stepMistakes(before, step, { policy: this.#policy, calendar, nowMs }));
    return before;
  }

  /** The same window each time; asked for while the change is carried out, it opens. */
  async #askForWindow(change: Change, { actor }: Writing): Promise<string> {
    const { id, scope, plannedFromMs, plannedToMs, title, approvers } = change;
    const { id: window } = await this.#options.windows.register(
      {
        covers: scope,
        fromMs: plannedFromMs,
        toMs: plannedToMs,
        reason: `${id} ${title}`,
        approver: approvers.join(', '),
        origin: id,
      },
      actor,
    );
    return window;
  }

  /**
   * Quiet is for the work alone: it begins when the work does, after that is written down, and what
   * is finished or given up needs it no more.
   */
  async #moveWindow(change: Change, step: ChangeStep, writing: Writing): Promise<void> {
    if (change.window === '') return;
    if (step.kind === 'start') await this.#askForWindow(change, writing);
    if (!['finish', 'roll_back', 'withdraw'].includes(step.kind)) return;
    await this.#endWindow(change, step, writing);
  }

  async #endWindow(change: Change, { by }: ChangeStep, { actor }: Writing): Promise<void> {
    const step = { by, note: `${change.id}: ${change.state}` };
    try {
      await this.#options.windows.end(change.window, step, actor);
    } catch (error) {
      // The planned time was used up: the window is over by itself.
      if (!(error instanceof Failure) || error.code !== 'conflict') throw error;
    }
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
        return this.#approved(after, step.by);
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
