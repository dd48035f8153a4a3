import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Events, type EventsOptions, openEvents } from '../../../src/collector/desk/desk.ts';
import { searchOf, wordsOf } from '../../../src/collector/desk/event-words.ts';
import type { DeviceEvent } from '../../../src/shared/device-event.ts';
import { rig } from './rig.ts';

const DAY_MS = 86_400_000;

function event(id: string, more: Partial<DeviceEvent> = {}): DeviceEvent {
  return {
    ...{ id, device: 'core-1', kind: 'fan_failed', atMs: Date.UTC(2026, 0, 5, 6), item: 'FAN 1' },
    ...{ source: '192.0.2.1', verified: false, oid: '1.3.6.1.4.1.9.9.13.3.0.4' },
    text: { en: 'Fan FAN 1 has failed', zh: '风扇 FAN 1 故障' },
    ...{ fields: { ciscoEnvMonFanState: '3' }, repeats: 0 },
    fault: { action: 'open', rule: 'fan_failed', severity: 'critical', urgency: 'high' },
    ...more,
  };
}

async function book(options: Partial<EventsOptions> = {}) {
  const made = await rig();
  made.desk.sawDevice('core-1', 'site-a', 1);
  const open = (): Promise<Events> =>
    openEvents({ ...made, device: (name) => made.desk.device(name), ...options });
  const all = {
    ...made,
    events: await open(),
    reopen: async () => {
      await all.events.close();
      all.events = await open();
      return all.events;
    },
  };
  onTestFinished(() => all.events.close());
  return all;
}

const ids = async (events: Events, filter: object = {}): Promise<string[]> =>
  (await events.list({ limit: 100, ...filter })).map(({ id }) => id);

describe('events', () => {
  test('are kept over a restart, newest first', async () => {
    const made = await book();
    expect(await made.events.add('site-a', [event('1'), event('2')])).toEqual({
      stored: 2,
      duplicates: 0,
      refused: [],
      later: [],
    });
    const again = await made.reopen();
    expect(await ids(again)).toEqual(['2', '1']);
    expect((await again.list({ limit: 1 }))[0]).toEqual({
      ...event('2'),
      number: 2,
      agent: 'site-a',
      receivedMs: made.clock.now(),
    });
  });

  test('sent again are duplicates, also in one request and in parts', async () => {
    const made = await book();
    await made.events.add('site-a', [event('1')]);
    const second = await made.events.add('site-a', [event('1'), event('2'), event('2')]);
    expect(second).toEqual({ stored: 1, duplicates: 2, refused: [], later: [] });
    expect(await ids(made.events)).toEqual(['2', '1']);
  });

  test('of two agents with the same number are two', async () => {
    const made = await book();
    made.desk.sawDevice('core-1', 'site-b', 1);
    await made.events.add('site-a', [event('1')]);
    expect((await made.events.add('site-b', [event('1')])).stored).toBe(1);
  });

  test('any sequence of sendings keeps each once, in the order of the first', async () => {
    const made = await book();
    const known = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { maxLength: 10 }), async (numbers) => {
        const fresh = [...new Set(numbers.map(String))].filter((id) => !known.has(id));
        const { stored, duplicates } = await made.events.add(
          'site-a',
          numbers.map((n) => event(String(n))),
        );
        for (const id of fresh) known.add(id);
        expect([stored, duplicates]).toEqual([fresh.length, numbers.length - fresh.length]);
        expect((await ids(made.events)).reverse()).toEqual([...known]);
      }),
      { numRuns: 50 },
    );
  });

  test('of devices the agent sends no samples of are left for later, one by one', async () => {
    const made = await book();
    const mixed = [event('1'), event('2', { device: 'foreign' }), event('3', { device: '' })];
    const { stored, refused, later } = await made.events.add('site-a', mixed);
    expect([stored, refused]).toEqual([2, []]);
    expect(later).toEqual([{ id: '2', reason: 'site-a sends no samples of the device "foreign"' }]);
    expect((await made.events.add('site-b', [event('1')])).later.length).toBe(1);
    expect(made.desk.device('foreign')).toBeUndefined();
    // Its first samples have come.
    made.desk.sawDevice('foreign', 'site-a', 1);
    expect(await made.events.add('site-a', mixed)).toMatchObject({ stored: 1, later: [] });
  });

  test('of the future are of now (P6)', async () => {
    const made = await book();
    await made.events.add('site-a', [event('1', { atMs: made.clock.now() + DAY_MS })]);
    expect((await made.events.list({ limit: 1 }))[0]?.atMs).toBe(made.clock.now());
  });
});

describe('what the faults were not told of', () => {
  test('waits over a restart, oldest first, until it is told', async () => {
    const made = await book();
    const calm = event('2', { fault: null });
    await made.events.add('site-a', [event('1'), calm, event('3', { device: '' }), event('4')]);
    const again = await made.reopen();
    expect(again.waiting(10).map(({ id }) => id)).toEqual(['1', '4']);
    again.told([1]);
    expect((await made.reopen()).waiting(10).map(({ id }) => id)).toEqual(['4']);
    expect(made.events.waiting(0)).toEqual([]);
  });
});

