/**
 * Quiet is for the work alone: a change's window opens when the work begins and ends with it. Each
 * step is written down first; its window follows from a mark, so what fails is tried again and a
 * crash in between forgets nothing.
 */
import { Failure, messageOf } from '../../shared/errors.ts';
import { formatItemId } from './item-id.ts';
import type { ItemTable } from './item-table.ts';
import type { Change, ProcessOptions, Writing } from './process.ts';
import type { WindowMark } from './window-mark.ts';

type Options = Pick<ProcessOptions, 'clock' | 'log' | 'windows'>;

const SYSTEM = Object.freeze({ who: 'system', from: 'process' });

export class ChangeWindowMover {
  readonly #table: ItemTable<Change>;
  readonly #mark: WindowMark;
  readonly #options: Options;

  constructor(table: ItemTable<Change>, mark: WindowMark, options: Options) {
    this.#table = table;
    this.#mark = mark;
    this.#options = options;
  }

  /** The same window each time; asked for while the change is carried out, it opens. */
  async ask(change: Change, actor: Writing['actor']): Promise<string> {
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

  async end(change: Change, by: string, actor: Writing['actor']): Promise<void> {
    const step = { by, note: `${change.id}: ${change.state}` };
    try {
      await this.#options.windows.end(change.window, step, actor);
    } catch (error) {
      // The planned time was used up: the window is over by itself.
      if (!(error instanceof Failure) || error.code !== 'conflict') throw error;
    }
  }

  /** Moves the windows of all steps since the mark. Throws what may pass; the mark waits for it. */
  async settle(actor: Writing['actor'] = SYSTEM): Promise<void> {
    for (const { number, item } of this.#mark.owed()) {
      const change = this.#table.get(formatItemId('C', item));
      try {
        await this.#move(change, actor);
      } catch (error) {
        if (error instanceof Failure && error.retry) throw error;
        this.#options.log.error('the window of a change could not be moved', {
          change: change.id,
          window: change.window,
          error: messageOf(error),
        });
      }
      this.#mark.settled(number);
    }
  }

  /** As the change is now: it may have gone on since the step. */
  async #move(change: Change, actor: Writing['actor']): Promise<void> {
    if (change.window === '') return;
    if (change.state !== 'implementing') await this.end(change, actor.who, actor);
    else if (this.#options.clock.now() < change.plannedToMs) await this.ask(change, actor);
  }
}
