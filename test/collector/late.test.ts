/** Late data over real rooms: an agent offline for an hour corrects history and wakes nobody. */
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Gap } from '../../src/collector/desk/desk.ts';
import type { Evaluator } from '../../src/collector/evaluate/evaluate.ts';
import { makeLate } from '../../src/collector/late.ts';
import type { SeriesWindow, StoreStats } from '../../src/collector/store/store.ts';
import { manualClock } from '../support/manual-clock.ts';
import { context } from './faults/context.ts';
import { openStage, type Stage, sample } from './stage.ts';

const STEP_MS = 15_000;
const MINUTE_MS = 60_000;

interface FaultJson {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly late: boolean;
  readonly began: string;
  readonly recovered: string | null;
}

describe('over real rooms', () => {
  let stage: Stage;
  let token: string;
  beforeEach(async () => {
    stage = await openStage();
    ({ token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
      name: 'prom',
      kind: 'remote-write',
    }));
  });
  afterEach(() => stage.close());

  /** Live figures for some minutes; `value` of the CPU. */
  async function live(minutes: number, value: number): Promise<void> {
    for (let step = 0; step < (minutes * MINUTE_MS) / STEP_MS; step++) {
      await stage.write(token, [
        sample('cpu_used_ratio', 'web', { value, timeMs: stage.clock.now() }),
      ]);
      await stage.clock.advance(STEP_MS);
    }
  }

  /** What the agent kept: busy from minute 10 to 30 of the hour it was offline. */
  async function backlog(fromMs: number, toMs: number): Promise<void> {
    for (let timeMs = fromMs; timeMs < toMs; timeMs += STEP_MS) {
      const minute = (timeMs - fromMs) / MINUTE_MS;
      const value = minute >= 10 && minute < 30 ? 0.99 : 0.1;
      await stage.write(token, [sample('cpu_used_ratio', 'web', { value, timeMs })]);
    }
  }

  const faults = async (): Promise<readonly FaultJson[]> =>
    (await stage.ask<{ faults: FaultJson[] }>('GET', '/api/v1/faults?state=all')).faults;
  const kinds = async (id: string): Promise<readonly string[]> =>
    (await stage.ask<{ ledger: { kind: string }[] }>('GET', `/api/v1/faults/${id}`)).ledger.map(
      ({ kind }) => kind,
    );

  test('a breach that was over when its data came is a closed fault, told by one summary', async () => {
    await live(2, 0.1);
    const offlineMs = stage.clock.now();
    stage.clock.jump(60 * MINUTE_MS);
    const backMs = stage.clock.now();
    await live(1, 0.1);
    await backlog(offlineMs, backMs);
    await live(5, 0.1);
    const busy = (await faults()).filter(({ rule }) => rule === 'cpu_busy');
    expect(busy).toMatchObject([{ state: 'closed', late: true }]);
    const { id, began, recovered } = busy[0]!;
    expect((Date.parse(began) - offlineMs) / MINUTE_MS).toBe(10);
    expect((Date.parse(recovered ?? '') - offlineMs) / MINUTE_MS).toBe(30);
    expect(await kinds(id)).toEqual(['late', 'late_summary']);
    // Nothing more comes of it, whatever time passes.
    await live(3, 0.1);
    expect((await faults()).filter(({ rule }) => rule === 'cpu_busy')).toHaveLength(1);
  });

  test('a breach that still goes on is a fault of now, not of then', async () => {
    await live(2, 0.1);
    const offlineMs = stage.clock.now();
    stage.clock.jump(60 * MINUTE_MS);
    const backMs = stage.clock.now();
    await live(10, 0.99);
    for (let timeMs = offlineMs; timeMs < backMs; timeMs += STEP_MS) {
      await stage.write(token, [sample('cpu_used_ratio', 'web', { value: 0.99, timeMs })]);
    }
    await live(5, 0.99);
    const busy = (await faults()).filter(({ rule }) => rule === 'cpu_busy');
    expect(busy).toMatchObject([{ state: 'open', late: false }]);
  });

  test('a gap that nothing ever fills says nothing', async () => {
    await live(2, 0.1);
    stage.clock.jump(60 * MINUTE_MS);
    await live(4, 0.1);
    expect((await faults()).filter(({ late }) => late)).toEqual([]);
  });

  /** What the disk holds when the process is killed now, in a collector of its own. */
  async function killed(): Promise<void> {
    const { clock, settings } = stage;
    const copy = mkdtempSync(join(tmpdir(), 'killed-'));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    // Its socket is not carried over: nobody listens there.
    const files = (source: string): boolean => !statSync(source).isSocket();
    cpSync(settings.data, copy, { recursive: true, filter: files });
    await stage.close();
    stage = await openStage({ clock, settings: { data: copy } });
  }

  const RESTARTS = [
    ['a restart', () => stage.restart()],
    ['kill -9', killed],
  ] as const;

  test.each(RESTARTS)('%s while the data comes does not forget the summary', async (_, again) => {
    await live(2, 0.1);
    const offlineMs = stage.clock.now();
    stage.clock.jump(60 * MINUTE_MS);
    const backMs = stage.clock.now();
    await live(1, 0.1);
    await backlog(offlineMs, offlineMs + 40 * MINUTE_MS);
    await again();
    await live(1, 0.1);
    for (let timeMs = offlineMs + 40 * MINUTE_MS; timeMs < backMs; timeMs += STEP_MS) {
      await stage.write(token, [sample('cpu_used_ratio', 'web', { value: 0.1, timeMs })]);
    }
    await live(6, 0.1);
    const busy = (await faults()).filter(({ rule }) => rule === 'cpu_busy');
    expect(busy).toMatchObject([{ state: 'closed', late: true }]);
    expect((Date.parse(busy[0]!.began) - offlineMs) / MINUTE_MS).toBe(10);
    expect(await kinds(busy[0]!.id)).toEqual(['late', 'late_summary']);
    // One summary, also when the process ends once more after it.
    await again();
    await live(6, 0.1);
    expect((await faults()).filter(({ late }) => late)).toHaveLength(1);
    expect(await kinds(busy[0]!.id)).toEqual(['late', 'late_summary']);
  });

  test.each(RESTARTS)('%s before the tick that would have seen it come back', async (_, again) => {
    await live(2, 0.1);
    const offlineMs = stage.clock.now();
    stage.clock.jump(60 * MINUTE_MS);
    const backMs = stage.clock.now();
    await stage.write(token, [sample('cpu_used_ratio', 'web', { value: 0.1, timeMs: backMs })]);
    await again();
    await live(1, 0.1);
    await backlog(offlineMs, backMs);
    await live(6, 0.1);
    const late = (await faults()).filter((one) => one.late);
    expect(late).toMatchObject([{ rule: 'cpu_busy', state: 'closed' }]);
  });
});