test('what cannot be told is kept and counted, and waits no more', async () => {
  const made = await book();
  await made.events.add(
    'site-a',
    ['1', '2', '3', '4'].map((id) => event(id)),
  );
  expect(made.events.setAside()).toBe(0);
  made.events.told([1, 2, 3], [2]);
  const again = await made.reopen();
  expect(again.waiting(10).map(({ id }) => id)).toEqual(['4']);
  expect(again.setAside()).toBe(1);
  expect(await again.list({ limit: 10 })).toHaveLength(4);
});

test('what traps claimed of a rule is told once each, with the port', async () => {
  const { events } = await book();
  const port = { kind: 'link_down', item: 'Gi0/5', fields: { ifIndex: '5' } };
  const fault = (action: 'open' | 'confirm' | 'clear') =>
    ({ action, rule: 'interface_down', severity: 'warning', urgency: 'low' }) as const;
  const atMs = Date.UTC(2026, 0, 5, 6);
  await events.add('site-a', [
    event('old', { ...port, fault: fault('open'), verified: true, atMs: atMs - 1 }),
    event('1', { ...port, fault: fault('open') }),
    event('2', { ...port, fault: fault('confirm') }),
    event('3', { ...port, fault: fault('clear'), item: 'Gi0/6' }),
    event('4', { ...port, fault: null, item: 'Gi0/7' }),
    event('5'),
    event('6', { ...port, fault: fault('confirm'), verified: true }),
  ]);
  const about = { device: 'core-1', rule: 'interface_down', sinceMs: atMs };
  const first = { item: 'Gi0/5', ifIndex: '5', verified: false, atMs };
  expect(events.claims({ ...about, before: 7 })).toEqual([first]);
  expect(events.claims({ ...about, before: 8 })).toEqual([first, { ...first, verified: true }]);
  expect(events.claims({ ...about, rule: 'fan_failed', before: 8 })).toEqual([
    { item: 'FAN 1', ifIndex: '', verified: false, atMs },
  ]);
  expect(events.claims({ ...about, device: 'other', before: 8 })).toEqual([]);
});

describe('a search', () => {
  async function filled() {
    const made = await book();
    made.desk.sawDevice('ups-1', 'site-a', 1);
    await made.events.add('site-a', [
      event('fan'),
      event('ups', {
        device: 'ups-1',
        kind: 'ups_on_battery',
        atMs: Date.UTC(2026, 0, 5, 7),
        text: { en: 'The UPS runs on battery', zh: 'UPS 由电池供电' },
        fields: { note: '机房2号配电柜' },
        item: '',
      }),
    ]);
    return made.events;
  }

  test.each([
    [{ words: 'battery' }, ['ups']],
    [{ words: 'batt' }, ['ups']],
    [{ words: 'BATTERY ups-1' }, ['ups']],
    [{ words: 'battery fan' }, []],
    [{ words: '电池' }, ['ups']],
    [{ words: '池电' }, []],
    [{ words: '配电柜' }, ['ups']],
    [{ words: '故障' }, ['fan']],
    [{ words: '1.3.6.1.4.1.9.9.13' }, ['ups', 'fan']],
    [{ words: '192.0.2.1 failed' }, ['fan']],
    [{ words: '"' }, []],
    [{ words: '* OR NOT (' }, []],
    [{ words: 'NEAR(fan' }, []],
    [{ device: 'ups-1' }, ['ups']],
    [{ kind: 'fan_failed' }, ['fan']],
    [{ fromMs: Date.UTC(2026, 0, 5, 7) }, ['ups']],
    [{ toMs: Date.UTC(2026, 0, 5, 7) }, ['fan']],
    [{ below: 2 }, ['fan']],
    [{ device: 'nobody' }, []],
  ])('%j finds %j', async (filter, found) => {
    expect(await ids(await filled(), filter)).toEqual(found);
  });

  test('takes any words', async () => {
    const events = await filled();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (words) => {
        expect(Array.isArray(await ids(events, { words }))).toBe(true);
      }),
    );
  });

  test('finds every word that is in an event', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z\u4e00-\u4e20]{1,8}$/), (word) => {
        const phrase = searchOf(word)?.replace(/^"|"\*$/g, '') ?? '';
        const words = wordsOf(event('1', { item: `x ${word} y` })).replace(/\s+/g, ' ');
        expect(words).toContain(phrase.replace(/\s+/g, ' '));
      }),
    );
  });
});

describe('retention', () => {
  test('removes by age in steps, from the words too', async () => {
    const made = await book({ keep: () => ({ keepMs: 10 * DAY_MS, keepCount: 1e6 }) });
    const many = Array.from({ length: 700 }, (_, i) => event(String(i)));
    await made.events.add('site-a', many.slice(0, 400));
    await made.events.add('site-a', many.slice(400));
    expect(await made.events.maintain()).toBe(false);
    made.clock.jump(11 * DAY_MS);
    await made.events.add('site-a', [event('new')]);
    expect(await made.events.maintain()).toBe(true);
    expect(await made.events.maintain()).toBe(false);
    expect(await ids(made.events, { words: 'failed' })).toEqual(['new']);
    expect(await made.events.maintain()).toBe(false);
  });

  test('removes the oldest beyond a number', async () => {
    const made = await book({ keep: () => ({ keepMs: 400 * DAY_MS, keepCount: 5 }) });
    await made.events.add(
      'site-a',
      Array.from({ length: 12 }, (_, i) => event(String(i))),
    );
    while (await made.events.maintain());
    expect(await ids(made.events)).toEqual(['11', '10', '9', '8', '7']);
  });
});
