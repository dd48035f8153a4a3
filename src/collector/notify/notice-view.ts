/** What templates can say of a notice: plain texts in one language, from a fault. Pure. */
import type { Fault, FaultClock, Level } from '../faults/faults.ts';
import type { Locale } from '../people/people.ts';
import type { AlertFacts } from './channel.ts';
import type { Step } from './notify.ts';
import type { Fields } from './template-check.ts';
import { eventText, WORDS } from './words.ts';

export interface NoticeView {
  readonly fault: string;
  readonly level: string;
  readonly level_name: string;
  readonly event: string;
  readonly device: string;
  readonly item: string;
  readonly rule: string;
  readonly phenomenon: string;
  readonly state: string;
  readonly systems: string;
  readonly began: string;
  readonly lasted: string;
  readonly recovered: string;
  readonly respond_by: string;
  readonly arrive_by: string;
  readonly repair_by: string;
  readonly owner: string;
  readonly by: string;
  readonly note: string;
  readonly why: string;
  readonly over: boolean;
}

function texts(names: string): Fields {
  return Object.fromEntries(names.split(' ').map((name) => [name, 'text' as const]));
}

/** The fields of a template, for checking them. */
export const FIELDS: Fields = Object.freeze<Fields>({
  ...texts('organisation recipient sent count more'),
  one: 'flag',
  several: 'flag',
  digest: 'flag',
  over: 'flag',
  first: texts('event device phenomenon level_name fault'),
  notices: {
    ...texts('fault level level_name event device item rule phenomenon state systems began'),
    ...texts('lasted recovered respond_by arrive_by repair_by owner by note why'),
    over: 'flag',
  },
});

/** The part of a ledger entry that a notice keeps. */
export interface EntryFacts {
  readonly step: Step;
  readonly by: string;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Telling {
  readonly locale: Locale;
  readonly timezone: string;
  readonly nowMs: number;
  /** Why this recipient: the name of a role or group, in its language. */
  readonly why: string;
}

/** True when its breach has ended, by recovery or by a person. */
export function isOver({ state }: Pick<Fault, 'state'>): boolean {
  return state === 'recovered' || state === 'verified' || state === 'closed';
}

export function noticeView(fault: Fault, entry: EntryFacts, telling: Telling): NoticeView {
  const { locale, timezone, nowMs, why } = telling;
  const words = WORDS[locale];
  const endedMs = endOf(fault);
  const time = (ms: number | null): string => (ms === null ? '' : localTime(ms, timezone));
  const due = (clock: FaultClock['clock']): string => time(runningDeadline(fault.clocks, clock));
  const person = entry.by === 'system' ? '' : entry.by;
  return {
    fault: fault.id,
    level: String(fault.level),
    level_name: words.levels[fault.level],
    event: eventText(entry, fault.level, locale),
    device: fault.device,
    item: fault.item,
    rule: fault.rule,
    phenomenon: phenomenonOf(fault, entry, locale),
    state: words.states[fault.state],
    systems: fault.systems.join(words.comma),
    began: time(fault.beganMs),
    lasted: words.lasted(Math.max(0, (endedMs ?? nowMs) - fault.beganMs)),
    recovered: time(fault.recoveredMs),
    respond_by: due('respond'),
    arrive_by: due('arrive'),
    repair_by: due('repair'),
    owner: fault.owner,
    by: person,
    note: person === '' ? '' : entry.note,
    why,
    over: isOver(fault),
  };
}

function phenomenonOf(fault: Fault, { step, detail }: EntryFacts, locale: Locale): string {
  if (step === 'late_summary')
    return WORDS[locale].late(Number(detail.faults), Number(detail.devices));
  return locale === 'zh-CN' ? fault.phenomenon.zh : fault.phenomenon.en;
}

function runningDeadline(clocks: readonly FaultClock[], name: FaultClock['clock']): number | null {
  const clock = clocks.find((one) => one.clock === name);
  return clock !== undefined && clock.stoppedMs === null ? clock.deadlineMs : null;
}

function endOf(fault: Fault): number | null {
  return isOver(fault) ? (fault.recoveredMs ?? fault.closedMs) : null;
}

/** `2026-01-05 16:00:00` on the wall of the desk. */
export function localTime(ms: number, timezone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);
  return at.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}

export function alertFacts(fault: Fault): AlertFacts {
  const { id, device, rule, item, level, severity, state, phenomenon, beganMs } = fault;
  return {
    ...{ fault: id, device, rule, item, level, severity, state, phenomenon, beganMs },
    endedMs: endOf(fault),
  };
}

export function gravest(levels: readonly Level[]): Level {
  return levels.reduce((worst, level) => (level < worst ? level : worst), 4 as Level);
}
