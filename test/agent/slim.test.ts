import { describe, expect, test } from 'vitest';
import { type Invocation, keepSlim, slimRestart } from '../../src/agent/slim.ts';
import { manualClock } from '../support/manual-clock.ts';

const RUN: Invocation = {
  program: '/usr/bin/node',
  flags: ['--max-old-space-size=48'],
  script: '/usr/lib/watchkeeper/watchkeeper-agent.cjs',
  args: ['run', '--data', '/d'],
  env: { PATH: '/usr/bin' },
  platform: 'linux',
  config: 'name: web-01\n',
};

test('a bundled agent starts again with the flags that are missing, and everything it was given', () => {
  const restart = slimRestart(RUN);
  const { argv = [] } = restart ?? {};
  expect(restart?.program).toBe('/usr/bin/node');
  expect(argv[0]).toBe('/usr/bin/node');
  expect(argv[1]).toBe('--max-old-space-size=48');
  expect(argv.slice(2, -4).every((flag) => flag.startsWith('--'))).toBe(true);
  expect(argv.slice(-4)).toEqual([RUN.script, 'run', '--data', '/d']);
  expect(restart?.env).toMatchObject({ PATH: '/usr/bin', MALLOC_TRIM_THRESHOLD_: '65536' });
});

test('once only: with all flags there it goes on', () => {
  const again = slimRestart(RUN);
  const flags = again?.argv.filter((arg) => arg.startsWith('--') && arg !== '--data') ?? [];
  expect(slimRestart({ ...RUN, flags })).toBeNull();
});

test('what the environment says already is left alone', () => {
  const env = { MALLOC_TRIM_THRESHOLD_: '1' };
  expect(slimRestart({ ...RUN, env })?.env).toEqual(env);
});

test.each<[string, Partial<Invocation>]>([
  ['for another verb', { args: ['doctor'] }],
  ['without a verb', { args: [] }],
  ['from a checkout', { script: '/src/agent/main.ts' }],
  ['on Windows', { platform: 'win32' }],
])('not %s', (_, change) => {
  expect(slimRestart({ ...RUN, ...change })).toBeNull();
});

describe.each([
  ['asks devices', 'name: site\nsnmp:\n  targets: []\n'],
  ['probes', 'probes: probes.yaml\n'],
])('one that %s', (_, config) => {
  const restarted = (flags: readonly string[]): readonly string[] =>
    slimRestart({ ...RUN, config, flags })?.argv.slice(1, -4) ?? [];

  test('keeps the compilers, and its garbage small', () => {
    const flags = restarted([]);
    expect(flags).toEqual(['--max-semi-space-size=4']);
    expect(slimRestart({ ...RUN, config, flags })).toBeNull();
    expect(slimRestart({ ...RUN, config, flags: [] })?.env).toEqual(RUN.env);
  });

  test('is rid of the limits for one host', () => {
    const flags = restarted([
      '--max-old-space-size=48',
      '--max-semi-space-size=1',
      '--no-warnings',
    ]);
    expect(flags).toEqual(['--no-warnings', '--max-semi-space-size=4']);
    expect(slimRestart({ ...RUN, config, flags })).toBeNull();
  });

  test('keeps a limit of the heap that somebody has set', () => {
    const flags = restarted(['--max-old-space-size=900']);
    expect(flags).toEqual(['--max-old-space-size=900', '--max-semi-space-size=4']);
    expect(slimRestart({ ...RUN, config, flags })).toBeNull();
  });
});

describe('collections', () => {
  test('come once after the start and then every ten minutes, where the engine offers them', async () => {
    const clock = manualClock();
    const calls: unknown[] = [];
    const world = globalThis as { gc?: unknown };
    const before = world.gc;
    world.gc = (how: unknown) => calls.push(how);
    try {
      keepSlim(clock);
      await clock.advance(60_000);
      expect(calls).toHaveLength(1);
      await clock.advance(3_600_000);
      expect(calls).toHaveLength(7);
      expect(calls[0]).toMatchObject({ type: 'major' });
    } finally {
      world.gc = before;
    }
  });

  test('and not at all where it does not', () => {
    const clock = manualClock();
    const world = globalThis as { gc?: unknown };
    const before = world.gc;
    delete world.gc;
    keepSlim(clock);
    world.gc = before;
    expect(clock.pending()).toBe(0);
  });
});
