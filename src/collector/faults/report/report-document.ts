/** A fault → what its report says (R11, R17), without a form: the renderings only lay it out. */
import type { Fault, FaultClock, LedgerEntry } from '../fault.ts';
import type { Correction, Episode, FaultView, ReportForm } from '../faults.ts';
import type { LevelPolicy } from '../levels.ts';
import { correctedBy } from './corrections.ts';
import { type Words, wordsOf } from './report-words.ts';

export type Block =
  | { readonly kind: 'pairs'; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'text'; readonly text: string };

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly locale: ReportForm['locale'];
  readonly organisation: string;
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
  readonly signatures: readonly string[];
  readonly footer: string;
}

/** Devices that are listed by name; the rest is counted. */
const DEVICES_MOST = 60;
/** Ledger entries that say nothing to a reader who sees the clocks and the scope. */
const UNTOLD: readonly LedgerEntry['kind'][] = ['late_summary'];

interface Telling {
  readonly view: FaultView;
  readonly levels: LevelPolicy;
  readonly words: Words;
  readonly zh: boolean;
  readonly time: (ms: number | null) => string;
}

export function reportDocument(
  view: FaultView,
  levels: LevelPolicy,
  form: ReportForm,
): ReportDocument {
  const words = wordsOf(form.locale);
  const zh = form.locale === 'zh-CN';
  const time = (ms: number | null): string => (ms === null ? '–' : formatTime(ms, form.timezone));
  const telling: Telling = { view, levels, words, zh, time };
  return {
    locale: form.locale,
    organisation: form.organisation,
    title: `${words.title} ${view.fault.id}`,
    subtitle: zh ? view.fault.phenomenon.zh : view.fault.phenomenon.en,
    sections: [
      summary(telling),
      times(telling),
      scope(telling),
      explanation(telling),
      process(telling),
      belongings(telling),
    ].filter(({ blocks }) => blocks.length > 0),
    signatures: words.signatures,
    footer: `${words.zone}: ${form.timezone}`,
  };
}

function formatTime(ms: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}

function summary({ view: { fault }, levels, words, zh }: Telling): Section {
  const named = levels.levels[fault.level]?.name;
  const policy = levels.policies[fault.policy]?.name;
  const language = zh ? 'zh' : 'en';
  const rows: [string, string][] = [
    [words.number, fault.id],
    [words.level, named?.[language] ?? String(fault.level)],
    [words.state, words.states[fault.state]],
    [words.device, fault.item === '' ? fault.device : `${fault.device} (${fault.item})`],
    [words.phenomenon, fault.phenomenon[language]],
    [words.origin, words.origins[fault.origin]],
    [words.weight, [fault.urgency, fault.impact].map((one) => words.weights[one]).join(' / ')],
    [words.policy, policy?.[language] ?? (fault.policy || '–')],
    [words.owner, fault.owner || '–'],
  ];
  return { heading: words.summary, blocks: [{ kind: 'pairs', rows }] };
}

function times({ view: { fault, ledger, earlier }, words, time }: Telling): Section {
  // Of a fault that came back: when somebody was there first; the clocks below tell each time.
  const episodes = [...earlier, fault];
  const first = (of: (one: Episode) => number | null): string =>
    time(episodes.map(of).find((ms) => ms !== null) ?? null);
  const rows: [string, string][] = [
    [words.began, time(fault.beganMs)],
    [words.opened, time(fault.openedMs)],
    [words.responded, first(({ respondedMs }) => respondedMs)],
    [words.arrived, first(({ arrivedMs }) => arrivedMs)],
    [words.repaired, first(({ repairedMs }) => repairedMs)],
    [words.recovered, time(fault.recoveredMs)],
    [words.verified, time(fault.verifiedMs)],
    [words.closed, time(fault.closedMs)],
    [words.lasted, lasted(fault, words)],
  ];
  const blocks: Section['blocks'][number][] = [{ kind: 'pairs', rows }];
  const clockRow = (one: FaultClock): string[] => [
    words.clocks[one.clock],
    time(one.startMs),
    one.limitMs === null ? '–' : duration(one.limitMs, words),
    time(one.deadlineMs),
    time(one.stoppedMs),
    words.clockStates[one.state],
  ];
  const clocks = episodes.flatMap((one) => one.clocks);
  if (clocks.length > 0) {
    blocks.push({ kind: 'table', header: words.clockHeader, rows: clocks.map(clockRow) });
  }
  const pauses = pausesOf(ledger, words, time);
  if (pauses.length > 0) blocks.push({ kind: 'table', header: words.pauseHeader, rows: pauses });
  return { heading: words.times, blocks };
}

function lasted({ beganMs, recoveredMs, closedMs }: Fault, words: Words): string {
  const end = recoveredMs ?? closedMs;
  return end === null ? words.goesOn : duration(end - beganMs, words);
}

