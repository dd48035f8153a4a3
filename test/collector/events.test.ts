import { describe, expect, test } from 'vitest';
import type { Events, StoredEvent } from '../../src/collector/desk/desk.ts';
import { type FaultTeller, tellEvents } from '../../src/collector/events.ts';
import type { FaultClearing, FaultReport } from '../../src/collector/faults/faults.ts';
import { Failure } from '../../src/shared/errors.ts';
import { createLog, silentLog } from '../../src/shared/log.ts';

function stored(number: number, action: 'open' | 'confirm' | 'clear' | null): StoredEvent {
  const fault = { rule: 'fan_failed', severity: 'critical', urgency: 'high' } as const;
  return {
    ...{ number, id: String(number), agent: 'site-a', device: 'core-1', kind: 'fan_failed' },
    ...{ atMs: 1_000 + number, receivedMs: 2_000, source: '192.0.2.1', verified: true },
    ...{ oid: '1.3', item: 'FAN 1', text: { en: 'Fan', zh: '风扇' }, fields: {}, repeats: 0 },
    fault: action === null ? null : { action, ...fault },
  };
}

/** A book of waiting events and a recording ledger. */
function stage(events: readonly StoredEvent[]) {
  const waiting = [...events];
  const deeds: string[] = [];
  const reports: FaultReport[] = [];
  const clearings: FaultClearing[] = [];
  const open: { device: string; rule: string; item: string }[] = [];
  let broken: unknown = null;
  const faults: FaultTeller = {
    raise: async (report) => {
      if (broken !== null) throw broken;
      deeds.push('raise');
      reports.push(report);
      open.push(report);
    },
    clear: async (clearing) => {
      if (broken !== null) throw broken;
      deeds.push('clear');
      clearings.push(clearing);
    },
    open: () => open,
  };
  const book: Pick<Events, 'waiting' | 'told'> = {
    waiting: (limit) => waiting.slice(0, limit),
    told: (number) => {
      const at = waiting.findIndex((one) => one.number === number);
      waiting.splice(at, 1);
    },
  };
  return {
    deeds,
    reports,
    clearings,
    waiting,
    open,
    breakWith: (error: unknown) => {
      broken = error;
    },
    tell: (log = silentLog) => tellEvents(book as Events, faults, log),
  };
}

describe('events', () => {
  test('are told once, in their order', async () => {
    const at = stage([stored(1, 'open'), stored(2, 'clear'), stored(3, null), stored(4, 'open')]);
    await at.tell();
    expect(at.deeds).toEqual(['raise', 'clear', 'raise']);
    expect(at.waiting).toEqual([]);
    await at.tell();
    expect(at.deeds.length).toBe(3);
  });

  test('say all that a fault needs', async () => {
    const at = stage([stored(1, 'open'), stored(2, 'clear')]);
    await at.tell();
    expect(at.reports[0]).toEqual({
      origin: 'trap',
      device: 'core-1',
      rule: 'fan_failed',
      item: 'FAN 1',
      severity: 'critical',
      urgency: 'high',
      phenomenon: { en: 'Fan', zh: '风扇' },
      beganMs: 1_001,
      by: 'trap from 192.0.2.1',
      detail: { event: 1, oid: '1.3', verified: true },
    });
    expect(at.clearings[0]).toEqual({
      device: 'core-1',
      rule: 'fan_failed',
      item: 'FAN 1',
      atMs: 1_002,
      by: 'trap from 192.0.2.1',
      note: 'Fan',
    });
  });

  test('that only confirm open nothing', async () => {
    const at = stage([stored(1, 'confirm')]);
    await at.tell();
    expect(at.deeds).toEqual([]);
    expect(at.waiting).toEqual([]);
    const going = stage([stored(1, 'confirm')]);
    going.open.push({ device: 'core-1', rule: 'fan_failed', item: 'FAN 1' });
    await going.tell();
    expect(going.deeds).toEqual(['raise']);
  });

  test('wait while the ledger cannot be written, and keep their order', async () => {
    const at = stage([stored(1, 'open'), stored(2, 'clear')]);
    at.breakWith(new Failure('disk_full', 'no room'));
    await at.tell();
    expect(at.waiting.length).toBe(2);
    at.breakWith(null);
    await at.tell();
    expect(at.deeds).toEqual(['raise', 'clear']);
  });

  test('that can never be told are logged and do not stand in the way', async () => {
    const logged: string[] = [];
    const at = stage([stored(1, 'open'), stored(2, null)]);
    at.breakWith(new Failure('bad_request', 'too long'));
    await at.tell(createLog({ write: (line) => void logged.push(line) }));
    expect(at.waiting).toEqual([]);
    expect(logged.join('')).toContain('too long');
  });

  test('in a flood are told two hundred at a time', async () => {
    const at = stage(Array.from({ length: 450 }, (_, i) => stored(i + 1, 'open')));
    await at.tell();
    expect(at.waiting.length).toBe(250);
  });
});
