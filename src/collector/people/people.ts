/**
 * People: who is there, who holds a post now (R23), whom a fault of a level is told to (R10, R15).
 * Posts, turns and chains are configuration; swaps, assignments and hand-overs are kept in
 * `desk.db`, each with its audit entry in the same transaction.
 */
import type { Clock } from '../../shared/clock.ts';
import { type ConfigProblem, configFailure, jsonSchema } from '../../shared/config.ts';
import type { Actor } from '../desk/desk.ts';
import { dutySchema, readDuty } from './duty-file.ts';
import { openPeopleBook } from './people-book.ts';
import { peopleSchema, readPeople } from './people-file.ts';

export type Locale = 'zh-CN' | 'en';
export type Named = Readonly<Record<'en' | 'zh', string>>;
export type Level = 1 | 2 | 3 | 4;
export type ClockName = 'respond' | 'arrive' | 'repair';
/** The shares of a clock at which the faults room writes a ledger entry. */
export type Share = 0.5 | 0.8 | 1;

export interface Address {
  readonly channel: string;
  /** '' where the channel needs none. */
  readonly to: string;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly locale: Locale;
  /** In the order they are tried; never empty. */
  readonly channels: readonly Address[];
}

export interface Group {
  readonly id: string;
  readonly name: Named;
  readonly line: 1 | 2 | null;
  readonly members: readonly string[];
}

export interface Shift {
  readonly name: string;
  /** Minutes after midnight of the day it begins; `toMinute` beyond 1,440 is the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** 1 Monday … 7 Sunday. */
  readonly days: readonly number[];
  readonly people: readonly string[];
  readonly turnDays: number;
  /** The day of the first turn, `2026-01-05`. */
  readonly starts: string;
  /** Channels that go first. */
  readonly by: readonly string[];
}

export interface Role {
  readonly id: string;
  readonly name: Named;
  readonly shifts: readonly Shift[];
  /** False: there may be times without anybody. */
  readonly always: boolean;
}

export type Moment = 'opened' | { readonly clock: ClockName; readonly share: Share };
export type Target = { readonly kind: 'role' | 'group' | 'person'; readonly id: string };

export interface ChainStep {
  readonly at: Moment;
  readonly tell: readonly Target[];
  readonly digest: boolean;
}

export interface DutyPolicy {
  readonly timezone: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly chains: ReadonlyMap<Level, readonly ChainStep[]>;
  readonly approvers: string | null;
  readonly progress: readonly string[];
  /** Minutes after midnight. */
  readonly digestMinute: number;
}

export interface PeoplePolicy extends DutyPolicy {
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
}

/** One stretch for which one person holds a post. */
export interface Duty {
  readonly role: string;
  readonly shift: string;
  /** The local day it begins. */
  readonly date: string;
  readonly person: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: readonly string[];
  /** True when it is not the turn of the roster but a swap or an import. */
  readonly changed: boolean;
}

/** Somebody to tell, by which channels in which order, and why. */
export interface Recipient {
  readonly person: Person;
  readonly because: Target;
  readonly digest: boolean;
}

/** One shift on one day. */
export interface Slot {
  readonly role: string;
  readonly shift: string;
  readonly date: string;
}

export interface SwapRequest extends Slot {
  /** Who takes it over. */
  readonly to: string;
  readonly note: string;
}

export type SwapState = 'asked' | 'approved' | 'refused';

export interface Swap extends SwapRequest {
  readonly number: number;
  /** Who held it when it was asked. */
  readonly from: string;
  readonly state: SwapState;
  readonly askedBy: string;
  readonly askedMs: number;
  readonly decidedBy: string;
  readonly decidedMs: number | null;
}

export interface HandOver extends Slot {
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly note: string;
  readonly atMs: number;
}

export interface People {
  policy(): PeoplePolicy;
  /** Who holds the post at that time. Throws `not_found` for an unknown role. */
  onDuty(role: string, atMs: number): readonly Duty[];
  /** The stretches that overlap [fromMs, toMs), at most 92 days. Throws `bad_request`. */
  roster(role: string, fromMs: number, toMs: number): readonly Duty[];
  /** Whom the chain of a level names for this moment, each person once. */
  whom(level: Level, moment: Moment, atMs: number): readonly Recipient[];
  /** The next time of the daily digest after `atMs`. */
  nextDigest(atMs: number): number;
  askSwap(request: SwapRequest, by: string, actor: Actor): Promise<Swap>;
  /** Throws `forbidden` when `by` may not approve, `conflict` when it is decided already. */
  decideSwap(
    decision: {
      readonly number: number;
      readonly state: Exclude<SwapState, 'asked'>;
      readonly by: string;
    },
    actor: Actor,
  ): Promise<Swap>;
  /** Newest first. */
  swaps(limit: number): Promise<readonly Swap[]>;
  /** The note of who goes to who comes (R23). */
  handOver(
    note: Slot & { readonly by: string; readonly note: string },
    actor: Actor,
  ): Promise<HandOver>;
  handOvers(limit: number): Promise<readonly HandOver[]>;
  /** The roster as iCalendar (RFC 5545), one event per stretch. */
  exportCalendar(role: string, fromMs: number, toMs: number): string;
  /** Takes assignments from an exported and edited calendar. Throws `bad_request` with every mistake. */
  importCalendar(text: string, actor: Actor): Promise<{ readonly assigned: number }>;
  reload(policy: PeoplePolicy): void;
  close(): Promise<void>;
}

export interface PeopleOptions {
  /** The data directory; the file is `desk.db`. The desk must be open on it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly policy: PeoplePolicy;
}

export async function openPeople(options: PeopleOptions): Promise<People> {
  return openPeopleBook(options);
}

export interface PeopleFiles {
  readonly people: string;
  readonly duty: string;
}

/** Reads and checks both files together. Throws `config` with every problem of both. */
export function loadPeople(files: PeopleFiles): PeoplePolicy {
  const problems: ConfigProblem[] = [];
  const who = readPeople(files.people, problems);
  const duty = readDuty(files.duty, who, problems);
  if (who === null || duty === null || problems.length > 0) throw configFailure(problems);
  return { ...who, ...duty };
}

/** The files' JSON Schemas, for editors. */
export function peopleJsonSchemas(): { readonly people: unknown; readonly duty: unknown } {
  return { people: jsonSchema(peopleSchema), duty: jsonSchema(dutySchema) };
}
