/** One fault on a terminal: what it is, what it is held to, what was done, and everything else. */
import type { LocalTimes } from './local-times.ts';
import { formatTable, plain } from './table.ts';

export interface FaultView {
  readonly id: string;
  readonly device: string;
  readonly rule: string;
  readonly item: string;
  readonly state: string;
  readonly level: number;
  readonly severity: string;
  readonly urgency: string;
  readonly impact: string;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly began: string;
  readonly opened: string;
  readonly recovered: string | null;
  readonly closed: string | null;
  readonly owner: string;
  readonly systems: readonly string[];
  readonly quiet: { readonly why: string; readonly by: string } | null;
  readonly paused: { readonly from: string; readonly reason: string } | null;
  readonly clocks: readonly ClockView[];
  readonly record: Readonly<Record<'cause_class' | 'cause' | 'measures' | 'result', string>>;
  readonly links: readonly { readonly fault: string; readonly how: string }[];
}

interface ClockView {
  readonly clock: string;
  readonly state: string;
  readonly limit_seconds: number | null;
  readonly deadline: string | null;
  readonly stopped: string | null;
}

interface LedgerView {
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly note: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FaultAnswer {
  readonly fault: FaultView;
  readonly ledger: readonly LedgerView[];
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly symptoms: number;
}

/** A line with its name in front; none for what is not there. */
function line(name: string, text: string | null): readonly string[] {
  return text === null || text === '' ? [] : [name.padEnd(12) + text.replaceAll('\n', '\n  ')];
}

function clockText({ clock, state, limit_seconds, deadline, stopped }: ClockView): string {
  const within = limit_seconds === null ? '' : ` within ${durationText(limit_seconds)}`;
  const until = deadline === null ? '' : ` until ${deadline}`;
  const done = stopped === null ? '' : `, done ${stopped}`;
  return `${clock.padEnd(12)}${state}${within}${until}${done}`;
}

/** `1 h 30 min`, to the minute; shorter ones to the second. */
function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])].join(' ');
}

export function faultCard(
  { fault, ledger, attachments, symptoms }: FaultAnswer,
  times: LocalTimes,
): string {
  const { cause_class, cause, measures, result } = fault.record;
  const links = fault.links.map(({ fault: id, how }) => `${id} (${how})`);
  const lines = [
    `${fault.id}  level ${fault.level}  ${fault.state}  (times ${times.offset})`,
    ...line('device', fault.device),
    ...line('rule', `${fault.rule}${fault.item === '' ? '' : ` on ${fault.item}`}`),
    ...line('phenomenon', fault.phenomenon.en),
    ...line('', fault.phenomenon.zh === fault.phenomenon.en ? '' : fault.phenomenon.zh),
    ...line('weight', `${fault.severity}, urgency ${fault.urgency}, impact ${fault.impact}`),
    ...line('began', fault.began),
    ...line('opened', fault.opened),
    ...line('recovered', fault.recovered),
    ...line('closed', fault.closed),
    ...line('owner', fault.owner),
    ...line('systems', fault.systems.join(', ')),
    ...line('symptoms', symptoms === 0 ? '' : String(symptoms)),
    ...line('quiet', fault.quiet && `${fault.quiet.why}: ${fault.quiet.by}`),
    ...line('paused', fault.paused && `since ${fault.paused.from}: ${fault.paused.reason}`),
    ...fault.clocks.map(clockText),
    ...line('cause class', cause_class),
    ...line('cause', cause),
    ...line('measures', measures),
    ...line('result', result),
    ...line('links', links.join(', ')),
    ...attachments.flatMap(({ name, bytes, sha256 }) =>
      line('attached', `${name}, ${bytes} bytes, ${sha256}`),
    ),
  ];
  const known: Known = new Map([['began', fault.began]]);
  const history = ledger.map((entry) => [
    ...[entry.at, entry.kind, entry.by],
    [changeText(entry, known, times), entry.note].filter((part) => part !== '').join('; '),
  ]);
  return `${lines.map(plain).join('\n')}\n\n${formatTable(['AT', 'WHAT', 'BY', 'NOTE'], history)}`;
}

/** What a step changed, read from its detail: from what to what, with whom, how far. */
type Known = Map<string, string>;

/** The step a correction moves, by its field. */
const CORRECTED: Readonly<Record<string, string>> = Object.freeze({
  beganMs: 'began',
  startMs: 'start',
  respondedMs: 'responded',
  arrivedMs: 'arrived',
  repairedMs: 'repaired',
});

/** `known` holds when things happened as far as the entries before say. */
function changeText({ at, kind, detail }: LedgerView, known: Known, times: LocalTimes): string {
  const when = typeof detail.whenMs === 'number' ? momentText(detail.whenMs, times) : null;
  if (Object.values(CORRECTED).includes(kind)) known.set(kind, when ?? at);
  if (kind === 'opened' && typeof detail.beganMs === 'number') {
    known.set('began', momentText(detail.beganMs, times));
  }
  if (kind === 'opened' || kind === 'released') known.set('start', at);
  const happened = when === null ? '' : `at ${when}`;
  return [happened, ...whatOf(kind, detail), ...correctionOf(detail, known, times)]
    .filter((part) => part !== '')
    .join(', ');
}

function whatOf(kind: string, detail: LedgerView['detail']): readonly string[] {
  const text = (name: string): string => String(detail[name] ?? '?');
  if (kind === 'levelled' || kind === 'promoted') return [`${text('from')} → ${text('level')}`];
  if (kind === 'clock') return [`${text('clock')} ${Number(detail.share) * 100} %`];
  if (kind === 'linked') return [`${text('fault')} (${text('how')})`];
  if (kind === 'merged') return [`into ${text('by')}`];
  if (kind === 'split') return [`from ${text('fault')}`];
  if (kind === 'paused') return [text('reason')];
  if (kind === 'attached') return [text('name')];
  return [];
}

function correctionOf(
  detail: LedgerView['detail'],
  known: Known,
  times: LocalTimes,
): readonly string[] {
  const correction = (detail.correction ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(correction).map(([field, to]) => {
    if (field === 'excluded') {
      const { fromMs, toMs, reason } = to as { fromMs: number; toMs: number; reason: string };
      return `not counted ${momentText(fromMs, times)} to ${momentText(toMs, times)}: ${reason}`;
    }
    const name = CORRECTED[field] ?? field;
    const before = known.get(name) ?? '–';
    const after = momentText(Number(to), times);
    known.set(name, after);
    return `${name} ${before} → ${after}`;
  });
}

const momentText = (ms: number, times: LocalTimes): string => times.of(new Date(ms).toISOString());
