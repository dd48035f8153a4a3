/** Which windows are open now, and what became of the faults they kept quiet. */

import { messageOf } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { Labelled } from '../../shared/selector.ts';
import type { Quiet } from '../faults/faults.ts';
import type { About, OpenFault, QuietOptions, Window } from './quiet.ts';
import type { WindowBook } from './window-book.ts';
import type { Kept, WindowsTable } from './windows-table.ts';

export class WindowWatch {
  readonly #book: WindowBook;
  readonly #table: WindowsTable;
  readonly #devices: QuietOptions['devices'];
  readonly #log: Log;
  #active: readonly Window[] = [];
  /** The next moment at which a window begins or ends. */
  #changesMs = 0;
  #lookedMs = 0;
  #revision = -1;
  #listed: readonly Labelled[] = [];
  #byName = new Map<string, Labelled>();
  /** The window of a device, worked out when it is first asked. */
  readonly #covering = new Map<string, Window | null>();
  /** Asked about and answered with a window, not yet written: key → window. */
  #answered = new Map<string, string>();
  /** Written: fault → the window that keeps it. */
  readonly #kept = new Map<string, Kept>();

  constructor(
    book: WindowBook,
    table: WindowsTable,
    { devices, log }: Pick<QuietOptions, 'devices' | 'log'>,
  ) {
    this.#book = book;
    this.#table = table;
    this.#devices = devices;
    this.#log = log;
    for (const kept of table.kept()) this.#kept.set(kept.fault, kept);
  }

  get active(): readonly Window[] {
    return this.#active;
  }

  begin(open: readonly OpenFault[], nowMs: number): void {
    this.#look(nowMs);
    // What cannot be written now is written at the next tick; nobody is told meanwhile.
    try {
      this.#keepAnswered(open);
      this.#settle(open, nowMs);
    } catch (error) {
      this.#log.error('window outcomes could not be written', { error: messageOf(error) });
    }
  }

  of(about: About): Quiet | null {
    if (this.#active.length === 0) return null;
    const window = this.#windowOf(about.device);
    if (window === null) return null;
    this.#answered.set(keyOf(about), window.id);
    return { why: 'window', by: window.id, note: window.reason };
  }

  #look(nowMs: number): void {
    const devices = this.#devices();
    if (devices !== this.#listed) {
      this.#listed = devices;
      this.#byName = new Map(devices.map((device) => [device.name, device]));
      this.#covering.clear();
    }
    const same = this.#book.revision === this.#revision;
    if (same && nowMs < this.#changesMs && nowMs >= this.#lookedMs) return;
    this.#revision = this.#book.revision;
    this.#lookedMs = nowMs;
    this.#changesMs = Number.POSITIVE_INFINITY;
    const active: Window[] = [];
    for (const window of this.#book.all()) {
      const span = this.#book.occurrence(window, nowMs);
      if (span === null) continue;
      const isOpen = span.fromMs <= nowMs;
      if (isOpen && this.#book.counts(window)) active.push(window);
      this.#changesMs = Math.min(this.#changesMs, isOpen ? span.toMs : span.fromMs);
    }
    this.#active = active;
    this.#covering.clear();
  }

  #windowOf(device: string): Window | null {
    const known = this.#covering.get(device);
    if (known !== undefined) return known;
    const labelled = this.#byName.get(device) ?? { name: device, labels: {} };
    const window = this.#active.find((one) => this.#book.covers(one, labelled)) ?? null;
    this.#covering.set(device, window);
    return window;
  }

  #keepAnswered(open: readonly OpenFault[]): void {
    if (this.#answered.size === 0) return;
    const fresh: Kept[] = [];
    for (const fault of open) {
      const window = this.#answered.get(keyOf(fault));
      if (window === undefined || this.#kept.get(fault.id)?.window === window) continue;
      fresh.push({ fault: fault.id, window, device: fault.device });
    }
    if (fresh.length > 0) this.#table.keep(fresh);
    for (const kept of fresh) this.#kept.set(kept.fault, kept);
    this.#answered = new Map();
  }

  /** Each fault of a window that is over is told of once: it still fails, or it has recovered. */
  #settle(open: readonly OpenFault[], nowMs: number): void {
    const active = new Set(this.#active.map(({ id }) => id));
    const over = new Map<string, Kept[]>();
    for (const kept of this.#kept.values()) {
      if (active.has(kept.window)) continue;
      const same = over.get(kept.window);
      if (same === undefined) over.set(kept.window, [kept]);
      else same.push(kept);
    }
    if (over.size === 0) return;
    const failing = new Set(open.map(({ id }) => id));
    for (const [window, kept] of over) {
      const moved = kept.flatMap((one): Kept[] => {
        const next = failing.has(one.fault) ? this.#windowOf(one.device) : null;
        return next === null ? [] : [{ ...one, window: next.id }];
      });
      const goesOn = new Set(moved.map(({ fault }) => fault));
      const outcomes = kept
        .filter(({ fault }) => !goesOn.has(fault))
        .map(({ fault, device }) => {
          const result = failing.has(fault) ? ('still_failing' as const) : ('recovered' as const);
          return { window, fault, device, result, atMs: nowMs };
        });
      this.#table.settle(window, { outcomes, kept: moved }, nowMs);
      for (const { fault } of outcomes) this.#kept.delete(fault);
      for (const one of moved) this.#kept.set(one.fault, one);
    }
  }
}

export function keyOf({ device, rule, item }: Pick<About, 'device' | 'rule' | 'item'>): string {
  return `${device}\0${rule}\0${item}`;
}
