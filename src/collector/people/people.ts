/**
 * People: who is there, who holds a post now (R23), whom a fault of a level is told to (R10, R15).
 * Posts, turns and chains are configuration; swaps, assignments and hand-overs are kept in
 * `desk.db`, each with its audit entry in the same transaction.
 */
import type { Clock } from '../../shared/clock.ts';
import { type ConfigProblem, jsonSchema } from '../../shared/config.ts';
import { type Checked, flawless } from '../../shared/config-parts.ts';
import { bug } from '../../shared/errors.ts';
import type { Actor, RepeatKey } from '../desk/desk.ts';
import { dutySchema, readDuty } from './duty-file.ts';
import { isNamed, strangersOf } from './identity.ts';
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
  /** The file is the shipped example: nobody real is in it yet. */
  readonly example: boolean;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
}

/** Who is meant by an id or a name that somebody wrote. */
export interface Identity {
  readonly id: string;
  /** Groups the person is in. */
  readonly groups: readonly string[];
  /** '' for a person of the file, or for anybody while it is an example; else why it is nobody. */
  readonly unknown: string;
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
  /** Rises with its decision: the ETag. */
  readonly version: number;
}

export interface HandOver extends Slot {
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly note: string;
  readonly atMs: number;
}

/** Who writes, and what guards the write. */
export interface Writing {
  readonly actor: Actor;
  readonly repeat?: RepeatKey | null;
  /** The version the writer saw; null does not care. Otherwise `stale` when it is another now. */
  readonly version?: number | null;
}

export interface People {
  policy(): PeoplePolicy;
  /** Who is meant by an id or a name. */
  identify(text: string): Identity;
  /** Who holds the post at that time. Throws `not_found` for an unknown role. */
  onDuty(role: string, atMs: number): readonly Duty[];
  /** The stretches that overlap [fromMs, toMs), at most 92 days. Throws `bad_request`. */
  roster(role: string, fromMs: number, toMs: number): readonly Duty[];
  /** Whom the chain of a level names for this moment, each person once. */
  whom(level: Level, moment: Moment, atMs: number): readonly Recipient[];
  /** The next time of the daily digest after `atMs`. */
  nextDigest(atMs: number): number;
  askSwap(request: SwapRequest, by: string, writing: Writing): Promise<Swap>;
  /**
   * Throws `forbidden` when `by` may not approve, `conflict` when it is decided already, or cannot
   * be approved any more: the shift is over, or somebody else holds it now.
   */
  decideSwap(
    decision: {
      readonly number: number;
      readonly state: Exclude<SwapState, 'asked'>;
      readonly by: string;
    },
    writing: Writing,
  ): Promise<Swap>;
  /** Throws `not_found`. */
  swap(number: number): Swap;
  /** Newest first. */
  swaps(limit: number, after?: number): Promise<readonly Swap[]>;
  /** The note of who goes to who comes (R23). */
  handOver(
    note: Slot & { readonly by: string; readonly note: string },
    writing: Writing,
  ): Promise<HandOver>;
  handOvers(limit: number, after?: number): Promise<readonly HandOver[]>;
  /** The roster as iCalendar (RFC 5545), one event per stretch. */
  exportCalendar(role: string, fromMs: number, toMs: number): string;
  /** Takes assignments from an exported and edited calendar. Throws `bad_request` with every mistake. */
  importCalendar(text: string, writing: Writing): Promise<{ readonly assigned: number }>;
  /** Rises whenever somebody is put on a shift: the ETag of an exported calendar. */
  rosterVersion(): number;
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
  return flawless(inspectPeople(files)) ?? bug('a file that cannot be read has no problem');
}

/** For checking what names people: everybody in the file; null where it cannot be read at all. */
export function inspectPeople(files: PeopleFiles): Checked<PeoplePolicy | null> {
  const problems: ConfigProblem[] = [];
  const who = readPeople(files.people, problems);
  const duty = readDuty(files.duty, who, problems) ?? NO_DUTY;
  return { value: who && { ...who, ...duty }, problems };
}

/** Stands for a file that cannot be read. */
const NO_DUTY: DutyPolicy = Object.freeze({
  ...{ timezone: 'UTC', approvers: null, progress: [], digestMinute: 0 },
  roles: new Map(),
  chains: new Map(),
});

/** Whether a list of people and groups, as policies write it, names this one. */
export function isOneOf(identity: Identity, names: readonly string[]): boolean {
  return isNamed(identity, names);
}

/** Why names of a policy's list mean nobody; nothing while the people file is an example. */
export function unknownPeople(
  names: readonly string[],
  policy: Pick<PeoplePolicy, 'people' | 'groups' | 'example'>,
): readonly string[] {
  return strangersOf(names, policy);
}

/** The files' JSON Schemas, for editors. */
export function peopleJsonSchemas(): { readonly people: unknown; readonly duty: unknown } {
  return { people: jsonSchema(peopleSchema), duty: jsonSchema(dutySchema) };
}
