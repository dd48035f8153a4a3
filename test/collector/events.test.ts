import { describe, expect, test } from 'vitest';
import type { Events, StoredEvent } from '../../src/collector/desk/desk.ts';
import { type FaultTeller, tellEvents } from '../../src/collector/events.ts';
import type {
  FaultClearing,
  FaultReport,
  Going,
  Telling,
} from '../../src/collector/faults/faults.ts';
import type { EventFault } from '../../src/shared/device-event.ts';
import { Failure } from '../../src/shared/errors.ts';
import { createLog, silentLog } from '../../src/shared/log.ts';

function stored(
  number: number,
  action: EventFault['action'] | null,
  more: Partial<StoredEvent> = {},
): StoredEvent {
  const fault = { rule: 'fan_failed', severity: 'critical', urgency: 'high' } as const;
  return {
    ...{ number, id: String(number), agent: 'site-a', device: 'core-1', kind: 'fan_failed' },
    ...{ atMs: 1_000 + number, receivedMs: 2_000, source: '192.0.2.1', verified: true },
    ...{ oid: '1.3', item: 'FAN 1', text: { en: 'Fan', zh: '风扇' }, fields: {}, repeats: 0 },
    fault: action === null ? null : { action, ...fault },
    ...more,
  };
}

const FAULT = Object.freeze({
  id: 'F-000001',
  ...{ device: 'core-1', rule: 'fan_failed', item: 'FAN 1' },
  ...{ origin: 'threshold', beganMs: 1_000 },
} as const);

/** A book of waiting events and a recording ledger. */
function stage(events: readonly StoredEvent[]) {
  const waiting = [...events];
  const deeds: string[] = [];
  const aside: number[] = [];
  const reports: FaultReport[] = [];
  const clearings: FaultClearing[] = [];
  const open: Going[] = [];
  let broken: unknown = null;
  let poisoned = 0;
  const take = ({ device, rule, decide }: Telling): void => {
    const going = open.filter((one) => one.device === device && one.rule === rule);
    const asked = decide(going);
    if (asked?.kind === 'raise') {
      deeds.push('raise');
      reports.push(asked.report);
      open.push({ id: `F-${open.length + 1}`, ...asked.report });
    } else if (asked?.kind === 'clear') {
      deeds.push('clear');
      clearings.push(asked.clearing);
      const ended = open.findIndex((one) => one.item === asked.clearing.item);
      if (ended >= 0) open.splice(ended, 1);
    }
  };
  const faults: FaultTeller = {
    tell: async (tellings) => {
      if (broken !== null) throw broken;
      const taken = tellings.filter(({ about }) => !about.startsWith(`event ${poisoned} `));
      for (const one of taken) take(one);
      return new Set(taken);
    },
  };
  const book: Pick<Events, 'waiting' | 'told' | 'claims' | 'setAside'> = {
    claims: ({ rule, sinceMs, before }) =>
      events
        .filter(
          ({ fault, atMs, number }) => fault?.rule === rule && atMs >= sinceMs && number < before,
        )
        .filter(({ fault }) => fault?.action === 'open' || fault?.action === 'confirm')
        .map(({ item, fields: { ifIndex = '' }, verified, atMs }) => {
          return { item, ifIndex, verified, atMs };
        }),
    waiting: (limit) => waiting.slice(0, limit),
    told: (numbers, ofThem = []) => {
      const left = waiting.filter(({ number }) => !numbers.includes(number));
      waiting.splice(0, waiting.length, ...left);
      aside.push(...ofThem);
    },
    setAside: () => aside.length,
  };
  return {
    deeds,
    aside,
    reports,
    clearings,
    waiting,
    open,
    breakWith: (error: unknown) => {
      broken = error;
    },
    poison: (number: number) => {
      poisoned = number;
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
      origin: 'trap',
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
    going.open.push(FAULT);
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

  test('that can never be told are set aside, logged, and do not stand in the way', async () => {
    const logged: string[] = [];
    const at = stage([stored(1, 'open'), stored(2, 'open'), stored(3, 'clear')]);
    at.poison(2);
    await at.tell(createLog({ write: (line) => void logged.push(line) }));
    expect(at.waiting).toEqual([]);
    expect(at.aside).toEqual([2]);
    expect(at.deeds).toEqual(['raise', 'clear']);
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!)).toMatchObject({ level: 'error', events: [2], now: 1, ever: 1 });
  });

  test('in a flood are told two thousand at a time', async () => {
    const at = stage(Array.from({ length: 4_500 }, (_, i) => stored(i + 1, 'open')));
    await at.tell();
    expect(at.waiting.length).toBe(2_500);
  });
});

