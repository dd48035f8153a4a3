/** A fault as the room sees it, for tests of what is decided and written about it. */
import type { Fault, LedgerEntry, LedgerKind } from '../../../src/collector/faults/faults.ts';

export const MORNING_MS = Date.parse('2026-01-05T09:00:00+08:00');

export function faultNow(more: Partial<Fault> = {}): Fault {
  const clock = { limitMs: 300_000, startMs: MORNING_MS, stoppedMs: null, told: 0 as const };
  return {
    ...{ id: 'F-000001', origin: 'threshold', device: 'sw-1', rule: 'unreachable', item: '' },
    ...{ indicator: 'reachable', state: 'open', level: 1, severity: 'critical', urgency: 'high' },
    ...{ impact: 'high', policy: 'four_level', systems: ['收费', '监控'], value: 0, limit: 1 },
    phenomenon: { en: 'does not answer for 2 min', zh: '2分钟无应答' },
    ...{ beganMs: MORNING_MS - 60_000, openedMs: MORNING_MS, respondedMs: null, arrivedMs: null },
    ...{ repairedMs: null, recoveredMs: null, verifiedMs: null, closedMs: null, owner: '' },
    ...{ quiet: null, flapping: false, reopened: 0, late: false, falseAlarm: false, paused: null },
    clocks: [
      { ...clock, clock: 'respond', deadlineMs: MORNING_MS + 300_000, state: 'running' },
      { ...clock, clock: 'arrive', deadlineMs: MORNING_MS + 600_000, state: 'running' },
      { ...clock, clock: 'repair', limitMs: null, deadlineMs: null, state: 'none' },
    ],
    record: { causeClass: '', cause: '', measures: '', result: '' },
    ...{ links: [], last: 1, ...more },
  };
}

export function entryOf(kind: LedgerKind, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...{ number: 1, fault: 'F-000001', kind, atMs: MORNING_MS, by: 'system', note: '', detail: {} },
    ...more,
  };
}
