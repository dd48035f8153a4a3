import { expect, test } from 'vitest';
import { openRounds, type Target } from '../../../src/agent/sampler/sampler.ts';
import { silentLog } from '../../../src/shared/log.ts';
import type { EncodedSample } from '../../../src/shared/remote-write.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { labelsOf } from './decode.ts';

const target = (name: string, collect: Target['collect'], more: Partial<Target> = {}): Target => ({
  name,
  labels: { instance: name, agent: 'a1', job: 'snmp' },
  intervalMs: 60_000,
  timeoutMs: 10_000,
  collect,
  ...more,
});

const answers = (name: string): Target =>
  target(name, async (emit) => emit('probe_success', 1, 'kind', 'tcp'));

const INFO = 'watchkeeper_target_info';

function watch(clock: ManualClock, targets: readonly Target[]) {
  const batches: (readonly EncodedSample[])[] = [];
  const lanes: number[] = [];
  const rounds = openRounds({
    targets,
    clock,
    log: silentLog,
    onBatch: (samples, lane) => {
      batches.push(samples);
      lanes.push(lane);
    },
  });
  const all = () =>
    batches
      .flat()
      .map((sample) => ({ labels: Object.fromEntries(labelsOf(sample)), value: sample.value }));
  const seen = () => all().filter(({ labels }) => labels.__name__ !== INFO);
  return { rounds, batches, lanes, all, seen };
}

test('a sample carries the labels of its target, not of the host', async () => {
  const { rounds, seen } = watch(manualClock(), [answers('switch-1')]);
  await rounds.cycle();
  expect(seen()).toMatchObject([
    {
      labels: {
        __name__: 'probe_success',
        instance: 'switch-1',
        agent: 'a1',
        job: 'snmp',
        kind: 'tcp',
      },
      value: 1,
    },
  ]);
});

test('every round says which labels the target was given, also when nothing answers', async () => {
  const mute = target('dead', async () => {}, { labels: { instance: 'dead', site: 'hq' } });
  const { rounds, all } = watch(manualClock(), [mute]);
  await rounds.cycle();
  expect(all()).toEqual([{ labels: { __name__: INFO, instance: 'dead', site: 'hq' }, value: 1 }]);
});

test('every target has its turn once in its interval, at its own phase', async () => {
  const clock = manualClock();
  const times = new Map<string, number[]>();
  const names = Array.from({ length: 20 }, (_, i) => `switch-${i}`);
  const targets = names.map((name) =>
    target(name, async () => void times.set(name, [...(times.get(name) ?? []), clock.now()])),
  );
  const { rounds } = watch(clock, targets);
  rounds.start();
  await clock.advance(180_000);
  await rounds.stop();
  for (const name of names) {
    const turns = times.get(name) ?? [];
    expect(turns, name).toHaveLength(3);
    expect((turns[1] ?? 0) - (turns[0] ?? 0)).toBeCloseTo(60_000, 2);
  }
  const phases = new Set(names.map((name) => times.get(name)?.[0]));
  expect(phases.size).toBe(20);
});

test('a target that hangs keeps nobody waiting and is not asked twice at once', async () => {
  const clock = manualClock();
  let asked = 0;
  const hangs = target('dead', () => {
    asked++;
    return new Promise(() => {});
  });
  const { rounds, seen } = watch(clock, [hangs, answers('alive')]);
  rounds.start();
  await clock.advance(240_000);
  expect(seen()).toHaveLength(4);
  expect(asked).toBe(1);
  expect(rounds.stats()).toMatchObject({ targets: 2, underWay: 1, missed: 3 });
});

test('what was said before the deadline is kept, what comes after it is not', async () => {
  const clock = manualClock();
  let aborted = false;
  const slow = target(
    'slow',
    async (emit, signal) => {
      emit('early', 1);
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      await new Promise<void>((resolve) => clock.after(15_000, resolve));
      emit('too_late', 1);
    },
    { timeoutMs: 10_000 },
  );
  const { rounds, seen } = watch(clock, [slow]);
  rounds.start();
  await clock.advance(90_000);
  expect(aborted).toBe(true);
  expect(seen().map(({ labels }) => labels.__name__)).toEqual(['early']);
});

test('rounds that end together make one batch', async () => {
  const clock = manualClock();
  const targets = Array.from({ length: 50 }, (_, i) =>
    target(`switch-${i}`, async (emit) => emit('x', i), { intervalMs: 1_000 }),
  );
  const { rounds, batches } = watch(clock, targets);
  rounds.start();
  await clock.advance(1_000);
  await rounds.stop();
  expect(batches.flat()).toHaveLength(2 * 50);
  expect(batches.length).toBeLessThanOrEqual(4);
});