describe('an unverified end (S22)', () => {
  const UNVERIFIED = { verified: false };

  test('ends what only unverified traps opened', async () => {
    const at = stage([
      stored(1, 'open', UNVERIFIED),
      stored(2, 'confirm', UNVERIFIED),
      stored(3, 'retract', UNVERIFIED),
    ]);
    await at.tell();
    expect(at.deeds).toEqual(['raise', 'raise', 'clear']);
    expect(at.clearings[0]).toMatchObject({ origin: 'trap', item: 'FAN 1', atMs: 1_003 });
  });

  test('does not end what a verified trap opened or confirmed', async () => {
    const opened = stage([stored(1, 'open'), stored(2, 'retract', UNVERIFIED)]);
    await opened.tell();
    expect(opened.deeds).toEqual(['raise']);
    const confirmed = stage([
      stored(1, 'open', UNVERIFIED),
      stored(2, 'open'),
      stored(3, 'retract', UNVERIFIED),
    ]);
    await confirmed.tell();
    expect(confirmed.deeds).toEqual(['raise', 'raise']);
    expect(confirmed.waiting).toEqual([]);
  });

  test.each(['threshold', 'person', 'inbound', 'self'] as const)(
    'does not end what a %s opened, also where it was confirmed',
    async (origin) => {
      const at = stage([stored(1, 'confirm', UNVERIFIED), stored(2, 'retract', UNVERIFIED)]);
      at.open.push({ ...FAULT, origin });
      await at.tell();
      expect(at.deeds).toEqual(['raise']);
    },
  );

  test('of nothing does nothing', async () => {
    const at = stage([stored(1, 'retract', UNVERIFIED)]);
    await at.tell();
    expect(at.deeds).toEqual([]);
  });
});

describe('a port', () => {
  const nameless = { item: 'ifIndex 5', fields: { ifIndex: '5' } };
  const named = { item: 'Gi0/5', fields: { ifIndex: '5' } };

  test('without a name is the same when its name is known', async () => {
    const at = stage([
      stored(1, 'open', nameless),
      stored(2, 'open', named),
      stored(3, 'clear', named),
    ]);
    await at.tell();
    expect(at.reports.map(({ item }) => item)).toEqual(['ifIndex 5', 'ifIndex 5']);
    expect(at.clearings.map(({ item }) => item)).toEqual(['ifIndex 5']);
  });

  test('with a name is the same when the name is forgotten', async () => {
    const at = stage([stored(1, 'open', named), stored(2, 'clear', nameless)]);
    await at.tell();
    expect(at.clearings.map(({ item }) => item)).toEqual(['Gi0/5']);
    expect(at.open).toEqual([]);
  });

  test('of another index is another', async () => {
    const other = { item: 'Gi0/6', fields: { ifIndex: '6' } };
    const at = stage([stored(1, 'open', nameless), stored(2, 'clear', other)]);
    await at.tell();
    expect(at.clearings.map(({ item }) => item)).toEqual(['Gi0/6']);
    expect(at.open.map(({ item }) => item)).toEqual(['ifIndex 5']);
  });

  test('unverified, without a name and then with one, is ended by an unverified trap', async () => {
    const at = stage([
      stored(1, 'open', { ...nameless, verified: false }),
      stored(2, 'retract', { ...named, verified: false }),
    ]);
    await at.tell();
    expect(at.deeds).toEqual(['raise', 'clear']);
  });
});
