/** The maintenance windows: registered, looked up, ended. All are in memory; they are few. */
import { Failure } from '../../shared/errors.ts';
import { compileSelector, type Labelled, unknownNames } from '../../shared/selector.ts';
import type { Span } from '../calendars/calendars.ts';
import type { Actor, RepeatKey } from '../desk/desk.ts';
import type { QuietPolicy } from './policy.ts';
import type {
  PlannedSpan,
  QuietOptions,
  Window,
  WindowEnd,
  WindowFilter,
  WindowPreview,
  WindowRequest,
  WindowState,
} from './quiet.ts';
import { occurrences, type Walk, walkOf } from './schedule.ts';
import { checkWindow, firstOverlap, isPlanned } from './window-check.ts';
import { formatWindowId, noSuchWindow, parseWindowId } from './window-id.ts';
import { FORGOTTEN_MOST, type WindowsTable } from './windows-table.ts';

const LIST_DEFAULT = 100;
const LIST_MOST = 1_000;
const PREVIEWED = 10;
/** Occurrences of one window within one answer: an hourly one over three months. */
const SPANS_MOST = 2_500;

type BookOptions = Pick<QuietOptions, 'clock' | 'devices' | 'findCalendar' | 'identify'>;

export class WindowBook {
  readonly #table: WindowsTable;
  readonly #options: BookOptions;
  #policy: QuietPolicy['windows'];
  readonly #windows = new Map<string, Window>();
  readonly #covers = new Map<string, (device: Labelled) => boolean>();
  readonly #walks = new Map<string, Walk>();
  /** Rises with every change, so that others know when to look again. */
  revision = 0;

  constructor(table: WindowsTable, options: BookOptions, policy: QuietPolicy['windows']) {
    this.#table = table;
    this.#options = options;
    this.#policy = policy;
    for (const window of table.all()) this.#take(window);
  }

  swap(policy: QuietPolicy['windows']): void {
    this.#policy = policy;
    // Calendars are read anew with it: a window that is open may end at another time now.
    this.revision++;
  }

  all(): Iterable<Window> {
    return this.#windows.values();
  }

