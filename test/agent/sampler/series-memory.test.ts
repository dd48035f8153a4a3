import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeriesMemory } from '../../../src/agent/sampler/series-memory.ts';
import { createLog, silentLog } from '../../../src/shared/log.ts';
import { type EncodedSample, encodeLabels } from '../../../src/shared/remote-write.ts';
import { makeLabels } from '../../../src/shared/sample.ts';
import { labelsOf } from './decode.ts';

const COMMON = { instance: 'db01', agent: 'db01', job: 'node' };
type Series = readonly [name: string, ...labels: string[]];

function run(memory: SeriesMemory, series: readonly Series[]) {
  memory.begin(0);
  const samples = series.map(([name, ...labels]) => memory.next(name, 1, labels));
  memory.end();
  return samples;
}

/** As they are sent; null for a series that is left out. */
const bytesOf = (samples: readonly (EncodedSample | null)[]) =>
  samples.map((sample) => sample && Buffer.concat([sample.head ?? Buffer.alloc(0), sample.labels]));

const expected = ([name, ...labels]: Series): Buffer => {
  const pairs = new Map(Object.entries({ ...COMMON, __name__: name }));
  for (let i = 0; i < labels.length; i += 2) pairs.set(labels[i]!, labels[i + 1]!);
  return Buffer.from(encodeLabels(makeLabels(pairs)));
};

test('labels are sorted, with those that every sample carries', () => {
  const memory = new SeriesMemory(COMMON, silentLog);
  const [sample] = run(memory, [['node_x', 'mode', 'idle', 'cpu', '0']]);
  expect(labelsOf(sample!)).toEqual([
    ['__name__', 'node_x'],
    ['agent', 'db01'],
    ['cpu', '0'],
    ['instance', 'db01'],
    ['job', 'node'],
    ['mode', 'idle'],
  ]);
});

test('a label without a value is no label', () => {
  const memory = new SeriesMemory({}, silentLog);
  const [sample] = run(memory, [['node_x', 'model', '', 'device', 'sda']]);
  expect(labelsOf(sample!)).toEqual([
    ['__name__', 'node_x'],
    ['device', 'sda'],
  ]);
});

test('what a source says of a series goes before a configured label of the same name', () => {
  const memory = new SeriesMemory({ device: 'configured' }, silentLog);
  const [sample] = run(memory, [['node_x', 'device', 'sda']]);
  expect(labelsOf(sample!)).toContainEqual(['device', 'sda']);
});

describe('the bytes of a series', () => {
  test('are made once', () => {
    const memory = new SeriesMemory(COMMON, silentLog);
    const series: Series[] = [['a'], ['b', 'x', '1'], ['b', 'x', '2']];
    const first = run(memory, series);
    for (const [i, again] of run(memory, series).entries()) {
      expect(again?.head).toBe(first[i]?.head);
      expect(again?.labels).toBe(first[i]?.labels);
    }
  });

  test('are the same ones for all series of a port, and names for all devices', () => {
    const names = new Map();
    const memories = ['a', 'b'].map((instance) => new SeriesMemory({ instance }, silentLog, names));
    const port: Series[] = [
      ['ifHCInOctets', 'ifName', 'ge0'],
      ['ifHCOutOctets', 'ifName', 'ge0'],
    ];
    const [of, other] = memories.map((memory) => run(memory, port));
    expect(of?.[1]?.labels).toBe(of?.[0]?.labels);
    expect(other?.[0]?.head).toBe(of?.[0]?.head);
    expect(other?.[0]?.labels).not.toEqual(of?.[0]?.labels);
  });

  test('are right where a label sorts before the name', () => {
    const memory = new SeriesMemory({ DC: 'north' }, silentLog);
    const samples = run(memory, [['x', 'port', '1'], ['y', 'port', '1'], ['x']]);
    expect(samples.map((sample) => labelsOf(sample!))).toEqual([
      [
        ['DC', 'north'],
        ['__name__', 'x'],
        ['port', '1'],
      ],
      [
        ['DC', 'north'],
        ['__name__', 'y'],
        ['port', '1'],
      ],
      [
        ['DC', 'north'],
        ['__name__', 'x'],
      ],
    ]);
  });

  test('stay when others come and go around it', () => {
    const memory = new SeriesMemory(COMMON, silentLog);
    const veths = Array.from({ length: 40 }, (_, i): Series => ['rx', 'device', `veth${i}`]);
    const last: Series = ['tx', 'device', 'eth0'];
    const [before] = run(memory, [...veths, last]).slice(-1);
    const [without] = run(memory, [...veths.slice(30), last]).slice(-1);
    const [again] = run(memory, [...veths, last]).slice(-1);
    expect(without?.labels).toBe(before?.labels);
    expect(again?.labels).toBe(before?.labels);
  });

  test('are right whatever order and choice of series each run has', () => {
    const series = fc.tuple(
      fc.constantFrom('a', 'b', 'c'),
      fc.constant('device'),
      fc.constantFrom('0', '1', '2', '3'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(series, { maxLength: 90 }), { maxLength: 6 }), (runs) => {
        const memory = new SeriesMemory(COMMON, silentLog);
        for (const list of runs) {
          expect(bytesOf(run(memory, list))).toEqual(list.map((one) => expected(one)));
          expect(memory.size).toBe(list.length);
        }
      }),
    );
  });
});

test('the memory is as large as the last run', () => {
  const memory = new SeriesMemory(COMMON, silentLog);
  for (let cycle = 0; cycle < 50; cycle++) {
    run(
      memory,
      Array.from({ length: 20 }, (_, i): Series => ['x', 'pid', `${cycle * 20 + i}`]),
    );
    expect(memory.size).toBe(20);
  }
});

describe('a series that a collector would refuse', () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });

  test.each([
    ['control characters', ['mountpoint', '/mnt/a\nb'], 'control characters'],
    ['a label of 300 bytes', ['mountpoint', 'x'.repeat(300)], 'longer than 256 bytes'],
    ['a bad label name', ['mount-point', '/'], 'not valid'],
  ])('%s: is left out and logged once, not every cycle', (_, labels, reason) => {
    lines.length = 0;
    const memory = new SeriesMemory(COMMON, log);
    for (let cycle = 0; cycle < 3; cycle++) {
      expect(bytesOf(run(memory, [['node_x', ...labels], ['node_y']]))).toEqual([
        null,
        expected(['node_y']),
      ]);
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(reason);
  });
});
