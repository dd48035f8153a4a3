import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readMap } from '../../../src/collector/import/map.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { sharedFile } from '../../support/parts.ts';

const directory = mkdtempSync(join(tmpdir(), 'map-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HEAD = 'time: { column: ts, unit: seconds }\ndevice: { column: vm }\n';

function write(text: string): string {
  const file = join(directory, 'map.yaml');
  writeFileSync(file, text);
  return file;
}

function messageOf(text: string): string {
  try {
    readMap(write(text));
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe('config');
    return (error as Failure).message;
  }
  throw new Error('the map was accepted');
}

test('the recorded example is read', (context) => {
  const map = readMap(sharedFile('data/bitbrains.map.yaml', context));
  expect(map.columns).toHaveLength(8);
  expect(map.device).toEqual({ column: 'vm', prefix: 'vm-' });
  expect(map.columns.find(({ indicator }) => indicator === 'cpu_used_ratio')).toEqual({
    indicator: 'cpu_used_ratio',
    column: 'cpu_pct',
    scale: 0.01,
    labels: {},
  });
});

test('an indicator may have several columns, one per item', () => {
  const map = readMap(
    write(`${HEAD}indicators:
  filesystem_used_bytes:
    - { column: root, labels: { mountpoint: / } }
    - { column: data, labels: { mountpoint: /data } }
`),
  );
  expect(map.columns.map(({ labels }) => labels.mountpoint)).toEqual(['/', '/data']);
  expect(map.delimiter).toBe(',');
});

test.each([
  ['indicators: { cpu_usage: { column: c } }', /cpu_usage/],
  ['indicators: { cpu_used_ratio: { colum: c } }', /colum/],
  ['indicators: { cpu_used_ratio: { column: c, scale: 0 } }', /scale/],
  ['indicators: {}', /names no indicator/],
  ['indicators: { disk_busy_ratio: { column: c } }', /needs a label device/],
  ['indicators: { load1: { column: c, labels: { instance: x } } }', /label instance is reserved/],
  ['indicators: { load1: [{ column: a }, { column: b }] }', /the same series/],
  ['indicators: { load1: { column: a } }\nspeed: 3', /unknown key "speed"/],
])('%s is refused', (text, message) => {
  expect(messageOf(`${HEAD}${text}\n`)).toMatch(message);
});

test('a wrong unit of time is refused with the choices', () => {
  const text =
    'time: { column: ts, unit: s }\ndevice: { column: d }\nindicators: { load1: { column: l } }';
  expect(messageOf(text)).toMatch(/time\.unit: "s" is not one of seconds, milliseconds, iso8601/);
});
