import { expect, test } from 'vitest';
import {
  collectOnce,
  examine,
  listSources,
  openHost,
  type Source,
} from '../../../src/agent/sources/sources.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { fixtureHost, hostOf } from './fixture-host.ts';

const source = (name: string, collect: Source['collect'], missing: Source['missing']): Source => ({
  name,
  metrics: { x: { type: 'gauge', help: 'An x.' } },
  missing,
  collect,
});
const none = (): null => null;

test('each source is tried alone and gets its own diagnosis', async () => {
  const host = hostOf({});
  const sources = [
    source('works', (_, emit) => emit('x', 1), none),
    source('nothing', () => {}, none),
    source(
      'missing',
      () => {
        throw new Error('never asked');
      },
      () => ({ reason: 'no such part', mend: 'buy one' }),
    ),
    source(
      'fails',
      async () => {
        await host.clock.advance(250);
        throw new Failure('io', 'cannot read /proc/x: EACCES', { hint: 'let it read /proc/x' });
      },
      none,
    ),
    source(
      'throws',
      () => {
        throw 'a word';
      },
      none,
    ),
  ];
  expect(await examine(host, sources)).toEqual([
    { source: 'works', state: 'works', samples: 1, seconds: 0, reason: '', mend: '' },
    {
      source: 'nothing',
      state: 'nothing',
      samples: 0,
      seconds: 0,
      reason: 'this host has no such thing',
      mend: '',
    },
    {
      source: 'missing',
      state: 'missing',
      samples: 0,
      seconds: 0,
      reason: 'no such part',
      mend: 'buy one',
    },
    {
      source: 'fails',
      state: 'fails',
      samples: 0,
      seconds: 0.25,
      reason: 'cannot read /proc/x: EACCES',
      mend: 'let it read /proc/x',
    },
    { source: 'throws', state: 'fails', samples: 0, seconds: 0, reason: 'a word', mend: '' },
  ]);
});

test('what is missing on a bare host comes with a way to mend it', async () => {
  const diagnoses = await examine(hostOf({}), listSources());
  const unwell = diagnoses.filter(({ state }) => state === 'missing' || state === 'fails');
  expect(unwell.length).toBeGreaterThan(8);
  for (const { source: name, reason, mend } of unwell) {
    expect(reason, name).not.toBe('');
    expect(mend, name).not.toBe('');
  }
});

test('this machine: the figures of a capacity report can all be read', async () => {
  const diagnoses = await examine(openHost({ clock: systemClock }), listSources());
  const works = diagnoses.filter(({ state }) => state === 'works').map(({ source: s }) => s);
  expect(works).toEqual(expect.arrayContaining(['cpu', 'meminfo', 'filesystem', 'netdev']));
});

test('once: HELP and TYPE once per metric, samples grouped below', async () => {
  const [loadavg] = listSources().filter(({ name }) => name === 'loadavg');
  expect(
    await collectOnce(fixtureHost('loadavg'), loadavg!),
  ).toBe(`# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1 1.25
# HELP node_load15 15m load average.
# TYPE node_load15 gauge
node_load15 0.44
# HELP node_load5 5m load average.
# TYPE node_load5 gauge
node_load5 0.8
`);
});

test('once: what the source threw reaches the caller', async () => {
  const [stat] = listSources().filter(({ name }) => name === 'stat');
  await expect(collectOnce(hostOf({}), stat!)).rejects.toThrow('no such file');
});

test('once: a sample that is not a number is no sample', async () => {
  const emitTwo: Source['collect'] = (_, emit) => {
    emit('x', Number.NaN);
    emit('x', 2);
  };
  const odd = source('odd', emitTwo, none);
  expect(await collectOnce(hostOf({}), odd)).toBe('# HELP x An x.\n# TYPE x gauge\nx 2\n');
});
