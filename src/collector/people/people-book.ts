/** The people room at work: policy in memory, what people agreed in `desk.db`. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import { type DeskConnection, openDeskConnection } from '../desk/desk.ts';
import { readCalendar, writeCalendar } from './calendar-file.ts';
import { recipientsOf } from './chain.ts';
import { identify } from './identity.ts';
import type {
  Duty,
  HandOver,
  Identity,
  Level,
  Moment,
  People,
  PeopleOptions,
  PeoplePolicy,
  Recipient,
  Role,
  Slot,
  Swap,
  SwapRequest,
  Writing,
} from './people.ts';
import { dutiesBetween, dutyOn, nextTimeOfDay } from './shifts.ts';
import {
  checkAsked,
  checkDecision,
  checkNote,
  checkStillAsked,
  checkVersion,
  idOf,
  nameOf,
} from './swap-check.ts';
import { type Assignment, PeopleTables } from './tables.ts';
import { openWrites, type Write } from './writes.ts';

/** Longest roster of one answer. */
const ROSTER_MOST_MS = 92 * DAY_MS;
/** Whoever comes later than this is not whom a shift is handed over to. */
const LONGEST_GAP_MS = 8 * DAY_MS;

export function openPeopleBook(options: PeopleOptions): People {
  return new PeopleBook(options);
}

class PeopleBook implements People {
  readonly #clock: Clock;
  readonly #connection: DeskConnection;
  readonly #tables: PeopleTables;
  readonly #write: Write;
  /** Who holds a slot instead of whose turn it is. */
  readonly #assigned = new Map<string, string>();
  #policy: PeoplePolicy;

  constructor({ directory, clock, policy }: PeopleOptions) {
    this.#clock = clock;
    this.#connection = openDeskConnection(directory);
    this.#tables = new PeopleTables(this.#connection);
    this.#write = openWrites(this.#connection, clock, (made) => this.#learn(made));
    this.#policy = policy;
    this.#learn(this.#tables.assignments());
  }

  policy(): PeoplePolicy {
    return this.#policy;
  }

