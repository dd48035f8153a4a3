/**
 * A ledger entry, and its fault as it is now → whom to tell what, which waiting notices have become
 * pointless, and why. Pure: the same entry decides the same, except that a fault that has moved on
 * meanwhile is told less.
 */
import type { Fault, LedgerEntry, LedgerKind, Level } from '../faults/faults.ts';
import type { Address, ClockName, Locale, Moment, Recipient, Share } from '../people/people.ts';
import { isOver } from './notice-view.ts';
import type { Step } from './notify.ts';

/** Who is told, by which channels in which order. */
export interface Addressee {
  /** A person's id, or `channel:<name>`. */
  readonly id: string;
  readonly locale: Locale;
  readonly channels: readonly Address[];
  /** Role, group or person of the chain; 'told' for those who heard of it before. */
  readonly why: string;
  readonly digest: boolean;
}

export interface Situation {
  readonly fault: Fault;
  /** Those who were told of the fault, or may have been. */
  readonly told: readonly Addressee[];
  /** The newest notice of the fault that went out or waits says that it recovered. */
  readonly recoveryTold: boolean;
  readonly whom: (level: Level, moment: Moment) => readonly Recipient[];
  /** Channels that follow all faults of a level. */
  readonly followers: (level: Level) => readonly Addressee[];
  /** Steps of the work that those who were told hear about. */
  readonly progress: readonly string[];
}

export interface Decision {
  readonly step: Step;
  readonly reason: string;
  readonly tell: readonly Addressee[];
  /** Waiting notices of these steps are pointless from now on. */
  readonly drop: readonly Step[];
}

const SHARES: readonly Share[] = Object.freeze([1, 0.8, 0.5]);
const NOBODY: readonly Addressee[] = Object.freeze([]);
/** Notices that ask somebody to do something. */
const CALLS: readonly Step[] = Object.freeze([
  'opened',
  'reopened',
  'released',
  'worsened',
  'clock',
  'promoted',
  'steadied',
]);
/** A limit that is missed is told also of a fault that comes and goes: nobody has mended it. */
const ESCALATIONS: readonly Step[] = Object.freeze(['clock', 'promoted']);
const ONCE: readonly Step[] = Object.freeze(CALLS.filter((step) => !ESCALATIONS.includes(step)));
/** Notices that ask nothing of anybody and say nothing of the fault itself. */
const NEWS: readonly Step[] = Object.freeze([
  'responded',
  'arrived',
  'repaired',
  'closed',
  'merged',
  'late_summary',
]);
const ALL: readonly Step[] = Object.freeze([
  ...CALLS,
  'flapping',
  'responded',
  'arrived',
  'repaired',
]);

type Rule = (entry: LedgerEntry, situation: Situation) => Decision;

const none =
  (reason: string): Rule =>
  () => ({ step: 'opened', reason, tell: NOBODY, drop: [] });

/** One rule per kind of entry. */
const RULES: Readonly<Record<LedgerKind, Rule>> = Object.freeze({
  opened: (_entry, about) => call('opened', about, 'a new fault'),
  split: (_entry, about) => call('opened', about, 'a fault of its own again'),
  reopened: (_entry, about) => call('reopened', about, 'it came back'),
  released: (_entry, about) => call('released', about, 'it is no longer suppressed'),
  worsened: (_entry, about) => call('worsened', about, 'it became worse'),
  promoted: (_entry, about) => call('promoted', about, 'a limit was missed'),
  levelled: (_entry, about) => call('promoted', about, 'a person changed its level'),
  clock: onClock,
  flapping: (_entry, about) => onFlapping(about),
  steadied: (_entry, about) => onSteadied(about),
  recovered: (_entry, about) => onRecovered(about),
  suppressed: () => drop('opened', 'suppressed', CALLS),
  merged: (_entry, about) => ({
    ...drop('merged', 'it is part of another fault', ALL),
    tell: about.told,
  }),
  responded: (entry, about) => onProgress('responded', entry, about),
  arrived: (entry, about) => onProgress('arrived', entry, about),
  repaired: (entry, about) => onProgress('repaired', entry, about),
  closed: (_entry, about) => onClosed(about),
  false_alarm: (_entry, about) => onClosed(about),
  late_summary: (_entry, { fault, whom, followers }) => ({
    ...drop('late_summary', 'late data, told in summary', []),
    tell: union(chain(whom(fault.level, 'opened')), followers(fault.level)),
  }),
  late: none('history: told in summary'),
  eased: none('it became better: nothing is asked of anybody'),
  verified: none('the recovery was told'),
  paused: none('kept in the ledger'),
  resumed: none('kept in the ledger'),
  linked: none('kept in the ledger'),
  comment: none('kept in the ledger'),
  attached: none('kept in the ledger'),
  corrected: none('kept in the ledger'),
});

