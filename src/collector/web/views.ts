/** Records of the doors → JSON of the API: snake case, times in ISO 8601, NaN as null. */
import { INDICATORS, type IndicatorValue } from '../../shared/indicator.ts';
import { SLOT_MS } from '../../shared/units.ts';
import type { AgentRecord, AuditEntry, Device } from '../desk/desk.ts';
import type { Fault, FaultClock, LedgerEntry } from '../faults/faults.ts';
import type { SlotSeries } from '../indicators/indicators.ts';
import type { StoredGap } from '../store/store.ts';
import type { WebDoors } from './web.ts';

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** 0 and null mean "never". */
export function isoOrNull(ms: number | null): string | null {
  return ms === null || ms === 0 || Number.isNaN(ms) ? null : iso(ms);
}

export function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const numbers = (values: Float64Array): (number | null)[] => Array.from(values, numberOrNull);

export function indicatorView({ indicator, item, value, timeMs }: IndicatorValue): object {
  const { unit } = INDICATORS[indicator];
  return { indicator, item, unit, value: numberOrNull(value), time: iso(timeMs) };
}

export function openFaultsByDevice(faults: readonly Fault[]): ReadonlyMap<string, string[]> {
  const byDevice = new Map<string, string[]>();
  for (const { id, device } of faults) {
    const ids = byDevice.get(device);
    if (ids === undefined) byDevice.set(device, [id]);
    else ids.push(id);
  }
  return byDevice;
}

export function deviceView(
  device: Device,
  doors: Pick<WebDoors, 'store' | 'live'>,
  openFaults: readonly string[],
): object {
  return {
    name: device.name,
    kind: device.kind,
    status: device.status,
    first_seen: iso(device.firstSeenMs),
    newest: isoOrNull(doors.store.newest(device.name)),
    agents: device.agents,
    labels: device.labels,
    facts: device.facts,
    indicators: doors.live.of(device.name).map(indicatorView),
    open_faults: openFaults,
  };
}

export function faultView(fault: Fault): object {
  const { id, device, rule, indicator, item, state, level, severity, urgency, impact } = fault;
  const { origin, policy, systems, owner, quiet, flapping, reopened, late, links, paused } = fault;
  const { causeClass, ...record } = fault.record;
  return {
    ...{ id, device, rule, indicator, item, state, level, severity, urgency, impact },
    ...{ origin, policy, systems, owner, flapping, reopened, late, links },
    // What keeps it quiet may carry more than is promised.
    quiet: quiet && { why: quiet.why, by: quiet.by, note: quiet.note },
    phenomenon: fault.phenomenon,
    value: numberOrNull(fault.value),
    limit: numberOrNull(fault.limit),
    began: iso(fault.beganMs),
    opened: iso(fault.openedMs),
    responded: isoOrNull(fault.respondedMs),
    arrived: isoOrNull(fault.arrivedMs),
    repaired: isoOrNull(fault.repairedMs),
    recovered: isoOrNull(fault.recoveredMs),
    verified: isoOrNull(fault.verifiedMs),
    closed: isoOrNull(fault.closedMs),
    false_alarm: fault.falseAlarm,
    paused: paused && { from: iso(paused.fromMs), reason: paused.reason, by: paused.by },
    clocks: fault.clocks.map(clockView),
    record: { cause_class: causeClass, ...record },
    version: fault.last,
  };
}

function clockView({ clock, state, limitMs, startMs, deadlineMs, stoppedMs, told }: FaultClock) {
  return {
    ...{ clock, state, told },
    limit_seconds: limitMs === null ? null : limitMs / 1_000,
    start: isoOrNull(startMs),
    deadline: isoOrNull(deadlineMs),
    stopped: isoOrNull(stoppedMs),
  };
}

export function ledgerView({ atMs, ...rest }: LedgerEntry): object {
  const { number, fault, kind, by, note, detail } = rest;
  return { number, fault, kind, at: iso(atMs), by, note, detail };
}

export function agentView(agent: AgentRecord): object {
  return {
    name: agent.name,
    kind: agent.kind,
    created: iso(agent.createdMs),
    revoked: isoOrNull(agent.revokedMs),
    heard: isoOrNull(agent.heardMs),
    clock_offset_seconds: numberOrNull(agent.clockOffsetSeconds),
  };
}

export function seriesView(series: SlotSeries): object {
  return {
    indicator: series.indicator,
    item: series.item,
    unit: INDICATORS[series.indicator].unit,
    start: iso(series.startMs),
    step_seconds: SLOT_MS / 1_000,
    mean: numbers(series.mean),
    max: numbers(series.max),
    last: numbers(series.last),
  };
}

export function gapView(gap: StoredGap): object {
  const { agent, reason, samples } = gap;
  const times = { from: iso(gap.fromMs), to: iso(gap.toMs), received: iso(gap.receivedMs) };
  return { agent, reason, samples, ...times };
}

export function auditView({ atMs, ...entry }: AuditEntry): object {
  return { ...entry, at: iso(atMs) };
}
