import { describe, expect, test } from 'vitest';
import { openSampler, type SamplerOptions } from '../../../src/agent/sampler/sampler.ts';
import { openHost, type Source } from '../../../src/agent/sources/sources.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { createLog } from '../../../src/shared/log.ts';
import type { EncodedSample } from '../../../src/shared/remote-write.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { describeSample, labelsOf } from './decode.ts';

const LABELS = { instance: 'db01', agent: 'db01', job: 'node' };
const TIMEOUT_MS = 2_000;

const source = (name: string, collect: Source['collect'], intervalMs?: number): Source => ({
  name,
  metrics: {},
  missing: () => null,
  collect,
  ...(intervalMs === undefined ? {} : { intervalMs }),
});
const steady = (name: string, value = 1): Source =>
  source(name, (_, emit) => emit(`node_${name}`, value));

/** Answers when told to, in the order of its readings. */
function slow(name: string) {
  const answers: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const collect: Source['collect'] = async (_, emit, signal) => {
    signals.push(signal);
    await new Promise<void>((resolve) => answers.push(resolve));
    emit(`node_${name}`, answers.length);
  };
  return { source: source(name, collect), answers, signals };
}

function sampling(sources: readonly Source[], options: Partial<SamplerOptions> = {}) {
  const clock = manualClock();
  const batches: EncodedSample[][] = [];
  const logged: string[] = [];
  const sampler = openSampler({
    host: openHost({ clock }),
    sources,
    clock,
    log: createLog({ write: (line) => logged.push(line) }),
    labels: LABELS,
    intervals: { default: 15_000 },
    timeoutMs: TIMEOUT_MS,
    onBatch: (samples) => batches.push([...samples]),
    ...options,
  });
  const common = Object.keys(LABELS);
  /** Batches without durations, which depend on the machine, as text. */
  const texts = (): string[][] =>
    batches.map((batch) =>
      batch
        .map((sample) => describeSample(sample, common))
        .filter((text) => !text.includes('duration_seconds')),
    );
  return { clock, sampler, batches, texts, logged };
}

const success = (name: string, ok: 0 | 1): string =>
  `node_scrape_collector_success{collector="${name}"} ${ok}`;
const UP = 'watchkeeper_agent_up 1';

describe('one cycle', () => {
  test('is one batch: heartbeat, every source, how each went', async () => {
    const { sampler, texts } = sampling([steady('a', 3), steady('b', 4)]);
    await sampler.cycle();
    expect(texts()).toEqual([[UP, 'node_a 3', success('a', 1), 'node_b 4', success('b', 1)]]);
  });

  test('has one time for all samples, in whole milliseconds', async () => {
    const { sampler, batches, clock } = sampling([steady('a'), steady('b')]);
    clock.jump(0.75);
    await sampler.cycle();
    expect(new Set(batches[0]?.map(({ timeMs }) => timeMs))).toEqual(
      new Set([Math.floor(clock.now())]),
    );
  });

  test('puts the common labels on every sample', async () => {
    const { sampler, batches } = sampling([steady('a')]);
    await sampler.cycle();
    for (const sample of batches[0] ?? []) {
      expect(labelsOf(sample)).toEqual(expect.arrayContaining(Object.entries(LABELS)));
    }
  });

  test('tells how long a source took', async () => {
    const { sampler, batches, clock } = sampling([
      source('wait', async () => {
        await clock.advance(250);
      }),
    ]);
    await sampler.cycle();
    const duration = batches[0]
      ?.map((sample) => describeSample(sample, Object.keys(LABELS)))
      .find((text) => text.includes('duration'));
    expect(duration).toBe('node_scrape_collector_duration_seconds{collector="wait"} 0.25');
    expect(sampler.stats().sources.wait?.seconds).toBe(0.25);
  });

  test('without sources still says that the agent is up', async () => {
    const { sampler, texts } = sampling([]);
    await sampler.cycle();
    expect(texts()).toEqual([[UP]]);
  });

  test('sends no sample for what is not a number', async () => {
    const { sampler, texts } = sampling([source('a', (_, emit) => emit('node_a', Number.NaN))]);
    await sampler.cycle();
    expect(texts()).toEqual([[UP, success('a', 1)]]);
  });
});

