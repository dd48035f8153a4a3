/** The people room at work: policy in memory, what people agreed in `desk.db`. */
import type { Clock } from '../../shared/clock.ts';
import { Failure } from '../../shared/errors.ts';
import { DAY_MS } from '../../shared/units.ts';
import {
  type Actor,
  type DeskConnection,
  openDeskConnection,
  openTrail,
  type Trail,
} from '../desk/desk.ts';
import { readCalendar, writeCalendar } from './calendar-file.ts';
import { recipientsOf } from './chain.ts';
import type {
  Duty,
  HandOver,
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
} from './people.ts';
import { dutiesBetween, dutyOn, nextTimeOfDay } from './shifts.ts';
import { type Assignment, PeopleTables } from './tables.ts';

/** Longest roster of one answer. */
const ROSTER_MOST_MS = 92 * DAY_MS;
const NOTE_LONGEST = 4_000;

export function openPeopleBook(options: PeopleOptions): People {
  return new PeopleBook(options);
}

class PeopleBook implements People {
  readonly #clock: Clock;
  readonly #connection: DeskConnection;
  readonly #tables: PeopleTables;
  readonly #trail: Trail;
  /** Who holds a slot instead of whose turn it is. */
  readonly #assigned = new Map<string, string>();
  #policy: PeoplePolicy;

  constructor({ directory, clock, policy }: PeopleOptions) {
    this.#clock = clock;
    this.#connection = openDeskConnection(directory);
    this.#tables = new PeopleTables(this.#connection);
    this.#trail = openTrail(this.#connection);
    this.#policy = policy;
    this.#learn(this.#tables.assignments());
  }

  policy(): PeoplePolicy {
    return this.#policy;
  }

