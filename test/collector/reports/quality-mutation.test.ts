/** Data that went wrong must never lead to a confident cut. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/collector/reports/figures/seeded-random.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { GIB } from './support/cases.ts';
import { dayOf, type Figures, type JsonRow, json, SMALL_LOAD, single } from './support/report.ts';

async function rowsOf(figures: Figures): Promise<readonly JsonRow[]> {
  return (await json(single(figures))).devices[0]?.resources ?? [];
}

/** Every series of the server changed in the same way. */
function mutated(change: (ms: number, value: number) => number, figures = SMALL_LOAD): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, (ms: number) => change(ms, figure(ms))]),
  );
}

test('the healthy server is cut: the mutations below have something to prevent', async () => {
  const rows = await rowsOf(SMALL_LOAD);
  expect(rows.map(({ verdict }) => verdict)).toEqual(['reduce', 'reduce']);
  expect(rows.map(({ confidence }) => confidence)).toEqual(['high', 'high']);
});

describe('no cut, and low or insufficient confidence, after', () => {
  const drop = seededRandom('drop');
  const clockStep = 40 * DAY_MS;

  test.each<[string, (ms: number, value: number) => number]>([
    ['30 % of the samples lost', (_, value) => (drop() < 0.31 ? NaN : value)],
    ['a hole of three days', (ms, value) => (dayOf(ms) >= 12 && dayOf(ms) < 15 ? NaN : value)],
    ['the first three days lost', (ms, value) => (dayOf(ms) >= 0 && dayOf(ms) < 3 ? NaN : value)],
    ['the last three days lost', (ms, value) => (dayOf(ms) >= 28 ? NaN : value)],
    ['silence since the 10th', (ms, value) => (dayOf(ms) >= 9 ? NaN : value)],
    ['only the last ten days there', (ms, value) => (dayOf(ms) < 21 ? NaN : value)],
    ['only nights collected', (ms, value) => ((ms / HOUR_MS) % 24 < 6 ? value : NaN)],
    [
      'a clock that ran 40 days ahead for a week',
      (ms, value) => {
        const wrong = dayOf(ms) >= 5 && dayOf(ms) < 12;
        return wrong || dayOf(ms + clockStep) < 0 ? NaN : value;
      },
    ],
    ['nothing collected at all this month', (ms, value) => (dayOf(ms) >= 0 ? NaN : value)],
  ])('%s', async (_, change) => {
    const rows = await rowsOf(mutated(change));
    for (const { verdict, confidence, target, current } of rows) {
      expect(verdict).not.toBe('reduce');
      expect(['low', 'insufficient']).toContain(confidence);
      expect(target).toBe(current);
    }
  });

  test('a resize in the middle of the month', async () => {
    const resized: Figures = {
      ...SMALL_LOAD,
      cpu_cores: (ms) => (dayOf(ms) < 15 ? 4 : 8),
      memory_size_bytes: (ms) => (dayOf(ms) < 15 ? 8 : 16) * GIB,
    };
    for (const row of await rowsOf(resized)) {
      expect(row).toMatchObject({
        verdict: 'insufficient',
        confidence: 'low',
        blocked_by: 'confidence',
      });
      expect(row.gaps[0]).toBe('size_changed');
    }
  });

  test('a size that nobody tells', async () => {
    const unknown: Figures = { ...SMALL_LOAD, cpu_cores: () => NaN, memory_size_bytes: () => 0 };
    for (const row of await rowsOf(unknown)) {
      expect(row).toMatchObject({ verdict: 'insufficient', gaps: ['size_unknown'] });
    }
  });

  test('memory that is not collected: the processor is not cut either', async () => {
    const { memory_used_bytes: _used, memory_size_bytes: _size, ...cpuOnly } = SMALL_LOAD;
    const [cpu] = await rowsOf(cpuOnly);
    expect(cpu).toMatchObject({ verdict: 'keep', blocked_by: 'memory_unknown' });
  });
});

test('a load that is really high is still told from bad data', async () => {
  const drop = seededRandom('drop more');
  const hot = mutated((_, value) => (drop() < 0.25 ? NaN : value), {
    ...SMALL_LOAD,
    cpu_used_ratio: () => 0.95,
  });
  const [cpu] = await rowsOf(hot);
  expect(cpu).toMatchObject({ verdict: 'urgent', confidence: 'low' });
});

test('a counter that was reset leaves a hole of a slot, which changes nothing', async () => {
  const reset = mutated((ms, value) => (Math.abs(dayOf(ms) - 10.5) < 0.002 ? NaN : value));
  const rows = await rowsOf(reset);
  expect(rows.map(({ verdict }) => verdict)).toEqual(['reduce', 'reduce']);
});

test('one wild reading of the size does not make a resize', async () => {
  const glitch: Figures = {
    ...SMALL_LOAD,
    cpu_cores: (ms) => (Math.abs(dayOf(ms) - 10.5) < 0.01 ? 1 : 8),
    memory_size_bytes: (ms) => (Math.abs(dayOf(ms) - 20.5) < 0.01 ? 1 : 16) * GIB,
  };
  const rows = await rowsOf(glitch);
  expect(rows.map(({ verdict, confidence }) => [verdict, confidence])).toEqual([
    ['reduce', 'high'],
    ['reduce', 'high'],
  ]);
});

describe('storage', () => {
  const disk = (used: (ms: number) => number): Figures => ({
    'filesystem_used_bytes|/data': (ms) => used(ms) * GIB,
    'filesystem_size_bytes|/data': () => 100 * GIB,
  });

  test('noise on a flat disk raises no flag', async () => {
    const noise = seededRandom('disk noise');
    const [row] = await rowsOf(disk(() => 80 + 3 * noise()));
    expect(row?.verdict).toBe('keep');
  });

  test('a disk with a week of data says nothing about dates', async () => {
    const [row] = await rowsOf(disk((ms) => (dayOf(ms) < 24 ? NaN : 50 + 4 * (dayOf(ms) - 24))));
    expect(row?.verdict).toBe('insufficient');
    expect(row?.evidence.days_to_full).toBeNull();
  });

  test('a clean-up in the month is no growth', async () => {
    const [row] = await rowsOf(disk((ms) => (dayOf(ms) < 10 ? 90 : 40)));
    expect(row?.verdict).toBe('keep');
  });

  test('a migration onto the disk is no growth either', async () => {
    const [row] = await rowsOf(disk((ms) => (dayOf(ms) < 10 ? 20 : 70)));
    expect(row?.verdict).toBe('keep');
  });
});