export function decide(entry: LedgerEntry, situation: Situation): Decision {
  return RULES[entry.kind](entry, situation);
}

/** Why a notice of this step has no point for a fault as it is now, or null. */
export function pointless(step: Step, fault: Fault, detail: LedgerEntry['detail']): string | null {
  if (step === 'recovered') return isOver(fault) ? null : 'it came back meanwhile';
  if (!CALLS.includes(step) && step !== 'flapping') return null;
  if (isOver(fault)) return 'it is over';
  const escalates = ESCALATIONS.includes(step);
  const quiet = fault.quiet?.why === 'flapping' ? null : fault.quiet;
  if (quiet !== null && (escalates || !fault.flapping)) return `suppressed: ${quiet.note}`;
  if (step === 'flapping') return null;
  if (fault.flapping && !escalates) return 'it comes and goes: told once';
  if (step === 'clock') return pointlessClock(fault, String(detail.clock) as ClockName);
  const first = step === 'opened' || step === 'reopened' || step === 'released';
  return first && fault.respondedMs !== null ? 'somebody responded' : null;
}

/** Why a notice that waited so long has no point, whatever became of its fault, or null. */
export function stale(step: Step, waitedMs: number, newsMs: number): string | null {
  return NEWS.includes(step) && waitedMs >= newsMs ? 'it is no news any more' : null;
}

function pointlessClock(fault: Fault, clock: ClockName): string | null {
  const { respondedMs, arrivedMs, repairedMs } = fault;
  const done = {
    respond: respondedMs ?? arrivedMs ?? repairedMs,
    arrive: arrivedMs ?? repairedMs,
    repair: repairedMs,
  };
  return done[clock] === null ? null : `the ${clock} clock has stopped`;
}

function drop(step: Step, reason: string, steps: readonly Step[]): Decision {
  return { step, reason, tell: NOBODY, drop: steps };
}

/** A notice to the first of the chain, to who was told before, and to the channels that follow. */
function call(step: Step, about: Situation, reason: string): Decision {
  const { fault } = about;
  const why = pointless(step, fault, {});
  if (why !== null) return drop(step, why, []);
  const { told, whom, followers } = about;
  // Who answers for it is at work: only those who know of it hear that it changed.
  const first = fault.respondedMs === null ? chain(whom(fault.level, 'opened')) : NOBODY;
  const tell = union(first, union(told, followers(fault.level)));
  return { step, reason, tell, drop: [] };
}

function onClock(entry: LedgerEntry, { fault, whom, followers }: Situation): Decision {
  const why = pointless('clock', fault, entry.detail);
  if (why !== null) return drop('clock', why, []);
  const clock = String(entry.detail.clock) as ClockName;
  const share = Number(entry.detail.share) as Share;
  const named = chain(whom(fault.level, { clock, share }));
  const reason = `${Math.round(share * 100)}% of the ${clock} clock`;
  if (named.length === 0) return drop('clock', `${reason}: the chain names nobody`, []);
  // A group chat hears of what is overdue, not of every warning before.
  const tell = share >= 1 ? union(named, followers(fault.level)) : named;
  return { step: 'clock', reason, tell, drop: [] };
}