  identify(text: string): Identity {
    return identify(this.#policy, text);
  }

  onDuty(role: string, atMs: number): readonly Duty[] {
    return dutiesBetween(this.#rosterOf(role), atMs, atMs + 1);
  }

  roster(role: string, fromMs: number, toMs: number): readonly Duty[] {
    if (!(toMs > fromMs) || toMs - fromMs > ROSTER_MOST_MS) {
      throw new Failure('bad_request', 'a roster is of more than no and at most 92 days', {
        hint: 'name an end that is after the beginning, by at most 92 days',
      });
    }
    return dutiesBetween(this.#rosterOf(role), fromMs, toMs);
  }

  whom(level: Level, moment: Moment, atMs: number): readonly Recipient[] {
    return recipientsOf(this.#policy, { level, moment }, (role) => this.onDuty(role, atMs));
  }

  nextDigest(atMs: number): number {
    return nextTimeOfDay(atMs, this.#policy.digestMinute, this.#policy.timezone);
  }

  async askSwap(request: SwapRequest, by: string, writing: Writing): Promise<Swap> {
    const nowMs = this.#clock.now();
    return this.#write(writing, () => {
      checkNote(request.note);
      const duty = this.#dutyOf(request);
      const to = this.#holderOf(request.to);
      const askedBy = idOf(this.identify(by));
      checkAsked(duty, to, nowMs);
      const swap: Swap = {
        ...slotOf(request),
        ...{ to, note: request.note, askedBy, from: duty.person, state: 'asked' },
        number: this.#tables.nextNumber('people_swaps'),
        askedMs: nowMs,
        decidedBy: '',
        decidedMs: null,
        version: 1,
      };
      this.#tables.saveSwap(swap);
      const detail = { number: swap.number, from: swap.from, to };
      return { answer: swap, action: 'duty swap ask', subject: nameOf(swap), detail };
    });
  }

  async decideSwap(
    { number, state, by }: Parameters<People['decideSwap']>[0],
    writing: Writing,
  ): Promise<Swap> {
    const nowMs = this.#clock.now();
    return this.#write(writing, () => {
      const asked = this.swap(number);
      checkVersion(`swap ${number}`, writing.version, asked.version);
      const decidedBy = this.identify(by);
      checkDecision(asked, decidedBy, this.#policy);
      const made = { ...slotOf(asked), person: asked.to };
      if (state === 'approved') {
        // People may have left, and other swaps come between, since it was asked.
        this.#holderOf(asked.to);
        checkStillAsked(asked, this.#dutyOf(asked), nowMs);
      }
      const decided = { state, decidedBy: decidedBy.id, decidedMs: nowMs, version: 2 };
      const swap: Swap = { ...asked, ...decided };
      this.#tables.saveSwap(swap);
      const assigned = state === 'approved' ? this.#assign([made], `swap ${number}`) : [];
      const detail = { number, from: swap.from, to: swap.to, by: swap.decidedBy };
      const deed = { action: `duty swap ${state}`, subject: nameOf(swap), detail };
      return { answer: swap, assigned, ...deed };
    });
  }

  swap(number: number): Swap {
    const found = this.#tables.swap(number);
    if (found !== undefined) return found;
    throw new Failure('not_found', `there is no swap ${number}`, {
      hint: 'see them with: collector duty swap list',
    });
  }

  async swaps(limit: number, after?: number): Promise<readonly Swap[]> {
    return this.#tables.swaps(limit, after);
  }

  async handOver(
    { by, note, ...slot }: Parameters<People['handOver']>[0],
    writing: Writing,
  ): Promise<HandOver> {
    return this.#write(writing, () => {
      checkNote(note);
      if (note.trim() === '') {
        throw new Failure('bad_request', 'the hand-over note is empty', {
          hint: 'write what goes on and what is to be watched, or "nothing open"',
        });
      }
      const made: HandOver = {
        ...slotOf(slot),
        ...{ from: idOf(this.identify(by)), to: this.#nextAfter(this.#dutyOf(slot)), note },
        number: this.#tables.nextNumber('people_handovers'),
        atMs: this.#clock.now(),
      };
      this.#tables.saveHandOver(made);
      const detail = { number: made.number, from: made.from, to: made.to };
      return { answer: made, action: 'duty hand over', subject: nameOf(slot), detail };
    });
  }

  async handOvers(limit: number, after?: number): Promise<readonly HandOver[]> {
    return this.#tables.handOvers(limit, after);
  }

  exportCalendar(role: string, fromMs: number, toMs: number): string {
    return writeCalendar(this.roster(role, fromMs, toMs), this.#policy, this.#clock.now());
  }

  async importCalendar(text: string, writing: Writing): Promise<{ readonly assigned: number }> {
    return this.#write(writing, () => {
      checkVersion('the roster', writing.version, this.rosterVersion());
      const read = readCalendar(text, this.#policy, {
        dutyOf: (slot) => this.#dutyOf(slot),
        dutiesAt: (fromMs) => this.#dutiesFrom(fromMs),
      });
      // What stays as it is stays with the roster, so that a later edit of the file still counts.
      const made = read.filter((one) => this.#dutyOf(one).person !== one.person);
      this.#refuseOver(made);
      const changes = made.map((one) => `${nameOf(one)}: ${one.person}`);
      const assigned = this.#assign(made, 'calendar');
      const detail = { assigned: made.length, changes };
      const answer = { assigned: made.length };
      return { answer, assigned, action: 'duty import', subject: 'roster', detail };
    });
  }

  rosterVersion(): number {
    return this.#tables.rosterVersion();
  }

  /** Who held a shift that is over is history: notices and faults speak of it. */
  #refuseOver(made: readonly Slot[]): void {
    const over = made.filter((one) => this.#dutyOf(one).untilMs <= this.#clock.now());
    if (over.length === 0) return;
    throw new Failure('bad_request', over.map((one) => `${nameOf(one)} is over`).join('\n'), {
      hint: 'leave shifts that are over as the export had them',
    });
  }

  reload(policy: PeoplePolicy): void {
    this.#policy = policy;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** Whoever is to hold a post must be in the file, be it an example: others cannot be told. */
  #holderOf(text: string): string {
    return idOf(identify({ ...this.#policy, example: false }, text));
  }

  #assign(made: readonly Assignment[], source: string): readonly Assignment[] {
    for (const one of made) this.#tables.assign(one, source);
    return made;
  }

  #learn(made: readonly Assignment[]): void {
    for (const one of made) this.#assigned.set(keyOf(one), one.person);
  }

  /** Who comes next, also where shifts overlap or leave the post alone for a while; '' for nobody. */
  #nextAfter({ role, shift, date, fromMs, untilMs }: Duty): string {
    const after = dutiesBetween(this.#rosterOf(role), fromMs, untilMs + LONGEST_GAP_MS)
      .filter((one) => one.shift !== shift || one.date !== date)
      .find((one) => one.fromMs > fromMs && one.untilMs > untilMs);
    return after?.person ?? '';
  }

  /** Every stretch of any post that begins at this moment. */
  #dutiesFrom(fromMs: number): readonly Duty[] {
    return [...this.#policy.roles.keys()].flatMap((role) =>
      dutiesBetween(this.#rosterOf(role), fromMs, fromMs + 1).filter(
        (duty) => duty.fromMs === fromMs,
      ),
    );
  }

  #rosterOf(role: string): Parameters<typeof dutyOn>[0] {
    const { timezone, people } = this.#policy;
    return {
      timezone,
      role: roleOf(this.#policy, role),
      // One who has left the people file cannot be told anything: then the turn counts again.
      assigned: (slot) => {
        const person = this.#assigned.get(keyOf(slot));
        return person !== undefined && people.has(person) ? person : undefined;
      },
    };
  }

  #dutyOf(slot: Slot): Duty {
    const roster = this.#rosterOf(slot.role);
    const shift = roster.role.shifts.find(({ name }) => name === slot.shift);
    const duty = shift && dutyOn(roster, shift, Temporal.PlainDate.from(slot.date));
    if (duty) return duty;
    throw new Failure('not_found', `there is no shift ${nameOf(slot)}`, {
      hint: 'see the shifts with: collector duty roster',
    });
  }
}

const keyOf = ({ role, shift, date }: Slot): string => `${role}\0${shift}\0${date}`;
const slotOf = ({ role, shift, date }: Slot): Slot => ({ role, shift, date });

function roleOf(policy: PeoplePolicy, id: string): Role {
  const role = policy.roles.get(id);
  if (role !== undefined) return role;
  throw new Failure('not_found', `there is no role ${JSON.stringify(id.slice(0, 80))}`, {
    hint: `roles of the roster: ${[...policy.roles.keys()].join(', ')}`,
  });
}
