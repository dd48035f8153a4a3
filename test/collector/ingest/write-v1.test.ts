import { describe, expect, it } from 'vitest';
import { labelsOfKey } from '../../../src/collector/ingest/key-labels.ts';
import { SampleField } from '../../../src/collector/ingest/sample-field.ts';
import { SampleRows } from '../../../src/collector/ingest/sample-rows.ts';
import { SeriesKeys } from '../../../src/collector/ingest/series-keys.ts';
import { WireReader } from '../../../src/collector/ingest/wire.ts';
import { decodeV1 } from '../../../src/collector/ingest/write-v1.ts';
import { formatSeries } from '../../../src/shared/sample.ts';
import { bytesField, fixed64, sample, seriesV1, varint, writeRequestV1 } from './wire-bytes.ts';

const T = 1_790_000_000_000;

function decoder(limit = 5_000) {
  const keys = new SeriesKeys(3);
  const rows = new SampleRows();
  const wire = new WireReader();
  const target = { keys, rows, sample: new SampleField() };
  return {
    keys,
    rows,
    decode: (message: Uint8Array): string[] => {
      const bytes = new Uint8Array(message.length + 16).fill(0x12);
      bytes.set(message);
      wire.open({ bytes, view: new DataView(bytes.buffer) }, message.length);
      rows.clear(limit);
      decodeV1(wire, target);
      return Array.from({ length: rows.count }, (_, row) => {
        const labels = labelsOfKey(keys.keyOf(rows.entries[row]!));
        return `${formatSeries(labels)} ${rows.times[row]} ${rows.values[row]}`;
      });
    },
  };
}

const UP = {
  labels: [
    ['__name__', 'up'],
    ['instance', 'db1'],
  ],
  samples: [{ timeMs: T, value: 1 }],
} as const;

describe('prometheus.WriteRequest', () => {
  it('reads a request written out byte by byte', () => {
    const golden = Buffer.from(
      [
        '0a32', // timeseries, 50 bytes
        '0a0e0a085f5f6e616d655f5f12027570', // label __name__="up"
        '0a0f0a08696e7374616e636512036462', // label instance="db…
        '31', // …1"
        '1210', // sample, 16 bytes
        '09000000000000f03f', // value 1
        '10', // timestamp…
        [...varint(T)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      ].join(''),
      'hex',
    );
    golden[1] = golden.length - 2;
    expect(decoder().decode(golden)).toEqual([`up{instance="db1"} ${T} 1`]);
    expect(writeRequestV1([UP]).equals(golden)).toBe(true);
  });

  it('reads several samples of a series, and samples without value or time as zero', () => {
    const message = writeRequestV1([
      {
        ...UP,
        samples: [
          { timeMs: T, value: 0 },
          { timeMs: 0, value: 2 },
          { timeMs: 0, value: 0 },
        ],
      },
    ]);
    expect(decoder().decode(message)).toEqual([
      `up{instance="db1"} ${T} 0`,
      'up{instance="db1"} 0 2',
      'up{instance="db1"} 0 0',
    ]);
  });

  it('reads negative and far times, infinities and NaN', () => {
    const message = writeRequestV1([
      {
        ...UP,
        samples: [
          { timeMs: -5, value: Number.POSITIVE_INFINITY },
          { timeMs: 2 ** 50, value: Number.NaN },
        ],
      },
    ]);
    expect(decoder().decode(message)).toEqual([
      'up{instance="db1"} -5 Infinity',
      `up{instance="db1"} ${2 ** 50} NaN`,
    ]);
  });

  it('takes fields of a sample in any order, the last of several, and skips unknown ones', () => {
    const odd = [
      0x10,
      ...varint(5),
      0x18,
      7,
      0x09,
      ...fixed64(1),
      0x10,
      ...varint(T),
      0x09,
      ...fixed64(2),
    ];
    const message = bytesField(1, [
      ...seriesV1({ ...UP, samples: [] }),
      ...bytesField(2, odd),
      ...bytesField(9, 'future'),
    ]);
    expect(decoder().decode(Buffer.from(message))).toEqual([`up{instance="db1"} ${T} 2`]);
  });

  it('does not take bytes after a short time for a part of it', () => {
    const shortTime = [0x09, ...fixed64(1), 0x10, 0x05, 0x18, 0x81, 0x82, 0x03];
    expect(shortTime.length).toBe(15);
    const padded = [0x09, ...fixed64(1), 0x10, 0x05, 0x18, 0x81, 0x82, 0x83, 0x03];
    const message = bytesField(1, [
      ...seriesV1({ ...UP, samples: [] }),
      ...bytesField(2, padded),
      ...bytesField(2, shortTime),
    ]);
    expect(decoder().decode(Buffer.from(message))).toEqual([
      'up{instance="db1"} 5 1',
      'up{instance="db1"} 5 1',
    ]);
  });

  it('skips metadata and fields of the future, and counts exemplars and histograms', () => {
    const { decode, rows } = decoder();
    const message = Buffer.concat([
      Buffer.from(bytesField(3, [0x08, 1, ...bytesField(2, 'up')])),
      writeRequestV1([{ ...UP, exemplars: 2, histograms: 3 }]),
      Buffer.from(bytesField(15, 'future')),
    ]);
    expect(decode(message)).toHaveLength(1);
    expect(rows).toMatchObject({ exemplars: 2, histograms: 3 });
  });

  it('reads an empty request and series without samples', () => {
    expect(decoder().decode(Buffer.alloc(0))).toEqual([]);
    expect(decoder().decode(writeRequestV1([{ ...UP, samples: [] }]))).toEqual([]);
  });

  it('gives the same on the hundredth reading as on the first', () => {
    const { decode } = decoder();
    const list = Array.from({ length: 50 }, (_, cpu) => ({
      labels: [
        ['__name__', 'x'],
        ['cpu', String(cpu)],
      ] as const,
      samples: [{ timeMs: T + cpu, value: cpu }],
    }));
    const message = writeRequestV1(list);
    const shuffled = writeRequestV1([...list].reverse());
    const first = decode(message);
    const reverse = decode(shuffled);
    for (let index = 0; index < 100; index++) {
      expect(decode(message)).toEqual(first);
      expect(decode(shuffled)).toEqual(reverse);
    }
    expect(reverse).toEqual([...first].reverse());
  });
});

describe('what is refused', () => {
  const whole = writeRequestV1([UP, UP]);

  it('refuses every truncation that cuts a series', () => {
    const { decode } = decoder();
    for (let length = 1; length < whole.length; length++) {
      if (length === whole.length / 2) continue;
      expect(() => decode(whole.subarray(0, length))).toThrow('not a valid write request');
    }
  });

  it('does not complete a sample with bytes of the next series', () => {
    const cut = seriesV1(UP).slice(0, -1);
    const message = [...bytesField(1, cut), ...bytesField(1, seriesV1(UP))];
    expect(() => decoder().decode(Buffer.from(message))).toThrow('longer than what holds it');
  });

  it('refuses labels that come after samples', () => {
    const message = bytesField(1, [...bytesField(2, sample(UP.samples[0])), ...seriesV1(UP)]);
    expect(() => decoder().decode(Buffer.from(message))).toThrow('labels after samples');
  });

  it('refuses a sample past the limit, and takes as many as the limit', () => {
    const list = Array.from({ length: 11 }, () => UP);
    expect(decoder(11).decode(writeRequestV1(list))).toHaveLength(11);
    expect(() => decoder(10).decode(writeRequestV1(list))).toThrow('more than 10 samples');
  });
});
