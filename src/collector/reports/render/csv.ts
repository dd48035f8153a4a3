/** One row per device × resource × item, for spreadsheets. RFC 4180, UTF-8 with a byte order mark. */
import type { CapacityDocument, DeviceFinding, ResourceRow } from '../document.ts';
import type { Locale } from '../reports.ts';
import { wordingOf } from '../wording/wording.ts';

type Cell = string | number | null;

const COLUMNS = [
  'month',
  'timezone',
  'device',
  'demo',
  'device_verdict',
  'resource',
  'item',
  'unit',
  'capacity',
  'coverage',
  'days',
  'mean',
  'p50',
  'p90',
  'p95',
  'p99_5',
  'max',
  'busy_hours',
  'busy_days',
  'previous_p95',
  'verdict',
  'current',
  'target',
  'raw_target',
  'confidence',
  'reason_name',
  'gaps',
  'blocked_by',
  'notes',
  'reason',
] as const;

export function renderCsv(document: CapacityDocument, locale: Locale): string {
  const rows = document.devices.flatMap((device) =>
    device.rows.length === 0
      ? [emptyRow(device, document)]
      : device.rows.map((row) => cellsOf(device, row, { document, locale })),
  );
  const lines = [COLUMNS, ...rows].map((cells) => cells.map(csvCell).join(','));
  // Without the mark spreadsheets take UTF-8 for the local 8-bit code page.
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/**
 * What a spreadsheet would take for a formula, also in full-width form, gets a leading apostrophe
 * (OWASP CSV injection); numbers stay numbers, so a real -5 is not touched.
 */
const FORMULA = /^[\s\0]*[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/;

export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function cellsOf(
  device: DeviceFinding,
  row: ResourceRow,
  from: { readonly document: CapacityDocument; readonly locale: Locale },
): readonly Cell[] {
  const { document, locale } = from;
  const { decision, statistics: s, busy } = row;
  return [
    ...headOf(device, document),
    row.resource,
    row.item,
    row.unit,
    row.capacity,
    row.coverage,
    row.days,
    s.mean,
    s.p50,
    s.p90,
    s.p95,
    s.p99_5,
    s.max,
    busy.hours,
    busy.days,
    row.previousP95,
    decision.verdict,
    decision.current,
    decision.target,
    decision.rawTarget,
    decision.confidence,
    decision.reason,
    decision.gaps.join(' '),
    decision.blockedBy,
    decision.notes.join(' '),
    wordingOf(locale).sentence({ row, month: document.month, policy: document.policy }),
  ];
}

function headOf(device: DeviceFinding, document: CapacityDocument): readonly Cell[] {
  const { month, timezone } = document;
  return [month, timezone, device.device, device.demo ? 'demo' : '', device.verdict];
}

/** A device without any figure is a row too: a gap in a table goes unnoticed. */
function emptyRow(device: DeviceFinding, document: CapacityDocument): readonly Cell[] {
  const head = headOf(device, document);
  return [...head, ...COLUMNS.slice(head.length).map(() => null)];
}