describe('a source that fails', () => {
  const failing = (fail: Source['collect']) => sampling([source('bad', fail), steady('good', 7)]);

  test.each<[string, Source['collect']]>([
    [
      'throws',
      (_, emit) => {
        emit('node_half', 1);
        throw new Failure('io', 'cannot read', { hint: 'mend it' });
      },
    ],
    [
      'rejects',
      async (_, emit) => {
        emit('node_half', 1);
        throw new Error('cannot read');
      },
    ],
    ['rejects with nothing', () => Promise.reject(null)],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
    ],
  ])('%s: its half reading is dropped, its siblings go on', async (_, fail) => {
    const { sampler, texts } = failing(fail);
    await sampler.cycle();
    expect(texts()).toEqual([[UP, success('bad', 0), 'node_good 7', success('good', 1)]]);
    expect(sampler.stats().sources.bad?.ok).toBe(false);
    expect(sampler.stats().sources.good).toMatchObject({ ok: true, error: '' });
  });

  test('is logged when it begins, changes and ends; not every cycle', async () => {
    const reasons = ['one', 'one', 'two', '', ''];
    const { sampler, logged } = sampling([
      source('bad', () => {
        const reason = reasons.shift();
        if (reason) throw new Failure('io', reason, { hint: `mend ${reason}` });
      }),
    ]);
    for (let cycle = 0; cycle < 5; cycle++) await sampler.cycle();
    expect(
      logged.map((line) => JSON.parse(line)).map((r) => [r.message, r.reason, r.mend]),
    ).toEqual([
      ['a source fails', 'one', 'mend one'],
      ['a source fails', 'two', 'mend two'],
      ['a source works again', undefined, undefined],
    ]);
  });

  test('has its samples back when it works again', async () => {
    let broken = true;
    const { sampler, texts } = sampling([
      source('flaky', (_, emit) => {
        emit('node_first', 1);
        if (broken) throw new Error('no');
        emit('node_second', 2);
      }),
    ]);
    await sampler.cycle();
    broken = false;
    await sampler.cycle();
    expect(texts()[1]).toEqual([UP, 'node_first 1', 'node_second 2', success('flaky', 1)]);
  });
});

describe('a source that hangs', () => {
  test('holds its batch until the deadline; then it has failed and its siblings are sent', async () => {
    const hung = slow('hung');
    const { sampler, clock, texts } = sampling([hung.source, steady('good')]);
    const cycle = sampler.cycle();
    await clock.advance(TIMEOUT_MS - 1);
    expect(texts()).toEqual([]);
    await clock.advance(1);
    await cycle;
    expect(texts()).toEqual([[UP, success('hung', 0), 'node_good 1', success('good', 1)]]);
    expect(sampler.stats().sources.hung).toEqual({
      ok: false,
      seconds: TIMEOUT_MS / 1_000,
      error: 'no answer in time',
    });
    expect(hung.signals[0]?.aborted).toBe(true);
  });

  test('is not started a second time, and delays no later cycle', async () => {
    const hung = slow('hung');
    const { sampler, clock, texts } = sampling([hung.source, steady('good')]);
    const cycle = sampler.cycle();
    await clock.advance(TIMEOUT_MS);
    await cycle;
    await sampler.cycle();
    expect(hung.answers).toHaveLength(1);
    expect(texts()[1]).toEqual([UP, success('hung', 0), 'node_good 1', success('good', 1)]);
    expect(sampler.stats().sources.hung?.error).toContain('still hangs');
  });

  test('late: its answer is thrown away, and the next reading is a new one', async () => {
    const hung = slow('hung');
    const { sampler, clock, texts } = sampling([hung.source]);
    const first = sampler.cycle();
    await clock.advance(TIMEOUT_MS);
    await first;
    hung.answers[0]?.();
    await clock.advance(1);
    expect(texts()).toHaveLength(1);
    const second = sampler.cycle();
    await clock.advance(1);
    hung.answers[1]?.();
    await second;
    expect(texts()).toEqual([
      [UP, success('hung', 0)],
      [UP, 'node_hung 2', success('hung', 1)],
    ]);
  });

  test('in time: no deadline is left pending', async () => {
    const brisk = slow('brisk');
    const { sampler, clock, texts } = sampling([brisk.source]);
    const cycle = sampler.cycle();
    brisk.answers[0]?.();
    await cycle;
    expect(texts()).toEqual([[UP, 'node_brisk 1', success('brisk', 1)]]);
    expect(clock.pending()).toBe(0);
    expect(brisk.signals[0]?.aborted).toBe(false);
  });
});