describe('what is taken for a gap', () => {
  const START = Date.UTC(2026, 0, 5, 8);
  const value = (device: string, timeMs: number) =>
    ({ device, indicator: 'cpu_used_ratio', item: '', timeMs, value: 0.1 }) as const;

  /** A room that only counts what it is asked. */
  function rig() {
    const clock = manualClock(START);
    const asked = { stats: 0, replayed: [] as string[], recorded: 0 };
    const counts = { lateSamples: 0 };
    const trouble: { disk: Error | null } = { disk: null };
    /** Devices whose backlog has come. */
    const filled = new Set<string>();
    /** Times of the samples of devices that were there before. */
    const past = new Map<string, number[]>();
    const kept: Gap[] = [];
    const make = () =>
      makeLate({
        clock,
        policy: () => ({ silent: 180_000, settled: 120_000, wait: 7 * 86_400_000 }),
        gaps: {
          all: () => [...kept],
          keep: (gaps) => {
            if (trouble.disk !== null) throw trouble.disk;
            kept.push(...gaps);
          },
          drop: (gaps) => {
            const ends = new Set(gaps.map(({ device, toMs }) => `${device} ${toMs}`));
            const left = kept.filter(({ device, toMs }) => !ends.has(`${device} ${toMs}`));
            kept.splice(0, kept.length, ...left);
          },
        },
        context: context(),
        store: {
          devices: () => [...past.keys()],
          newest: (device) => past.get(device)?.at(-1) ?? 0,
          pendingHours: () => [],
          read: async (device, fromMs, toMs) => {
            const times = past.get(device)?.filter((ms) => ms >= fromMs && ms < toMs);
            if (times !== undefined) return [{ times } as unknown as SeriesWindow];
            const at = { times: [fromMs], values: [0.1] } as unknown as SeriesWindow;
            return filled.has(device) ? [at] : [];
          },
          stats: () => {
            asked.stats++;
            return counts as StoreStats;
          },
        },
        live: {
          replay: async function* (device) {
            asked.replayed.push(device);
            yield [];
          },
        },
        faults: {
          recordLate: async () => {
            asked.recorded++;
            return [];
          },
        },
        scratch: () => ({ tick: () => [] }) as unknown as Evaluator,
        labelsOf: (device) => (device === 'gone' ? null : {}),
      });
    return { clock, asked, counts, filled, kept, past, trouble, make, late: make() };
  }

  test('a slow device is not silent between its samples', async () => {
    const { asked, late } = rig();
    for (let i = 0; i < 20; i++) late.saw([value('slow', START + i * 170_000)]);
    for (let i = 20; i < 25; i++)
      late.saw([value('slow', START + 19 * 170_000 + (i - 19) * 600_000)]);
    expect(await late.judgeOne()).toBe(false);
    expect(asked.stats).toBe(0);
  });

  test('a site that comes back at once is counted once, and judged when its data has settled', async () => {
    const { clock, asked, counts, filled, late } = rig();
    const hosts = ['a', 'b', 'gone'];
    for (const host of hosts) filled.add(host);
    late.saw(hosts.map((device) => value(device, START)));
    late.saw(hosts.map((device) => value(device, START + 3_600_000)));
    expect(asked.stats).toBe(1);
    counts.lateSamples = 500;
    const looks = async (minutes: number): Promise<void> => {
      await clock.advance(minutes * 60_000);
      while (await late.judgeOne());
    };
    await looks(1);
    expect(asked.replayed).toEqual([]);
    counts.lateSamples = 900;
    await looks(1);
    await looks(1);
    expect(asked.replayed).toEqual([]);
    await looks(1);
    expect(asked).toMatchObject({ replayed: ['a', 'b'], recorded: 0 });
    await looks(60);
    expect(asked.replayed).toEqual(['a', 'b']);
  });

  test('the backlog of another site does not settle this one', async () => {
    const { clock, asked, counts, filled, late } = rig();
    late.saw([value('a', START), value('b', START)]);
    late.saw([value('a', START + 3_600_000), value('b', START + 3_600_000)]);
    const looks = async (minutes: number): Promise<void> => {
      await clock.advance(minutes * 60_000);
      while (await late.judgeOne());
    };
    counts.lateSamples = 500;
    filled.add('b');
    await looks(1);
    await looks(3);
    await looks(10);
    expect(asked).toMatchObject({ replayed: ['b'], recorded: 0 });
    counts.lateSamples = 900;
    filled.add('a');
    await looks(1);
    expect(asked.replayed).toEqual(['b']);
    await looks(3);
    expect(asked.replayed).toEqual(['b', 'a']);
  });

  test('what never comes is forgotten after a week', async () => {
    const { clock, asked, late } = rig();
    late.saw([value('a', START)]);
    late.saw([value('a', START + 3_600_000)]);
    for (let day = 0; day < 8; day++) {
      clock.jump(86_400_000);
      await clock.advance(20_000);
      while (await late.judgeOne());
    }
    const before = asked.stats;
    await clock.advance(20_000);
    expect(await late.judgeOne()).toBe(false);
    expect(asked.stats).toBe(before);
    expect(asked.replayed).toEqual([]);
  });

  test('a look back finds the silence that ended with the newest sample, and no other', async () => {
    const { kept, past, make } = rig();
    const every = (stepMs: number, count: number, untilMs = START): number[] =>
      Array.from({ length: count }, (_, i) => untilMs - (count - 1 - i) * stepMs);
    const hourAgo = START - 3_600_000;
    past.set('back', [...every(15_000, 20, hourAgo), START]);
    past.set('long', [...every(15_000, 20, START - 5 * 86_400_000), START]);
    past.set('steady', every(15_000, 20));
    past.set('slow', every(600_000, 20));
    past.set('new', [START]);
    past.set('gone', [...every(15_000, 20, hourAgo), START]);
    past.set('dead', every(15_000, 20, START - 9 * 86_400_000));
    past.set('old', [...every(15_000, 20, START - 9 * 86_400_000), START]);
    await make().lookBack();
    expect(kept).toMatchObject([
      { device: 'back', fromMs: hourAgo, toMs: START, stepMs: 15_000 },
      { device: 'long', fromMs: START - 5 * 86_400_000, toMs: START },
    ]);
    // What is known already is not kept a second time.
    await make().lookBack();
    expect(kept).toHaveLength(2);
  });

  test('a gap is kept until what was found in it is in the ledger', async () => {
    const { clock, counts, filled, kept, late } = rig();
    late.saw([value('a', START)]);
    late.saw([value('a', START + 3_600_000)]);
    const gap = { device: 'a', fromMs: START, toMs: START + 3_600_000, sinceMs: START };
    expect(kept).toMatchObject([gap]);
    counts.lateSamples = 500;
    filled.add('a');
    const looks = async (minutes: number): Promise<void> => {
      await clock.advance(minutes * 60_000);
      while (await late.judgeOne());
    };
    await looks(1);
    expect(kept).toMatchObject([gap]);
    await looks(3);
    await looks(1);
    expect(kept).toEqual([]);
  });

  test('what was waited for is waited for after a restart, whatever had come by then', async () => {
    const { clock, asked, counts, filled, kept, late, make } = rig();
    late.saw([value('a', START), value('b', START)]);
    late.saw([value('a', START + 3_600_000), value('b', START + 3_600_000)]);
    filled.add('a');
    // The counter of late samples begins anew with the process.
    counts.lateSamples = 0;
    const after = make();
    const looks = async (minutes: number): Promise<void> => {
      await clock.advance(minutes * 60_000);
      while (await after.judgeOne());
    };
    await looks(1);
    expect(asked.replayed).toEqual([]);
    await looks(2);
    expect(asked.replayed).toEqual(['a']);
    await looks(1);
    expect(kept.map(({ device }) => device)).toEqual(['b']);
    counts.lateSamples = 70;
    filled.add('b');
    await looks(1);
    await looks(3);
    await looks(1);
    expect(asked.replayed).toEqual(['a', 'b']);
    expect(kept).toEqual([]);
  });

  test('a gap that cannot be written now is written by a later tick', async () => {
    const { kept, late, trouble } = rig();
    late.saw([value('a', START)]);
    trouble.disk = new Error('disk full');
    late.saw([value('a', START + 3_600_000)]);
    expect(kept).toEqual([]);
    trouble.disk = null;
    late.saw([]);
    expect(kept).toHaveLength(1);
    late.saw([]);
    expect(kept).toHaveLength(1);
  });
});
