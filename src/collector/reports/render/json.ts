/** The machine's rendering. Names and meaning are a contract; fields may be added. */
import type { CapacityDocument, DeviceFinding, ResourceRow } from '../document.ts';
import type { Locale } from '../reports.ts';
import { wordingOf } from '../wording/wording.ts';

/** NaN and Infinity are not JSON: "unknown" and "not within the horizon" are null. */
const number = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function renderJson(document: CapacityDocument, locale: Locale): string {
  const { month, timezone, generatedFrom, summary, digest } = document;
  const body = {
    report: 'capacity',
    month,
    timezone,
    generated_from: generatedFrom,
    digest,
    locale,
    demo: document.demo,
    summary,
    devices: document.devices.map((device) => deviceOf(device, document, locale)),
  };
  return `${JSON.stringify(body, null, 1)}\n`;
}

function deviceOf(device: DeviceFinding, document: CapacityDocument, locale: Locale) {
  return {
    device: device.device,
    verdict: device.verdict,
    demo: device.demo,
    resources: device.rows.map((row) => rowOf(row, document, locale)),
  };
}

function rowOf(row: ResourceRow, document: CapacityDocument, locale: Locale) {
  const { decision, statistics: s, busy } = row;
  const subject = { row, month: document.month, policy: document.policy };
  return {
    resource: row.resource,
    item: row.item,
    unit: row.unit,
    capacity: number(row.capacity),
    coverage: number(row.coverage),
    mean: number(s.mean),
    p50: number(s.p50),
    p90: number(s.p90),
    p95: number(s.p95),
    p99_5: number(s.p99_5),
    max: number(s.max),
    busy_hours: busy.hours,
    busy_days: busy.days,
    verdict: decision.verdict,
    current: number(decision.current),
    target: number(decision.target),
    raw_target: number(decision.rawTarget),
    confidence: decision.confidence,
    reason: wordingOf(locale).sentence(subject),
    reason_name: decision.reason,
    gaps: decision.gaps,
    blocked_by: decision.blockedBy,
    notes: decision.notes,
    days: row.days,
    since: row.since,
    resized_on: row.resizedOn,
    aliases: row.aliases,
    previous_p95: number(row.previousP95),
    exclusion: row.restraint && {
      kind: row.restraint.kind,
      reason: row.restraint.reason,
      until: row.restraint.until,
      decided_by: row.restraint.decidedBy,
    },
    evidence: Object.fromEntries(
      Object.entries(decision.evidence).map(([name, value]) => [name, number(value)]),
    ),
  };
}
