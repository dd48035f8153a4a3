/**
 * Process: problems (R18), changes and releases (R21, R22), knowledge (R19). Follows the ledger of
 * faults: what recurs becomes a problem, what begins in or after a change is linked to it.
 */
import type { Clock } from '../../shared/clock.ts';
import { jsonSchema } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Selector } from '../../shared/selector.ts';
import type { Calendars } from '../calendars/calendars.ts';
import type { Actor, Device, RepeatKey } from '../desk/desk.ts';
import type { Faults } from '../faults/faults.ts';
import type { Identity, PeoplePolicy } from '../people/people.ts';
import type { Change, ChangeStepKind, Risk } from './change.ts';
import type { KnowledgeNote, NoteText, Offer, Signs } from './note.ts';
import { type ProcessPolicy, processSchema, readProcessPolicy } from './policy.ts';
import type { Problem, ProblemStepKind } from './problem.ts';
import { openProcessRoom } from './room.ts';

/** The nouns are defined next door: together they would be longer than a file may be. */
export type { Change, ChangeKind, ChangeState, ChangeStepKind, Risk } from './change.ts';
export type { KnowledgeNote, NoteText, Offer, Signs } from './note.ts';
export type { Problem, ProblemState, ProblemStepKind } from './problem.ts';

/** One line of a problem's or change's history. */
export interface Step {
  /** Rises by 1 over all problems and changes. */
  readonly number: number;
  readonly item: string;
  readonly kind: string;
  /** The state after it. */
  readonly state: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Shown<T> {
  readonly item: T;
  readonly steps: readonly Step[];
  readonly faults: readonly string[];
  /** What a person can do now. */
  readonly possible: readonly string[];
}

export interface ItemFilter {
  readonly state?: string;
  /** Linked to this fault. */
  readonly fault?: string;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** Number to continue after (newest first). */
  readonly after?: number;
}

/** Who writes, and what guards the write. */
export interface Writing {
  readonly actor: Actor;
  readonly repeat?: RepeatKey | null;
  /** The version the writer saw; null does not care. Otherwise `stale` when it is another now. */
  readonly version?: number | null;
}

export interface ProblemRequest {
  readonly title: string;
  readonly rule: string;
  readonly device: string;
  readonly phenomenon: string;
  readonly by: string;
  readonly faults: readonly string[];
}

export interface ProblemStep {
  readonly kind: Exclude<ProblemStepKind, 'fault' | 'recurred'> | 'comment';
  readonly by: string;
  readonly note: string;
  /** Of `root_cause` and `solve`. */
  readonly text?: string;
}

export interface Problems {
  open(request: ProblemRequest, writing: Writing): Promise<Problem>;
  step(id: string, step: ProblemStep, writing: Writing): Promise<Problem>;
  list(filter: ItemFilter): readonly Problem[];
  show(id: string): Shown<Problem>;
}

export type ChangeRequest = Pick<
  Change,
  | 'kind'
  | 'title'
  | 'content'
  | 'purpose'
  | 'scope'
  | 'risk'
  | 'riskText'
  | 'rollback'
  | 'verification'
  | 'plannedFromMs'
  | 'plannedToMs'
  | 'by'
>;

export interface ChangeStep {
  readonly kind: Exclude<ChangeStepKind, 'fault'> | 'comment';
  readonly by: string;
  readonly note: string;
  /** Of `assess`: what the assessment found, where it differs from the request. */
  readonly risk?: Risk;
  readonly rollback?: string;
  /** Of `announce`: time, scope and measures, as people read them (R22). */
  readonly announcement?: string;
  /** Of `close`. */
  readonly result?: Exclude<Change['result'], ''>;
}

export interface Changes {
  request(request: ChangeRequest, writing: Writing): Promise<Change>;
  step(id: string, step: ChangeStep, writing: Writing): Promise<Change>;
  list(filter: ItemFilter): readonly Change[];
  show(id: string): Shown<Change>;
}

export interface Knowledge {
  write(text: NoteText, by: string, writing: Writing): Promise<KnowledgeNote>;
  rewrite(id: string, text: NoteText, by: string, writing: Writing): Promise<KnowledgeNote>;
  archive(id: string, by: string, writing: Writing): Promise<KnowledgeNote>;
  /** Throws `not_found`. */
  show(id: string): KnowledgeNote;
  list(filter: Pick<ItemFilter, 'limit' | 'after'>): readonly KnowledgeNote[];
  /** Every word must occur, Chinese too; best first. */
  search(words: string, limit: number): readonly KnowledgeNote[];
  /** Those that fit a fault, best first, at most five. */
  offers(signs: Signs): readonly Offer[];
}

export interface ProcessRoom {
  readonly problems: Problems;
  readonly changes: Changes;
  readonly knowledge: Knowledge;
  /** Follows the ledger of faults from its own mark; call it after each tick, not awaited by it. */
  advance(): Promise<void>;
  reload(policy: ProcessPolicy): void;
  close(): Promise<void>;
}

/** Maintenance windows as changes need them; the quiet room has them. */
export interface ChangeWindows {
  /**
   * One per origin. Registered ahead it is only announced and keeps nothing quiet; asked for again
   * after its beginning, by the change that starts, it opens.
   */
  register(
    window: {
      readonly covers: Selector;
      readonly fromMs: number;
      readonly toMs: number;
      readonly reason: string;
      readonly approver: string;
      readonly origin: string;
    },
    actor: Actor,
  ): Promise<{ readonly id: string; readonly planned: boolean }>;
  /** One that is over already stays as it is. */
  end(
    id: string,
    step: { readonly by: string; readonly note: string },
    actor: Actor,
  ): Promise<void>;
}

export interface ProcessOptions {
  /** The data directory; the file is `desk.db`, opened by the desk before. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: ProcessPolicy;
  readonly calendars: Calendars;
  readonly faults: Pick<Faults, 'ledgerAfter'>;
  readonly device: (name: string) => Pick<Device, 'name' | 'labels'> | undefined;
  readonly windows: ChangeWindows;
  /** Who is meant by a name; without it everybody is taken at their word. */
  readonly identify?: (name: string) => Identity;
  /** Without it devices, rules and faults that requests name are not looked up. */
  readonly names?: KnownThings;
}

/** What requests may name. */
export interface KnownThings {
  devices(): readonly string[];
  /** Of the thresholds. Rules that opened a fault before are known besides. */
  rules(): readonly string[];
  /** A fault's number in full. Throws `not_found`. */
  fault(id: string): Promise<string>;
}

export function openProcess(options: ProcessOptions): Promise<ProcessRoom> {
  return openProcessRoom(options);
}

/** The JSON Schema of `process.yaml`, for editors. */
export function processJsonSchema(): unknown {
  return jsonSchema(processSchema);
}

/** Reads and checks `process.yaml`. Throws `config` with every problem. */
export function loadProcessPolicy(
  file: string,
  calendars: Calendars,
  people: Pick<PeoplePolicy, 'people' | 'groups' | 'example'> | null = null,
): ProcessPolicy {
  return readProcessPolicy(file, { calendars, people });
}
