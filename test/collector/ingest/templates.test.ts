import fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { BodyReader } from '../../../src/collector/ingest/reading.ts';
import { Senders } from '../../../src/collector/ingest/senders.ts';
import { timeRule } from '../../../src/collector/ingest/time-rule.ts';
import { fakeStore } from '../../support/fake-store.ts';
import { type TestSeries, varint, writeRequestV1, writeRequestV2 } from './wire-bytes.ts';

const NOW = Date.UTC(2026, 0, 5);
const PRINCIPAL = { name: 'prom', kind: 'remote-write' } as const;
const store = fakeStore({ seriesPerSender: 1_000_000 });

function openReader() {
  const senders = new Senders(1);
  const sender = senders.of(PRINCIPAL, 0);
  const reader = new BodyReader(store.door, senders, () => null);
  const rule = timeRule('remote-write', NOW, 30 * 86_400_000);
  const read = (message: Uint8Array, version: 1 | 2 = 1) => {
    const block = compressSync(Buffer.from(message));
    const { layout, times, values, refusals, histograms, exemplars } = reader.read(block, {
      sender,
      version,
      rule,
    });
    return {
      series: [...layout.shape.series],
      devices: layout.devices,
      times: [...times],
      values: [...values],
      refused: refusals?.byReason() ?? null,
      histograms,
      exemplars,
    };
  };
  return { read, reader, sender, senders };
}

/** What a reader says that has seen nothing before. */
const fresh = (message: Uint8Array, version: 1 | 2) => openReader().read(message, version);

function series(host: string, count: number, sample: (index: number) => [number, number]) {
  return Array.from({ length: count }, (_, index): TestSeries => {
    const [timeMs, value] = sample(index);
    return {
      labels: [
        ['__name__', 'node_cpu_seconds_total'],
        ['cpu', String(index + 10)],
        ['instance', host],
      ],
      samples: [{ timeMs, value }],
    };
  });
}

describe('a template', () => {
  it('is made when a length comes back, and then spares reading labels', () => {
    const { read, reader } = openReader();
    for (let step = 1; step <= 10; step++) {
      const list = series('web1', 20, (index) => [NOW + step, index + step / 8]);
      const got = read(writeRequestV1(list));
      expect(got.values).toEqual(list.map(({ samples }) => samples[0]!.value));
      expect(new Set(got.times)).toEqual(new Set([NOW + step]));
    }
    expect(reader).toMatchObject({ templateHits: 8, templateMisses: 2 });
  });

  it('keeps several layouts of one sender apart', () => {
    const { read, reader } = openReader();
    for (let step = 1; step <= 40; step++) {
      const count = [10, 20, 30][step % 3]!;
      const got = read(writeRequestV1(series('web1', count, () => [NOW, step])));
      expect(got.values).toEqual(Array(count).fill(step));
    }
    expect(reader.templateMisses).toBe(6);
  });

  it('does not take another label of the same length for the one it knows', () => {
    const { read } = openReader();
    const [a, b] = ['web1', 'web2'].map((host) => series(host, 20, () => [NOW, 1]));
    for (let step = 0; step < 20; step++) {
      expect(read(writeRequestV1(a!)).devices).toEqual(['web1']);
      expect(read(writeRequestV1(b!)).devices).toEqual(['web2']);
    }
  });

  it('does not outlive the numbers of its series', () => {
    const { read } = openReader();
    const message = writeRequestV1(series('web1', 20, () => [NOW, 1]));
    for (let step = 0; step < 5; step++) read(message);
    store.forgetSeries();
    store.resolve({ __name__: 'first', instance: 'x' } as never, 'other');
    expect(read(message)).toEqual(fresh(message, 1));
    expect(read(message).devices).toEqual(['web1']);
  });

  it('is not followed where a time cannot be believed', () => {
    const { read } = openReader();
    const message = (timeMs: number) => writeRequestV1(series('web1', 20, () => [timeMs, 1]));
    for (let step = 0; step < 5; step++) read(message(NOW));
    expect(read(message(NOW + 600_001)).refused).toEqual({ too_new: 20 });
    expect(read(message(NOW)).refused).toBeNull();
  });

  it('does not take a body of one version for one of the other', () => {
    const { read } = openReader();
    const message = writeRequestV1(series('web1', 20, () => [NOW, 1]));
    for (let step = 0; step < 5; step++) expect(read(message, 1).times).toHaveLength(20);
    expect(read(message, 2).times).toHaveLength(0);
    expect(read(message, 1).times).toHaveLength(20);
  });

  it.each([
    ['a value that is left out', { value: 0 }],
    ['a time of another length', { timeMs: 77 }],
  ])('is not made where a sample has %s', (_, odd) => {
    const { read, reader } = openReader();
    for (let step = 1; step <= 6; step++) {
      const list = series('web1', 20, (index) => [NOW + step, index + step / 8 + 1]);
      const last = list[19]!;
      list[19] = { ...last, samples: [{ ...last.samples[0]!, ...odd }] };
      const message = writeRequestV1(list);
      expect(read(message)).toEqual(fresh(message, 1));
    }
    expect(reader.templateHits).toBe(0);
  });

  it.each([
    [
      'a series is refused',
      (one: TestSeries) => ({ ...one, labels: [['__name__', 'a b']] as const }),
    ],
    ['there are histograms', (one: TestSeries) => ({ ...one, histograms: 1 })],
    ['there are exemplars', (one: TestSeries) => ({ ...one, exemplars: 1 })],
  ])('is not made where %s', (_, spoil) => {
    const { read } = openReader();
    for (let step = 1; step <= 6; step++) {
      const list = series('web1', 20, (index) => [NOW + step, index + step / 8 + 1]);
      list[3] = spoil(list[3]!);
      const message = writeRequestV1(list);
      expect(read(message)).toEqual(fresh(message, 1));
    }
  });

  it('does not take other bytes in the place of a time for a time', () => {
    const { read } = openReader();
    const list = series('web1', 20, () => [NOW, 1]);
    const message = writeRequestV1(list);
    for (let step = 0; step < 5; step++) read(message);
    const time = Buffer.from(varint(NOW));
    // A time of one byte and a field of the future, in the room of a time of six.
    const short = Buffer.from(message);
    Buffer.from([0x05, 0x18, 0x81, 0x82, 0x83, 0x03].slice(0, 6)).copy(
      short,
      short.lastIndexOf(time),
    );
    expect(read(short)).toEqual(fresh(short, 1));
    expect(read(short).refused).toEqual({ too_old: 1 });
    const zeros = Buffer.from(message);
    for (let at = zeros.indexOf(time); at >= 0; at = zeros.indexOf(time)) zeros.fill(0, at, at + 6);
    expect(() => read(zeros)).toThrow('field number 0');
    expect(() => fresh(zeros, 1)).toThrow('field number 0');
  });

  it('is bounded per sender and given up when the sender is forgotten', () => {
    const { read, sender, senders } = openReader();
    const message = (count: number) => writeRequestV1(series('web1', count, () => [NOW, 1]));
    for (let count = 10; count < 60; count++) {
      read(message(count));
      read(message(count));
    }
    const hits = sender.templates;
    expect(hits.size).toBe(8);
    senders.forget(sender);
    expect(hits.size).toBe(0);
  });
});

