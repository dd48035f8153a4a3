import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOfKey } from '../../../src/collector/ingest/key-labels.ts';
import { SampleField } from '../../../src/collector/ingest/sample-field.ts';
import { SampleRows } from '../../../src/collector/ingest/sample-rows.ts';
import { REFUSED, SeriesKeys } from '../../../src/collector/ingest/series-keys.ts';
import { WireReader } from '../../../src/collector/ingest/wire.ts';
import { decodeV1 } from '../../../src/collector/ingest/write-v1.ts';
import { DecoderV2 } from '../../../src/collector/ingest/write-v2.ts';
import { formatSeries } from '../../../src/shared/sample.ts';
import {
  bytesField,
  fixed64,
  type TestSeries,
  varint,
  writeRequestV1,
  writeRequestV2,
} from './wire-bytes.ts';

const T = 1_790_000_000_000;

function decoder() {
  const keys = new SeriesKeys(3);
  const rows = new SampleRows();
  const wire = new WireReader();
  const v2 = new DecoderV2();
  const target = { keys, rows, sample: new SampleField() };
  const read = (message: Uint8Array, version: 1 | 2): string[] => {
    const bytes = new Uint8Array(message.length + 16);
    bytes.set(message);
    wire.open({ bytes, view: new DataView(bytes.buffer) }, message.length);
    rows.clear(5_000);
    if (version === 1) decodeV1(wire, target);
    else v2.decode(wire, target);
    return Array.from({ length: rows.count }, (_, row) => {
      const labels = labelsOfKey(keys.keyOf(rows.entries[row]!));
      return `${formatSeries(labels)} ${rows.times[row]} ${rows.values[row]}`;
    });
  };
  return { keys, rows, v1: (m: Uint8Array) => read(m, 1), v2: (m: Uint8Array) => read(m, 2) };
}

const UP: TestSeries = {
  labels: [
    ['__name__', 'up'],
    ['instance', 'db1'],
  ],
  samples: [{ timeMs: T, value: 1 }],
};

const symbols = (...list: string[]): number[] => list.flatMap((text) => bytesField(4, text));
const oneSample = [...bytesField(2, [0x09, ...fixed64(1), 0x10, ...varint(T)])];

describe('io.prometheus.write.v2.Request', () => {
  it('reads a request written out byte by byte', () => {
    const golden = Buffer.from(
      [
        '2200', // symbol 0: empty
        '22085f5f6e616d655f5f', // 1: __name__
        '22027570', // 2: up
        '2208696e7374616e6365', // 3: instance
        '2203646231', // 4: db1
        '2a1c', // timeseries, 28 bytes
        '0a0401020304', // labels_refs 1 2 3 4
        '1210', // sample, 16 bytes
        '09000000000000f03f10', // value 1, timestamp…
        [...varint(T)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
        '2a020801', // metadata: type counter
      ].join(''),
      'hex',
    );
    expect(decoder().v2(golden)).toEqual([`up{instance="db1"} ${T} 1`]);
    expect(writeRequestV2([UP]).equals(golden)).toBe(true);
  });

  it('says the same as 1.0 of the same series, and shares their keys', () => {
    const name = fc.stringMatching(/^[a-z]{1,12}$/);
    const series = fc.record({
      labels: fc
        .uniqueArray(fc.tuple(name, fc.string({ minLength: 1, maxLength: 40 })), {
          selector: ([label]) => label,
          maxLength: 8,
        })
        .map((pairs) => [['__name__', 'x'] as const, ...pairs.sort(([a], [b]) => (a < b ? -1 : 1))])
        .filter((pairs) => pairs.every(([, value]) => !/[^\x20-\x7e]/.test(value))),
      samples: fc.array(fc.record({ timeMs: fc.integer({ min: 0, max: T }), value: fc.double() }), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fc.array(series, { maxLength: 6 }), fc.boolean(), (list, packed) => {
        const both = decoder();
        const first = both.v1(writeRequestV1(list));
        const known = both.keys.count;
        expect(both.v2(writeRequestV2(list, packed))).toEqual(first);
        expect(both.keys.count).toBe(known);
      }),
    );
  });

  it('reads a symbol table that stands behind the series', () => {
    const message = [
      ...bytesField(5, [...bytesField(1, [1, 2]), ...oneSample]),
      ...symbols('', '__name__', 'up'),
    ];
    expect(decoder().v2(Buffer.from(message))).toEqual([`up ${T} 1`]);
  });

  it('skips start times and created timestamps, counts histograms and exemplars', () => {
    const { v2, rows } = decoder();
    const withStart = [0x09, ...fixed64(1), 0x10, ...varint(T), 0x18, ...varint(T - 5)];
    const message = [
      ...symbols('', '__name__', 'up'),
      ...bytesField(5, [
        ...bytesField(1, [1, 2]),
        ...bytesField(2, withStart),
        ...bytesField(3, [0x08, 1]),
        ...bytesField(4, [0x11, ...fixed64(1)]),
        0x30,
        ...varint(T - 5),
      ]),
    ];
    expect(v2(Buffer.from(message))).toEqual([`up ${T} 1`]);
    expect(rows).toMatchObject({ histograms: 1, exemplars: 1 });
  });

  it('makes no key for a series of histograms only', () => {
    const { v2, keys } = decoder();
    v2(writeRequestV2([{ ...UP, samples: [], histograms: 2 }]));
    expect(keys.count).toBe(1);
  });

  it('gives labels past all limits to the entry that is refused', () => {
    const { v2, keys, rows } = decoder();
    const labels = Array.from({ length: 40 }, (_, i) => [`l${i + 10}`, 'v'.repeat(400)] as const);
    expect(() => v2(writeRequestV2([{ labels, samples: UP.samples }]))).toThrow();
    expect(rows.count).toBe(1);
    expect(keys.numbers[rows.entries[0]!]).toBe(REFUSED);
  });

  it.each([
    [
      'a reference past the table',
      [...bytesField(1, [1, 9]), ...oneSample],
      'past the symbol table',
    ],
    ['an odd number of references', [...bytesField(1, [1]), ...oneSample], 'without a value'],
    ['references after samples', [...oneSample, ...bytesField(1, [1, 2])], 'labels after samples'],
    [
      'over a thousand references',
      [...bytesField(1, Array(1_026).fill(1)), ...oneSample],
      'over 1024',
    ],
    [
      'a reference that runs out of its list',
      [0x0a, 0x02, 0x01, 0x82, 0x12, 0x00],
      'inside a reference',
    ],
    ['a series cut short', [...bytesField(1, [1, 2]), 0x12, 0x30], 'longer than what holds it'],
  ])('refuses %s', (_, series, message) => {
    const body = [...symbols('', '__name__', 'up'), ...bytesField(5, series)];
    expect(() => decoder().v2(Buffer.from(body))).toThrow(message);
  });

  it('refuses a table that does not begin with the empty text', () => {
    expect(() => decoder().v2(Buffer.from(symbols('__name__', 'up')))).toThrow('must be empty');
  });

  it('refuses a table of a million symbols', () => {
    const body = Buffer.alloc(2_000_000, Buffer.from([0x22, 0x00]));
    expect(() => decoder().v2(body)).toThrow('more than 200000 symbols');
  });

  it('reads a 1.0 message as an empty request, as the field numbers were chosen for', () => {
    expect(decoder().v2(writeRequestV1([UP]))).toEqual([]);
  });
});
