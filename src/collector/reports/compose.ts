/** Findings → the document: summary, actions in order, and a digest of every figure. */
import { createHash } from 'node:crypto';
import { addDays, dateOfDay, formatInstant } from './calendar.ts';
import type { Verdict } from './decide/decision.ts';
import type { Action, CapacityDocument, DeviceFinding, ResourceRow, Summary } from './document.ts';
import type { ReportFault, ReportRequest } from './reports.ts';
import type { Survey } from './survey.ts';

export function composeDocument(
  request: ReportRequest,
  surveyed: Survey,
  faults: readonly ReportFault[],
): CapacityDocument {
  const { findings, window, firstMs, lastMs } = surveyed;
  const digest = createHash('sha256').update(JSON.stringify(findings)).digest('hex');
  const lastDay = dateOfDay(window.days.at(-1) ?? 0);
  return {
    month: request.month,
    timezone: request.timezone,
    period: window.month,
    months: window.periods.map(({ name }) => name),
    organisation: request.organisation,
    demo: findings.some(({ demo }) => demo),
    firstMs,
    lastMs,
    digest,
    generatedFrom: provenance(request, surveyed, digest),
    summary: summaryOf(findings),
    devices: findings,
    actions: actionsOf(findings, lastDay, request.policy.report.due_days),
    faults: [...faults].sort(
      (a, b) => a.level - b.level || a.beganMs - b.beganMs || (a.id < b.id ? -1 : 1),
    ),
    policy: request.policy,
  };
}

/** Describes the data, never the moment of making: two runs over the same data agree. */
function provenance(request: ReportRequest, surveyed: Survey, digest: string): string {
  const { findings, firstMs, lastMs } = surveyed;
  const devices = `${findings.length} ${findings.length === 1 ? 'device' : 'devices'}`;
  if (Number.isNaN(firstMs)) return `${devices}, no figures, sha256 ${digest}`;
  const at = (ms: number): string => formatInstant(ms, request.timezone);
  return `5-minute slots of ${devices}, ${at(firstMs)} to ${at(lastMs)} ${request.timezone}, sha256 ${digest}`;
}

function summaryOf(findings: readonly DeviceFinding[]): Summary {
  const count = (...verdicts: Verdict[]): number =>
    findings.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    devices: findings.length,
    add: count('urgent', 'add'),
    urgent: count('urgent'),
    plan: count('plan'),
    watch: count('watch'),
    insufficient: count('insufficient'),
    keep: count('keep'),
    reduce: count('reduce'),
    idle: count('idle'),
  };
}

/** Verdicts that ask somebody to do something, the most pressing first. */
const ACTED_ON = ['urgent', 'add', 'plan', 'reduce', 'watch'] as const;

function actionsOf(
  findings: readonly DeviceFinding[],
  lastDay: string,
  dueDays: ReportRequest['policy']['report']['due_days'],
): readonly Action[] {
  const actions = findings.flatMap((device) =>
    device.rows.flatMap((row) => {
      const verdict = ACTED_ON.find((one) => one === row.decision.verdict);
      return verdict ? [{ device, row, due: addDays(lastDay, dueDays[verdict]) }] : [];
    }),
  );
  const order: readonly Verdict[] = ACTED_ON;
  const rank = ({ row }: Action): number => order.indexOf(row.decision.verdict);
  return actions.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      pressure(b.row) - pressure(a.row) ||
      (a.device.device < b.device.device ? -1 : a.device.device > b.device.device ? 1 : 0),
  );
}

/** Orders actions of one verdict; only comparisons count. */
function pressure({ decision, resource, unit }: ResourceRow): number {
  const { evidence, current, target, verdict } = decision;
  if (verdict === 'reduce') return (current - target) / (unit === 'cores' ? 1 : 4 * 1024 ** 3);
  const stored = resource === 'filesystem' || resource === 'inodes' || resource === 'database';
  if (stored) return 1_000 - Math.min(999, evidence.days_to_full ?? 999);
  return (evidence.p95 ?? 0) * 100;
}
