/** Verdicts as evaluate would give them, for tests of the ledger. */
import type { Severity, Verdict } from '../../../src/collector/evaluate/evaluate.ts';

export const START_MS = Date.UTC(2026, 0, 5, 8, 0, 0);

const BASE: Verdict = {
  device: 'web-1',
  rule: 'disk_full',
  indicator: 'filesystem_used_bytes',
  item: '/data',
  state: 'ok',
  severity: 'warning',
  urgency: 'medium',
  summary: { en: 'Disk is nearly full', zh: '磁盘空间不足' },
  value: 0.5,
  limit: 0.9,
  sinceMs: START_MS - 60_000,
  reason: { name: 'within', en: 'Disk use 50%, limit > 90%', zh: '磁盘使用率 50%,阈值 > 90%' },
  layer: 'default',
};

export function breached(severity: Severity = 'warning', more: Partial<Verdict> = {}): Verdict {
  return {
    ...BASE,
    state: 'breached',
    severity,
    urgency: severity === 'critical' ? 'high' : 'medium',
    value: severity === 'critical' ? 0.97 : 0.92,
    limit: severity === 'critical' ? 0.95 : 0.9,
    reason: {
      name: 'above_open',
      en: 'Disk use 92% > 90%, for 1 min',
      zh: '磁盘使用率 92% > 90%,已持续 1 分钟',
    },
    ...more,
  };
}

export function ok(more: Partial<Verdict> = {}): Verdict {
  return { ...BASE, sinceMs: START_MS + 60_000, ...more };
}

export function unknown(more: Partial<Verdict> = {}): Verdict {
  return { ...BASE, state: 'unknown', value: Number.NaN, limit: Number.NaN, ...more };
}