function duration(ms: number, words: Words): string {
  const minutes = Math.round(ms / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [
    ...(hours > 0 ? [`${hours} ${words.hours}`] : []),
    ...(rest > 0 || hours === 0 ? [`${rest} ${words.minutes}`] : []),
  ].join(' ');
}

/** Each pause with its end, from the ledger. */
function pausesOf(
  ledger: readonly LedgerEntry[],
  words: Words,
  time: Telling['time'],
): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const momentOf = ({ atMs, detail }: LedgerEntry): number =>
    typeof detail.whenMs === 'number' ? detail.whenMs : atMs;
  for (const entry of ledger) {
    const last = rows.at(-1);
    if (entry.kind === 'paused') {
      const reason = words.pauseReasons[String(entry.detail.reason)] ?? '';
      rows.push([time(momentOf(entry)), '–', reason, entry.by, entry.note]);
    } else if (last?.[1] === '–' && ENDS_PAUSE.includes(entry.kind)) {
      last[1] = time(momentOf(entry));
    }
  }
  return rows;
}

const ENDS_PAUSE: readonly LedgerEntry['kind'][] = [
  'resumed',
  'recovered',
  'closed',
  'false_alarm',
];

function scope({ view, words }: Telling): Section {
  const { devices, symptoms, fault } = view;
  const listed = devices.slice(0, DEVICES_MOST).join(', ');
  const more = devices.length > DEVICES_MOST ? ' …' : '';
  const rows: [string, string][] = [
    [words.devices, `${listed}${more}`],
    [words.systems, fault.systems.join(', ') || '–'],
    [words.symptoms, String(symptoms)],
  ];
  return { heading: words.scope, blocks: [{ kind: 'pairs', rows }] };
}

function explanation({ view: { fault }, levels, words, zh }: Telling): Section {
  const { causeClass, cause, measures, result } = fault.record;
  const named = levels.cause_classes[causeClass]?.[zh ? 'zh' : 'en'];
  const rows: [string, string][] = [
    [words.causeClass, named ?? (causeClass || '–')],
    [words.cause, cause || '–'],
    [words.measures, measures || '–'],
    [words.result, result || '–'],
  ];
  return { heading: words.explanation, blocks: [{ kind: 'pairs', rows }] };
}

function process({ view: { ledger }, words, time }: Telling): Section {
  const rows = ledger.flatMap((entry, i) => {
    if (UNTOLD.includes(entry.kind)) return [];
    const by = entry.by === 'system' ? words.system : entry.by;
    const changes = changesOf(entry, ledger.slice(0, i), { words, time });
    const said = noteOf(entry, words, time);
    const note = [...changes, said].filter((part) => part !== '').join('; ');
    return [[time(entry.atMs), words.kinds[entry.kind], by, note]];
  });
  return {
    heading: words.process,
    blocks: [{ kind: 'table', header: words.processHeader, rows }],
  };
}

/** From what to what a step changed the level or the times; with which fault it links. */
function changesOf(
  entry: LedgerEntry,
  before: readonly LedgerEntry[],
  { words, time }: Pick<Telling, 'words' | 'time'>,
): readonly string[] {
  const { kind, detail } = entry;
  if (kind === 'levelled' || kind === 'promoted') {
    return [`${String(detail.from)} → ${String(detail.level)}`];
  }
  if (kind === 'linked' || kind === 'split') return [String(detail.fault)];
  if (kind === 'merged') return [String(detail.by)];
  if (kind !== 'corrected') return [];
  const { excluded } = (detail.correction ?? {}) as Correction;
  const moments = correctedBy(entry, before).map(
    ({ what, fromMs, toMs }) => `${words.moments[what]}: ${time(fromMs)} → ${time(toMs)}`,
  );
  if (excluded === undefined) return moments;
  const { fromMs, toMs, reason } = excluded;
  const why = words.pauseReasons[reason] ?? reason;
  return [...moments, `${words.excluded}: ${time(fromMs)} – ${time(toMs)} (${why})`];
}

/** What a person wrote; of our own entries what they are about, in the reader's language. */
function noteOf(entry: LedgerEntry, words: Words, time: Telling['time']): string {
  const { kind, by, note, detail } = entry;
  const when =
    typeof detail.whenMs === 'number' ? `(${words.happened} ${time(detail.whenMs)})` : '';
  if (by !== 'system') return [note, when].filter((part) => part !== '').join(' ');
  if (kind === 'clock') {
    const clock = words.clocks[detail.clock as FaultClock['clock']];
    return `${clock}: ${Number(detail.share) * 100} %`;
  }
  if (kind === 'promoted') return '';
  const reason = detail.reason as { zh?: string; en?: string } | undefined;
  const phenomenon = detail.phenomenon as { zh?: string; en?: string } | undefined;
  return (reason ?? phenomenon)?.[words.language] ?? note;
}

function belongings({ view: { fault, attachments }, words }: Telling): Section {
  const blocks: Block[] = [];
  const links = fault.links.map(({ fault: id, how }) => `${id} (${words.links[how]})`);
  if (links.length > 0) {
    blocks.push({ kind: 'pairs', rows: [[words.linked, links.join(', ')]] });
  }
  if (attachments.length > 0) {
    const rows = attachments.map(({ name, type, bytes, sha256 }) => [
      name,
      type,
      String(bytes),
      sha256,
    ]);
    blocks.push({ kind: 'table', header: words.fileHeader, rows });
  }
  return { heading: words.belongings, blocks };
}