  register(request: WindowRequest, actor: Actor, repeat: RepeatKey | null = null): Window {
    const nowMs = this.#options.clock.now();
    const answered = this.#table.answered(repeat);
    if (answered !== null) return answered;
    const before = this.#byOrigin(request.origin ?? '', nowMs);
    if (before !== null) return this.#opened(before, actor, nowMs);
    const find = this.#options.findCalendar;
    const by = request.by ?? actor.who;
    const { identify } = this.#options;
    checkWindow(request, { policy: this.#policy, nowMs, by, find, identify });
    const walk = walkOf(request.schedule, find);
    const make = (number: number): Window => {
      this.#refuseSame(request, walk, nowMs);
      const origin = request.origin ?? '';
      const planned = isPlanned(walk, nowMs);
      return {
        id: formatWindowId(number),
        ...request,
        origin,
        by,
        registeredMs: nowMs,
        planned,
        openedMs: origin === '' || planned ? null : nowMs,
        endedMs: null,
        endedBy: '',
        endedNote: '',
        version: 1,
      };
    };
    const window = this.#table.add(make, { atMs: nowMs, actor, repeat });
    const known = this.#windows.get(window.id);
    if (known !== undefined) return known;
    this.#take(window);
    return window;
  }

  preview(request: WindowRequest): WindowPreview {
    const nowMs = this.#options.clock.now();
    const walk = walkOf(request.schedule, this.#options.findCalendar);
    const devices = this.#options.devices();
    const covered = devices.filter(compileSelector(request.covers)).map(({ name }) => name);
    const horizon = { fromMs: nowMs, toMs: Number.POSITIVE_INFINITY };
    return {
      devices: covered,
      occurrences: occurrences(walk, horizon, PREVIEWED),
      planned: isPlanned(walk, nowMs),
      warnings: this.#warnings(request, covered, nowMs),
    };
  }

  list({ state = 'all', limit, after }: WindowFilter): readonly Window[] {
    const most = Math.min(LIST_MOST, Math.max(1, limit ?? LIST_DEFAULT));
    const found: Window[] = [];
    for (const window of [...this.#windows.values()].reverse()) {
      if (after !== undefined && parseWindowId(window.id) >= after) continue;
      if (state !== 'all' && this.stateOf(window) !== state) continue;
      if (found.push(window) >= most) break;
    }
    return found;
  }

  show(id: string): Window {
    const window = this.#windows.get(formatWindowId(parseWindowId(id)));
    if (window === undefined) throw noSuchWindow(id);
    return window;
  }

  stateOf(window: Window, nowMs = this.#options.clock.now()): WindowState {
    const next = this.occurrence(window, nowMs);
    if (next === null) return 'past';
    return next.fromMs <= nowMs && this.counts(window) ? 'active' : 'upcoming';
  }

  /** What only is announced keeps nothing quiet: the work may never begin. */
  counts({ origin, openedMs }: Window): boolean {
    return origin === '' || openedMs !== null;
  }

  /** The occurrence that is open at `atMs` or begins next, cut where somebody ended it. */
  occurrence(window: Window, atMs: number): Span | null {
    const { endedMs } = window;
    const next = this.#walk(window)(atMs);
    if (next === null || endedMs === null) return next;
    if (next.fromMs >= endedMs || atMs >= endedMs) return null;
    return { fromMs: next.fromMs, toMs: Math.min(next.toMs, endedMs) };
  }

  end(
    id: string,
    { by, note, version }: WindowEnd,
    { actor, repeat }: { readonly actor: Actor; readonly repeat: RepeatKey | null },
  ): Window {
    const answered = this.#table.answered(repeat);
    if (answered !== null) return answered;
    const window = this.show(id);
    const nowMs = this.#options.clock.now();
    if (version !== null && version !== window.version) {
      throw new Failure('stale', `${window.id} was changed meanwhile`, {
        hint: `look at it again: it is at version ${window.version}`,
        detail: { version: window.version },
      });
    }
    if (this.stateOf(window, nowMs) === 'past') {
      throw new Failure('conflict', `${window.id} is over`, { hint: 'there is nothing to end' });
    }
    const ended = { ...window, endedMs: nowMs, endedBy: by, endedNote: note };
    const next: Window = { ...ended, version: window.version + 1 };
    this.#table.end(parseWindowId(id), next, { atMs: nowMs, actor, repeat });
    this.#take(next);
    return next;
  }

  /** One step of retention; true when there is more to do. */
  forget(nowMs: number): boolean {
    const beforeMs = nowMs - this.#policy.keep;
    const newest = [...this.#windows.keys()].at(-1);
    const old: string[] = [];
    for (const window of this.#windows.values()) {
      if (old.length >= FORGOTTEN_MOST) break;
      // The newest stays, so that no number is given twice.
      if (window.id === newest || lastMs(window) >= beforeMs) continue;
      if (this.stateOf(window, nowMs) === 'past') old.push(window.id);
    }
    const outcomes = this.#table.forget(old.map(parseWindowId), beforeMs);
    for (const id of old) {
      this.#windows.delete(id);
      this.#covers.delete(id);
      this.#walks.delete(id);
    }
    return Math.max(old.length, outcomes) >= FORGOTTEN_MOST;
  }

  covers({ id, covers }: Window, device: Labelled): boolean {
    const known = this.#covers.get(id);
    if (known !== undefined) return known(device);
    const made = compileSelector(covers);
    this.#covers.set(id, made);
    return made(device);
  }

  spansOf(device: Labelled, range: Span): readonly PlannedSpan[] {
    const spans: PlannedSpan[] = [];
    for (const window of this.#windows.values()) {
      if (!this.counts(window) || !this.covers(window, device)) continue;
      const countsMs = Math.max(window.registeredMs, window.openedMs ?? 0);
      const end = Math.min(range.toMs, window.endedMs ?? range.toMs);
      const until = { fromMs: range.fromMs, toMs: end };
      for (const { fromMs, toMs } of occurrences(this.#walk(window), until, SPANS_MOST)) {
        const span = { fromMs: Math.max(fromMs, range.fromMs), toMs: Math.min(toMs, end) };
        // What was registered or opened late counts from then at the earliest.
        if (span.toMs <= countsMs) continue;
        const planned = window.registeredMs < fromMs;
        const begins = Math.max(span.fromMs, countsMs);
        spans.push({ ...span, fromMs: begins, window: window.id, planned });
      }
    }
    return spans.sort((a, b) => a.fromMs - b.fromMs);
  }

  #take(window: Window): void {
    this.#windows.set(window.id, Object.freeze(window));
    this.revision++;
  }

  /**
   * A change registers its window once, however often it is announced. One that somebody ended is
   * not made anew when the work begins.
   */
  #byOrigin(origin: string, nowMs: number): Window | null {
    if (origin === '') return null;
    const mine = [...this.#windows.values()].filter((window) => window.origin === origin);
    const found = mine.reverse().find((window) => {
      const span = this.#walk(window)(nowMs);
      return span !== null && (window.endedMs === null || span.fromMs <= nowMs);
    });
    return found ?? null;
  }

  /** Its origin asks for it again: the work has begun, once the window itself has. */
  #opened(window: Window, actor: Actor, nowMs: number): Window {
    if (this.counts(window) || window.endedMs !== null) return window;
    const span = this.#walk(window)(nowMs);
    if (span === null || span.fromMs > nowMs) return window;
    const next: Window = { ...window, openedMs: nowMs, version: window.version + 1 };
    this.#table.open(parseWindowId(window.id), next, { atMs: nowMs, actor });
    this.#take(next);
    return next;
  }

  #walk({ id, schedule }: Window): Walk {
    const known = this.#walks.get(id);
    if (known !== undefined) return known;
    const made = walkOf(schedule, this.#options.findCalendar);
    this.#walks.set(id, made);
    return made;
  }

  #refuseSame(request: WindowRequest, walk: Walk, nowMs: number): void {
    const covers = JSON.stringify(request.covers);
    for (const window of this.#windows.values()) {
      if (JSON.stringify(window.covers) !== covers || this.stateOf(window) === 'past') continue;
      const met = firstOverlap(walk, this.#walk(window), nowMs);
      if (met === null) continue;
      throw new Failure('conflict', `it overlaps ${window.id}, which covers the same`, {
        hint: `end ${window.id} first, or choose another time`,
        detail: { window: window.id, from: met.fromMs, to: met.toMs },
      });
    }
  }

  #warnings(request: WindowRequest, covered: readonly string[], nowMs: number): string[] {
    const devices = this.#options.devices();
    const known = new Set(devices.map(({ name }) => name));
    const warnings = unknownNames(request.covers, known).map(
      (name) => `no device is named ${JSON.stringify(name)}`,
    );
    if (covered.length === 0) warnings.push('it covers no device that is known now');
    if (devices.length > 1 && covered.length === devices.length)
      warnings.push('it covers them all');
    const walk = walkOf(request.schedule, this.#options.findCalendar);
    if (!isPlanned(walk, nowMs)) {
      warnings.push('it begins before it is registered: it does not count as planned');
    }
    const names = new Set(covered);
    const meant = devices.filter(({ name }) => names.has(name));
    for (const window of this.#windows.values()) {
      if (this.stateOf(window) === 'past') continue;
      if (!meant.some((device) => this.covers(window, device))) continue;
      if (firstOverlap(walk, this.#walk(window), nowMs))
        warnings.push(`some of it is also in ${window.id}`);
    }
    return warnings;
  }
}

/** After this a window begins no more. */
function lastMs({ schedule, endedMs }: Window): number {
  const plannedMs = schedule.kind === 'once' ? schedule.toMs : schedule.untilMs;
  return endedMs ?? plannedMs ?? Number.POSITIVE_INFINITY;
}