  onDuty(role: string, atMs: number): readonly Duty[] {
    return dutiesBetween(this.#rosterOf(role), atMs, atMs + 1);
  }

  roster(role: string, fromMs: number, toMs: number): readonly Duty[] {
    if (!(toMs > fromMs) || toMs - fromMs > ROSTER_MOST_MS) {
      throw new Failure('bad_request', 'a roster is of more than no and at most 92 days');
    }
    return dutiesBetween(this.#rosterOf(role), fromMs, toMs);
  }

  whom(level: Level, moment: Moment, atMs: number): readonly Recipient[] {
    return recipientsOf(this.#policy, { level, moment }, (role) => this.onDuty(role, atMs));
  }

  nextDigest(atMs: number): number {
    return nextTimeOfDay(atMs, this.#policy.digestMinute, this.#policy.timezone);
  }

  async askSwap(request: SwapRequest, by: string, actor: Actor): Promise<Swap> {
    checkNote(request.note);
    const duty = this.#dutyOf(request);
    requirePerson(this.#policy, request.to);
    if (duty.untilMs <= this.#clock.now()) {
      throw new Failure('conflict', `the shift ${nameOf(request)} is over`, {
        hint: 'only a shift that is still to come, or goes on, can be swapped',
      });
    }
    if (duty.person === request.to) {
      throw new Failure('conflict', `${request.to} holds ${nameOf(request)} already`);
    }
    const swap: Swap = {
      ...slotOf(request),
      ...{ to: request.to, note: request.note, askedBy: by, from: duty.person, state: 'asked' },
      number: this.#tables.nextNumber('people_swaps'),
      askedMs: this.#clock.now(),
      decidedBy: '',
      decidedMs: null,
    };
    const detail = { number: swap.number, from: swap.from, to: swap.to };
    this.#record({ actor, action: 'duty swap ask', subject: nameOf(swap), detail }, () =>
      this.#tables.saveSwap(swap),
    );
    return swap;
  }

  async decideSwap(
    { number, state, by }: Parameters<People['decideSwap']>[0],
    actor: Actor,
  ): Promise<Swap> {
    const asked = this.#tables.swap(number);
    if (asked === undefined) throw new Failure('not_found', `there is no swap ${number}`);
    checkDecision(asked, by, this.#policy);
    const swap: Swap = { ...asked, state, decidedBy: by, decidedMs: this.#clock.now() };
    const made = state === 'approved' ? [{ ...slotOf(swap), person: swap.to }] : [];
    const detail = { number, from: swap.from, to: swap.to, by };
    this.#record({ actor, action: `duty swap ${state}`, subject: nameOf(swap), detail }, () => {
      this.#tables.saveSwap(swap);
      for (const one of made) this.#tables.assign(one, `swap ${number}`);
    });
    this.#learn(made);
    return swap;
  }

  async swaps(limit: number): Promise<readonly Swap[]> {
    return this.#tables.swaps(limit);
  }

  async handOver(
    { by, note, ...slot }: Parameters<People['handOver']>[0],
    actor: Actor,
  ): Promise<HandOver> {
    checkNote(note);
    if (note.trim() === '') {
      throw new Failure('bad_request', 'the hand-over note is empty', {
        hint: 'write what goes on and what is to be watched, or "nothing open"',
      });
    }
    const { untilMs } = this.#dutyOf(slot);
    const next = this.onDuty(slot.role, untilMs).find(({ fromMs }) => fromMs === untilMs);
    const made: HandOver = {
      ...slotOf(slot),
      ...{ from: by, to: next?.person ?? '', note },
      number: this.#tables.nextNumber('people_handovers'),
      atMs: this.#clock.now(),
    };
    const detail = { number: made.number, from: by, to: made.to };
    this.#record({ actor, action: 'duty hand over', subject: nameOf(slot), detail }, () =>
      this.#tables.saveHandOver(made),
    );
    return made;
  }

  async handOvers(limit: number): Promise<readonly HandOver[]> {
    return this.#tables.handOvers(limit);
  }

  exportCalendar(role: string, fromMs: number, toMs: number): string {
    return writeCalendar(this.roster(role, fromMs, toMs), this.#policy, this.#clock.now());
  }

  async importCalendar(text: string, actor: Actor): Promise<{ readonly assigned: number }> {
    const read = readCalendar(text, this.#policy, (slot) => this.#dutyOf(slot));
    // What stays as it is stays with the roster, so that a later edit of the file still counts.
    const made = read.filter((one) => this.#dutyOf(one).person !== one.person);
    this.#refuseOver(made);
    const changes = made.map(
      ({ role, shift, date, person }) => `${role}/${shift} ${date}: ${person}`,
    );
    const detail = { assigned: made.length, changes };
    this.#record({ actor, action: 'duty import', subject: 'roster', detail }, () => {
      for (const one of made) this.#tables.assign(one, 'calendar');
    });
    this.#learn(made);
    return { assigned: made.length };
  }

  /** Who held a shift that is over is history: notices and faults speak of it. */
  #refuseOver(made: readonly Slot[]): void {
    const over = made.filter((one) => this.#dutyOf(one).untilMs <= this.#clock.now());
    if (over.length === 0) return;
    const named = over.map(({ role, shift, date }) => `${role}/${shift} ${date} is over`);
    throw new Failure('bad_request', named.join('\n'), {
      hint: 'leave shifts that are over as the export had them',
    });
  }

  reload(policy: PeoplePolicy): void {
    this.#policy = policy;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #record(deed: Parameters<Trail['record']>[1][number], write: () => void): void {
    this.#trail.record(this.#clock.now(), [deed], write);
  }

  #learn(made: readonly Assignment[]): void {
    for (const one of made) this.#assigned.set(keyOf(one), one.person);
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
const nameOf = ({ role, shift, date }: Slot): string => `${role}/${shift} ${date}`;
const slotOf = ({ role, shift, date }: Slot): Slot => ({ role, shift, date });

function roleOf(policy: PeoplePolicy, id: string): Role {
  const role = policy.roles.get(id);
  if (role !== undefined) return role;
  throw new Failure('not_found', `there is no role ${JSON.stringify(id.slice(0, 80))}`, {
    hint: `roles of the roster: ${[...policy.roles.keys()].join(', ')}`,
  });
}

function requirePerson(policy: PeoplePolicy, id: string): void {
  if (policy.people.has(id)) return;
  throw new Failure('not_found', `there is no person ${JSON.stringify(id.slice(0, 80))}`, {
    hint: 'people are entries of people.yaml',
  });
}

/** Throws `conflict` when it is decided, `forbidden` when `by` may not decide it (R23). */
function checkDecision(swap: Swap, by: string, policy: PeoplePolicy): void {
  if (swap.state !== 'asked') {
    throw new Failure('conflict', `swap ${swap.number} is ${swap.state} already`);
  }
  const approvers = policy.approvers === null ? null : policy.groups.get(policy.approvers);
  const members = approvers?.members ?? [...policy.people.keys()];
  const involved = [swap.from, swap.to, swap.askedBy].includes(by);
  if (members.includes(by) && !involved) return;
  throw new Failure('forbidden', `${JSON.stringify(by)} may not approve swap ${swap.number}`, {
    hint: `ask one of ${members.filter((one) => one !== swap.from && one !== swap.to).join(', ')}`,
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

function checkNote(note: string): void {
  if (note.length <= NOTE_LONGEST && !FORBIDDEN.test(note)) return;
  throw new Failure('bad_request', 'the note is too long or holds control characters', {
    hint: `plain text of at most ${NOTE_LONGEST} characters`,
  });
}