function onFlapping({ fault, told, whom, followers }: Situation): Decision {
  const why = pointless('flapping', fault, {});
  const tell = union(chain(whom(fault.level, 'opened')), union(told, followers(fault.level)));
  return {
    ...drop('flapping', why ?? 'it comes and goes: one notice for all of it', ONCE),
    tell: why === null ? tell : NOBODY,
  };
}

function onSteadied(about: Situation): Decision {
  const { fault } = about;
  if (!isOver(fault)) {
    const decision = call('steadied', about, 'it stays, and fails');
    if (pointless('steadied', fault, {}) !== null) return decision;
    return { ...decision, tell: union(decision.tell, escalated(about)) };
  }
  return about.recoveryTold ? drop('recovered', 'the recovery was told', []) : onRecovered(about);
}

/** Whom the clocks that still run have reached so far, by the highest share of each. */
function escalated({ fault, whom }: Situation): readonly Addressee[] {
  const running = fault.clocks.filter(({ clock }) => pointlessClock(fault, clock) === null);
  const named = running.map(({ clock, told }) => {
    const shares = SHARES.filter((share) => share <= told);
    return shares
      .map((share) => whom(fault.level, { clock, share }))
      .find(({ length }) => length > 0);
  });
  return named.reduce((all, one) => union(all, chain(one ?? [])), NOBODY);
}

function onRecovered({ fault, told }: Situation): Decision {
  if (fault.flapping) return drop('recovered', 'it comes and goes: told once', []);
  if (!isOver(fault)) return drop('recovered', 'it came back meanwhile', []);
  const reason = told.length === 0 ? 'nobody had been told' : 'to those who were told';
  return { ...drop('recovered', reason, ALL), tell: told };
}

/** A fault that came and went inside a maintenance window is told once, at the window's end (P9). */
export function decideWindowEnd({ fault, told, whom, followers }: Situation): Decision {
  if (!isOver(fault)) return drop('recovered', 'it came back meanwhile', []);
  if (told.length > 0) return drop('recovered', 'they hear of it as of any other', []);
  const tell = union(chain(whom(fault.level, 'opened')), followers(fault.level));
  return { step: 'recovered', reason: 'it recovered inside its window', tell, drop: [] };
}

function onProgress(
  step: 'responded' | 'arrived' | 'repaired',
  entry: LedgerEntry,
  { fault, told, progress }: Situation,
): Decision {
  const answered = drop(step, `${step} by ${entry.by}`, CALLS);
  if (!progress.includes(step) || isOver(fault)) return answered;
  // Who took the step knows of it.
  return { ...answered, tell: told.filter(({ id }) => id !== entry.by) };
}

function onClosed({ fault, told, recoveryTold }: Situation): Decision {
  if (fault.state !== 'closed') return drop('closed', 'it came back meanwhile', []);
  const ended = drop('closed', 'it is closed', ALL);
  if (recoveryTold || fault.recoveredMs !== null)
    return { ...ended, reason: 'the recovery was told' };
  return { ...ended, tell: told };
}

function chain(recipients: readonly Recipient[]): readonly Addressee[] {
  return recipients.map(({ person, because, digest }) => ({
    id: person.id,
    locale: person.locale,
    channels: person.channels,
    why: because.id,
    digest,
  }));
}

/** Each addressee once; who is told at once by one list is not told by digest. */
function union(first: readonly Addressee[], second: readonly Addressee[]): readonly Addressee[] {
  const found = new Map(first.map((one) => [one.id, one]));
  for (const one of second) {
    const known = found.get(one.id);
    if (known === undefined || (known.digest && !one.digest)) found.set(one.id, one);
  }
  return [...found.values()];
}
