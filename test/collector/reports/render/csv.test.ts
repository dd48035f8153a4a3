import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell } from '../../../../src/collector/reports/render/csv.ts';
import { expectGolden } from '../support/golden.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import {
  device,
  type Fleet,
  json,
  report,
  SMALL_LOAD,
  seriesOf,
  single,
} from '../support/report.ts';

type Record = { readonly [column: string]: string };

async function records(fleet: Fleet): Promise<Record[]> {
  const text = await report(fleet, { format: 'csv' });
  return parse(text, { columns: true, bom: true, record_delimiter: '\r\n' });
}

test('a small report is as a person has read it', async () => {
  const own = single({ ...SMALL_LOAD, cpu_used_ratio: () => 0.125, memory_used_bytes: () => 5e9 });
  expectGolden('small.csv', await report(own, { format: 'csv' }));
});

test('there is one row per device, resource and item', async () => {
  const own = single({
    ...SMALL_LOAD,
    'filesystem_used_bytes|/': () => 1e9,
    'filesystem_size_bytes|/': () => 1e11,
    'network_receive_bytes_per_second|eth0': () => 1e6,
  });
  const rows = await records(own);
  expect(rows.map((row) => [row.resource, row.item])).toEqual([
    ['cpu', ''],
    ['memory', ''],
    ['filesystem', '/'],
    ['network', 'eth0'],
  ]);
});

test('it says the same as the JSON rendering', async () => {
  const own = single(SMALL_LOAD);
  const [cpu] = await records(own);
  const expected = (await json(own)).devices[0]?.resources[0];
  expect(Number(cpu?.p95)).toBe(expected?.p95);
  expect(Number(cpu?.target)).toBe(expected?.target);
  expect(cpu?.verdict).toBe(expected?.verdict);
  expect(cpu?.reason).toBe(expected?.reason);
});

test('a device without figures is a row, not a gap', async () => {
  const rows = await records({ devices: [device('quiet')], series: new Map() });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ device: 'quiet', device_verdict: 'insufficient', resource: '' });
});

test('it begins with a byte order mark and every line ends with CRLF', async () => {
  const text = await report(single(SMALL_LOAD), { format: 'csv' });
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '').includes('\n')).toBe(false);
});

describe('cells', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['  =1', "'  =1"],
    ['\0=1', "'\0=1"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠1', "'＠1"],
    ['', ''],
    ['a=b', 'a=b'],
  ])('%j is written %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  test('numbers stay numbers, also negative ones; unknown is empty', () => {
    expect([csvCell(-5), csvCell(0.25), csvCell(NaN), csvCell(Infinity), csvCell(null)]).toEqual([
      '-5',
      '0.25',
      '',
      '',
      '',
    ]);
  });

  test('survive a round trip, apart from the apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const line = `${csvCell(text)},${csvCell('end')}\r\n`;
        const [row] = parse(line, { record_delimiter: '\r\n', relax_quotes: false }) as string[][];
        expect(row?.[0]?.replace(/^'/, '')).toBe(text.replace(/^'/, ''));
        expect(row?.[1]).toBe('end');
      }),
    );
  });

  test('never begin with what a spreadsheet takes for a formula', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(csvCell(text).replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r\0＝＋－＠]/);
      }),
    );
  });
});

test('hostile names come back as they are and break no row', async () => {
  const fleet: Fleet = {
    devices: HOSTILE_NAMES.map((name) => device(name)),
    series: new Map(HOSTILE_NAMES.map((name) => [name, seriesOf(SMALL_LOAD)])),
  };
  const rows = await records(fleet);
  expect(rows).toHaveLength(2 * HOSTILE_NAMES.length);
  const known = new Set(HOSTILE_NAMES);
  const seen = new Set(
    rows.map(({ device: name = '' }) => (known.has(name) ? name : name.replace(/^'/, ''))),
  );
  expect(seen).toEqual(known);
}, 60_000);
