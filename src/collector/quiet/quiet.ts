/**
 * Quiet: whether a fault may be announced. Symptoms of a cause, faults inside a maintenance window
 * and those of a storm are kept back: announcing is suppressed, never measuring; beginnings of
 * notices, never recoveries.
 */
import type { Clock } from '../../shared/clock.ts';
import { jsonSchema } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Selector } from '../../shared/selector.ts';
import type { Span } from '../calendars/calendars.ts';
import type { Actor, Device, RepeatKey } from '../desk/desk.ts';
import type { Fault, Quiet, QuietQuestion } from '../faults/faults.ts';
import type { Identity, PeoplePolicy } from '../people/people.ts';
import type { Sight } from './dependency.ts';
import type { Flap } from './flapping.ts';
import { policyWarnings, type QuietPolicy, quietSchema, readQuietPolicy } from './policy.ts';
import { openQuietRoom } from './room.ts';
import type { FindCalendar, Schedule } from './schedule.ts';
import type { Storm } from './storm.ts';

export type { QuietPolicy } from './policy.ts';

/** The fault that is asked about; `fault` is '' while it has no number yet. */
export type About = QuietQuestion;

export type OpenFault = Pick<Fault, 'id' | 'device' | 'rule' | 'indicator' | 'item' | 'openedMs'>;

/** What a person asks for. */
export interface WindowRequest {
  readonly covers: Selector;
  readonly schedule: Schedule;
  readonly reason: string;
  readonly approver: string;
  /**
   * What it belongs to, such as a change; '' for none. A window with an origin is only announced:
   * it keeps nothing quiet until its origin asks for it again after its beginning (see `openedMs`).
   */
  readonly origin?: string;
  /** Who registers it; default: the actor. */
  readonly by?: string;
}

export interface Window extends Required<WindowRequest> {
  /** `W-000012` */
  readonly id: string;
  readonly registeredMs: number;
  /** Registered before its first beginning (R22). */
  readonly planned: boolean;
  /** When its origin opened it; null while it only is announced, or without an origin. */
  readonly openedMs: number | null;
  /** When somebody ended it before its time; null while nobody did. */
  readonly endedMs: number | null;
  readonly endedBy: string;
  readonly endedNote: string;
  /** Rises with every change: the ETag. */
  readonly version: number;
}

export interface WindowPreview {
  /** Names of the devices it covers now. */
  readonly devices: readonly string[];
  /** Its next occurrences, at most ten. */
  readonly occurrences: readonly Span[];
  readonly planned: boolean;
  /** What is allowed and yet probably not meant. */
  readonly warnings: readonly string[];
}

export type WindowState = 'active' | 'upcoming' | 'past';

export interface WindowFilter {
  readonly state?: WindowState | 'all';
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** Number of the window to continue after (newest first). */
  readonly after?: number;
}

/** What became of a fault that a window kept quiet, told once at the window's end. */
export interface WindowOutcome {
  /** Rises by 1; a reader's mark. */
  readonly number: number;
  readonly window: string;
  readonly fault: string;
  readonly device: string;
  readonly result: 'still_failing' | 'recovered';
  readonly atMs: number;
}

export interface PlannedSpan extends Span {
  readonly window: string;
  /** Whether this occurrence was registered before it began. */
  readonly planned: boolean;
}

export interface Windows {
  /**
   * Throws `bad_request` with every mistake, `conflict` where the same window exists. An origin has
   * one window: asked for again it is the same, and asked for after its beginning it is opened.
   */
  register(request: WindowRequest, actor: Actor, repeat?: RepeatKey | null): Promise<Window>;
  preview(request: WindowRequest): WindowPreview;
  list(filter: WindowFilter): readonly Window[];
  /** Throws `not_found`. */
  show(id: string): Window;
  stateOf(window: Window): WindowState;
  /** The occurrence that is open now or begins next; null when none comes any more. */
  nextOf(window: Window): Span | null;
  /** Ends it now; one that has not begun is withdrawn. Throws `not_found`, `conflict`. */
  end(id: string, step: WindowEnd, actor: Actor, repeat?: RepeatKey | null): Promise<Window>;
  /** When the device was in a window, within [fromMs, toMs): for availability. */
  spansOf(device: string, fromMs: number, toMs: number): readonly PlannedSpan[];
  /** Numbers above `mark`, ascending. */
  outcomesAfter(mark: number, limit: number): readonly WindowOutcome[];
}

export interface WindowEnd {
  readonly by: string;
  readonly note: string;
  /** The version the person saw; null does not care. */
  readonly version: number | null;
}

export interface QuietState {
  readonly activeWindows: readonly Window[];
  readonly storm: Storm | null;
  /** Dependencies left out because they go in a circle. */
  readonly ignored: readonly string[];
  /** Devices with parents. */
  readonly dependents: number;
}

export interface QuietRoom {
  /** To be called with `faults.open()` at the start of every tick, before any ask. */
  begin(open: readonly OpenFault[]): void;
  /** Null: it may be announced. In memory, constant time; writes nothing. */
  quietOf(about: About): Quiet | null;
  /** `changesMs`: when the fault opened, recovered or reopened, ascending. */
  flapOf(changesMs: readonly number[]): Flap;
  /** Recoveries of before a restart, so that their children are still waited for. */
  remember(recent: Iterable<OpenFault & Pick<Fault, 'recoveredMs'>>): void;
  readonly windows: Windows;
  state(): QuietState;
  reload(policy: QuietPolicy): void;
  close(): Promise<void>;
}

export interface QuietOptions extends Sight {
  /** The data directory; the file is `desk.db`, opened by the desk before. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: QuietPolicy;
  /** The ledger's devices; the same array until one changes. */
  readonly devices: () => readonly Pick<Device, 'name' | 'labels'>[];
  /** For windows that follow a calendar. */
  readonly findCalendar: FindCalendar;
  /** Who is meant by a name; without it everybody is taken at their word. */
  readonly identify?: (name: string) => Identity;
  /** Dependencies that people confirmed; the same array until one changes. */
  readonly confirmed: () => readonly { readonly child: string; readonly parent: string }[];
}

export function openQuiet(options: QuietOptions): Promise<QuietRoom> {
  return openQuietRoom(options);
}

/** The JSON Schema of `quiet.yaml`, for editors. */
export function quietJsonSchema(): unknown {
  return jsonSchema(quietSchema);
}

/** Reads and checks `quiet.yaml`. Throws `config` with every problem. */
export function loadQuietPolicy(
  file: string,
  people: Pick<PeoplePolicy, 'people' | 'groups' | 'example'> | null = null,
): QuietPolicy {
  return readQuietPolicy(file, people);
}

/** What in the policy probably is not meant, with the devices there are. */
export function quietWarnings(
  policy: QuietPolicy,
  devices: readonly Pick<Device, 'name' | 'labels'>[],
): readonly string[] {
  return policyWarnings(policy, devices);
}