test('a target that fails unexpectedly costs only its own round', async () => {
  const breaks = target('odd', () => Promise.reject(new Error('a mistake of ours')));
  const { rounds, seen } = watch(manualClock(), [breaks, answers('fine')]);
  await rounds.cycle();
  expect(seen()).toHaveLength(1);
});

test('stopping closes the targets and passes on what was gathered', async () => {
  let closed = 0;
  const closing = target('x', async (emit) => emit('x', 1), { close: () => void closed++ });
  const clock = manualClock();
  const { rounds, seen } = watch(clock, [closing]);
  rounds.start();
  await clock.advance(60_000);
  await rounds.stop();
  await clock.advance(600_000);
  expect(closed).toBe(1);
  expect(seen()).toHaveLength(1);
});

/** Of one company; answers after a second. */
const fellow = (clock: ManualClock, name: string, more: Partial<Target> = {}): Target =>
  target(
    name,
    async (emit) => {
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      emit('x', 1);
    },
    { company: 'icmp', ...more },
  );

test('a company has its turns together, spread over the interval when they are several', async () => {
  const clock = manualClock();
  const times = new Map<number, number>();
  const targets = Array.from({ length: 1_000 }, (_, i) =>
    target(`${i}`, async () => void times.set(clock.now(), (times.get(clock.now()) ?? 0) + 1), {
      company: 'icmp',
    }),
  );
  const { rounds } = watch(clock, targets);
  rounds.start();
  await clock.advance(59_999);
  await rounds.stop();
  expect([...times.values()]).toEqual([250, 250, 250, 250]);
  const begun = [...times.keys()];
  for (const [i, at] of begun.slice(1).entries()) {
    expect(Math.abs(at - (begun[i] ?? 0) - 15_000)).toBeLessThanOrEqual(1);
  }
});

test('a turn of a company makes one batch of one time, the same series in the same order', async () => {
  const clock = manualClock();
  const company = Array.from({ length: 50 }, (_, i) => fellow(clock, `${i}`));
  // Others that end at any time in between.
  const others = Array.from({ length: 50 }, (_, i) =>
    target(`other-${i}`, async (emit) => emit('y', 1), { intervalMs: 1_000 }),
  );
  const { rounds, batches, lanes } = watch(clock, [...others, ...company]);
  rounds.start();
  await clock.advance(180_000);
  const own = batches.filter((_, i) => lanes[i] === 1);
  expect(own.map(({ length }) => length)).toEqual([100, 100, 100]);
  for (const batch of own) {
    expect(new Set(batch.map(({ timeMs }) => timeMs)).size).toBe(1);
    // The very same bytes: that is how a batch is recognised without looking into it.
    expect(batch.every(({ labels }, i) => labels === own[0]?.[i]?.labels)).toBe(true);
  }
  expect(new Set(lanes)).toEqual(new Set([0, 1]));
});

test('one of a company that hangs keeps the others waiting neither now nor next time', async () => {
  const clock = manualClock();
  let asked = 0;
  const hangs = target(
    'dead',
    () => {
      asked++;
      return new Promise(() => {});
    },
    { company: 'icmp' },
  );
  const { rounds, seen, batches } = watch(clock, [hangs, fellow(clock, 'alive')]);
  rounds.start();
  await clock.advance(60_000 + 2_000);
  expect(seen().map(({ labels }) => labels.instance)).toContain('alive');
  // What the company said left before the deadline of the one that hangs.
  expect(batches.flat().length).toBeGreaterThanOrEqual(3);
  await clock.advance(180_000);
  expect(seen().filter(({ labels }) => labels.instance === 'alive').length).toBeGreaterThan(2);
  expect(asked).toBe(1);
  expect(rounds.stats()).toMatchObject({ targets: 2, underWay: 1, missed: 3 });
});

test('stopping passes on what a company has said so far, and closes every one of it', async () => {
  const clock = manualClock();
  let closed = 0;
  const company = ['a', 'b', 'c'].map((name) =>
    fellow(clock, name, { close: () => void closed++ }),
  );
  const { rounds, all } = watch(clock, company);
  const cycle = rounds.cycle();
  await rounds.stop();
  await cycle;
  expect(closed).toBe(3);
  expect(all().map(({ labels }) => labels.instance)).toEqual(['a', 'b', 'c']);
});