describe('running', () => {
  test('the first batch is there at once, then one per interval', async () => {
    const { sampler, clock, batches } = sampling([steady('a')]);
    sampler.start();
    await clock.advance(0);
    expect(batches).toHaveLength(1);
    await clock.advance(60_000);
    expect(batches).toHaveLength(5);
    const times = batches.map((batch) => batch[0]?.timeMs ?? 0).slice(1);
    expect(times.slice(1).map((t, i) => t - (times[i] ?? 0))).toEqual([15_000, 15_000, 15_000]);
    await sampler.stop();
  });

  test('intervals: configured by name, else what the source asks, else the default', async () => {
    const { sampler, clock, texts } = sampling(
      [steady('fast'), source('dear', (_, emit) => emit('node_dear', 1), 60_000), steady('usual')],
      { intervals: { default: 10_000, fast: 5_000 } },
    );
    sampler.start();
    await clock.advance(120_000);
    const count = (name: string): number =>
      texts().filter((batch) => batch.includes(`node_${name} 1`)).length;
    expect([count('fast'), count('usual'), count('dear')]).toEqual([25, 13, 3]);
    await sampler.stop();
  });

  test('a configured interval goes before what the source asks', async () => {
    const { sampler, clock, texts } = sampling(
      [source('dear', (_, emit) => emit('node_dear', 1), 60_000)],
      { intervals: { default: 15_000, dear: 15_000 } },
    );
    sampler.start();
    await clock.advance(60_000);
    expect(texts()).toHaveLength(5);
    await sampler.stop();
  });

  test('a source that hangs for ever costs no other a single cycle', async () => {
    const hung = slow('hung');
    const { sampler, clock, texts } = sampling([hung.source, steady('good')]);
    sampler.start();
    await clock.advance(10 * 15_000 + TIMEOUT_MS);
    const good = texts().filter((batch) => batch.includes('node_good 1'));
    expect(good).toHaveLength(11);
    expect(hung.answers).toHaveLength(1);
    void sampler.stop();
  });

  test('the wall clock may jump: cycles go on at their pace, samples carry what it says', async () => {
    const { sampler, clock, batches } = sampling([steady('a')]);
    sampler.start();
    await clock.advance(15_000);
    clock.jump(-3_600_000);
    await clock.advance(15_000);
    expect(batches).toHaveLength(3);
    expect(batches[2]?.[0]?.timeMs).toBeLessThan(batches[1]?.[0]?.timeMs ?? 0);
    await sampler.stop();
  });

  test('stop waits for the cycle under way and begins no other', async () => {
    const hung = slow('hung');
    const { sampler, clock, batches } = sampling([hung.source]);
    sampler.start();
    let stopped = false;
    const stopping = sampler.stop().then(() => {
      stopped = true;
    });
    await clock.advance(TIMEOUT_MS - 1);
    expect(stopped).toBe(false);
    await clock.advance(1);
    await stopping;
    await clock.advance(600_000);
    expect(batches).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  test('stats count cycles and samples', async () => {
    const { sampler, batches } = sampling([steady('a'), steady('b')]);
    await sampler.cycle();
    await sampler.cycle();
    const samples = batches.reduce((sum, batch) => sum + batch.length, 0);
    expect(sampler.stats()).toMatchObject({ cycles: 2, samples });
  });
});