/** Values and times of every length on the wire, and those that proto3 leaves out. */
const value = fc.oneof(
  { weight: 60, arbitrary: fc.double({ min: 1 }) },
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1),
);
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: NOW - 1e6, max: NOW + 1e5 }) },
  fc.constantFrom(0, 1, -1, NOW + 1e6, 2 ** 34, 2 ** 42, 2 ** 53),
);

describe('reading by template', () => {
  it('says exactly what reading anew says, whatever comes in which order', () => {
    const body = fc.record({
      host: fc.constantFrom('web1', 'web1', 'web1', 'web2', 'db-22'),
      count: fc.constantFrom(8, 8, 8, 9),
      shift: fc.nat(2),
      version: fc.constantFrom(1 as const, 1 as const, 1 as const, 2 as const),
      odd: fc.option(fc.tuple(fc.nat(7), time, value), { nil: undefined, freq: 1 }),
      values: fc.array(value, { minLength: 20, maxLength: 20 }),
      timeMs: fc.integer({ min: NOW - 1e6, max: NOW }),
      extra: fc.oneof(
        { weight: 20, arbitrary: fc.constant('none') },
        fc.constantFrom('histogram', 'exemplar', 'bad', 'second'),
      ),
    });
    let hits = 0;
    fc.assert(
      fc.property(fc.array(body, { minLength: 10, maxLength: 40 }), (bodies) => {
        const { read, reader } = openReader();
        for (const { host, count, shift, version, odd, values, timeMs, extra } of bodies) {
          const list = series(host, count, (index) =>
            odd?.[0] === index ? [odd[1], odd[2]] : [timeMs, values[(index + shift) % 20]!],
          );
          if (extra === 'histogram') list[1] = { ...list[1]!, histograms: 1 };
          if (extra === 'exemplar') list[1] = { ...list[1]!, exemplars: 1 };
          if (extra === 'bad') list[1] = { ...list[1]!, labels: [['__name__', 'not a name']] };
          if (extra === 'second') {
            list[1] = { ...list[1]!, samples: [...list[1]!.samples, { timeMs, value: 4 }] };
          }
          const message = version === 1 ? writeRequestV1(list) : writeRequestV2(list);
          expect(read(message, version)).toEqual(fresh(message, version));
        }
        hits += reader.templateHits;
      }),
      { numRuns: 150 },
    );
    expect(hits).toBeGreaterThan(100);
  });
});
