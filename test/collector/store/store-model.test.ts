/**
 * The store against a model that is one `Map` per series: whatever is appended, in whatever order,
 * however often it is sealed, merged, restarted or cut off, it holds exactly what was acknowledged.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cursor, Receipt } from '../../../src/collector/store/store.ts';
import { formatSeries, type Labels } from '../../../src/shared/sample.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { crashCopy, type Point, type Rig, request, rig, series, T0 } from './rig.ts';

const DEVICES = ['a', 'b', 'c'];
const NAMES = ['cpu', 'memory', 'disk', 'net'];
const ALL = DEVICES.flatMap((instance) => NAMES.map((name) => series(name, { instance })));

type Step =
  | { readonly kind: 'append'; readonly points: readonly [number, number, number][] }
  | {
      readonly kind: 'numbered';
      readonly skip: number;
      readonly points: readonly [number, number, number][];
    }
  | { readonly kind: 'again' }
  | { readonly kind: 'wait' | 'seal' | 'restart' | 'crash' };

const points = fc.array(
  fc.tuple(
    fc.nat(ALL.length - 1),
    // Mostly the newest few minutes, sometimes long ago: late, out of order, the same time again.
    fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(4000) }),
    fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double()),
  ),
  { minLength: 1, maxLength: 12 },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), points }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('numbered' as const),
      skip: fc.constantFrom(0, 0, 0, 0, -1, 1),
      points,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'again' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'wait' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('seal', 'restart', 'crash') }) },
);

class Model {
  readonly samples = new Map<string, Map<number, number>>();
  seq = 0;

  store(batch: readonly Point[]): void {
    for (const [labels, timeMs, value] of batch) {
      const key = formatSeries(labels);
      const known = this.samples.get(key) ?? new Map<number, number>();
      this.samples.set(key, known.set(timeMs, value));
    }
  }

  of(labels: Labels, fromMs: number, toMs: number): [number, number][] {
    return [...(this.samples.get(formatSeries(labels)) ?? [])]
      .filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs)
      .sort(([a], [b]) => a - b);
  }
}

async function compare({ store }: Rig, model: Model, fromMs: number, toMs: number): Promise<void> {
  for (const device of DEVICES) {
    const windows = await store.read(device, fromMs, toMs);
    const found = new Map(windows.map((window) => [formatSeries(window.labels), window]));
    for (const labels of ALL.filter(({ instance }) => instance === device)) {
      const expected = model.of(labels, fromMs, toMs);
      const window = found.get(formatSeries(labels));
      const actual = [...(window?.times ?? [])].map((time, i) => [time, window?.values[i]]);
      expect(actual).toEqual(expected);
      expect(found.has(formatSeries(labels))).toBe(expected.length > 0);
    }
    expect(store.newest(device)).toBe(newest(model, device));
  }
}

function newest(model: Model, device: string): number {
  let newestMs = 0;
  for (const labels of ALL.filter(({ instance }) => instance === device)) {
    const times = model.of(labels, 0, Number.POSITIVE_INFINITY);
    newestMs = Math.max(newestMs, times.at(-1)?.[0] ?? 0);
  }
  return newestMs;
}

function compareLatest({ store }: Rig, model: Model): void {
  for (const device of DEVICES) {
    for (const { series: number, labels } of store.seriesOf(device)) {
      const last = model.of(labels, 0, Number.POSITIVE_INFINITY).at(-1);
      expect([store.latest.times[number], store.latest.values[number]]).toEqual(
        last ?? [Number.NEGATIVE_INFINITY, Number.NaN],
      );
    }
  }
}

class Run {
  readonly model = new Model();
  current: Rig;
  #last: { batch: Point[]; cursor: Cursor | undefined } | null = null;

  constructor(first: Rig) {
    this.current = first;
  }

  async take(step: Step): Promise<void> {
    const { store, clock, directory } = this.current;
    if (step.kind === 'append') await this.#send(toBatch(step.points), undefined);
    else if (step.kind === 'numbered') {
      const seq = this.model.seq + 1 + step.skip;
      await this.#send(toBatch(step.points), { agent: 'x', epoch: 'e', seq });
    } else if (step.kind === 'again') {
      if (this.#last !== null) await this.#send(this.#last.batch, this.#last.cursor);
    } else if (step.kind === 'wait') {
      await clock.advance(2 * HOUR_MS);
      await store.maintain(100);
    } else if (step.kind === 'seal') await store.sealAll();
    else if (step.kind === 'restart') {
      await store.close();
      this.current = await rig({ directory, clock });
    } else {
      const copy = crashCopy(this.current);
      await store.close();
      this.current = await rig({ directory: copy, clock });
    }
  }

  async #send(batch: Point[], cursor: Cursor | undefined): Promise<void> {
    this.#last = { batch, cursor };
    const { store } = this.current;
    const extra = cursor === undefined ? {} : { cursor };
    const receipt: Receipt = await store.append(request(store, batch, extra));
    if (cursor !== undefined && cursor.seq <= this.model.seq) {
      expect(receipt).toEqual({ kind: 'duplicate' });
    } else if (cursor !== undefined && cursor.seq > this.model.seq + 1) {
      expect(receipt).toEqual({ kind: 'gap', expected: this.model.seq + 1 });
    } else {
      if (receipt.kind !== 'stored') throw new Error(`not stored: ${receipt.kind}`);
      expect(receipt.samples + receipt.duplicates).toBe(batch.length);
      this.model.store(batch);
      if (cursor !== undefined) this.model.seq = cursor.seq;
    }
  }
}

const toBatch = (list: readonly [number, number, number][]): Point[] =>
  list.map(([index, seconds, value]) => [ALL[index]!, T0 + 5e6 - seconds * 1000, value]);

test('holds exactly what was acknowledged, through seals, merges, restarts and power cuts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.nat(4000),
      async (steps, fromSeconds) => {
        const run = new Run(await rig());
        for (const next of steps) await run.take(next);
        const { current, model } = run;
        await compare(current, model, 0, Number.POSITIVE_INFINITY);
        const fromMs = T0 + fromSeconds * 1000;
        await compare(current, model, fromMs, fromMs + 600_000);
        compareLatest(current, model);
        expect(current.store.cursor('x', 'e')).toBe(model.seq);
        const pending = current.store
          .pendingHours()
          .map(({ device, hourMs }) => `${device} ${hourMs}`);
        const touched = new Set(
          ALL.flatMap((labels) =>
            model
              .of(labels, 0, Number.POSITIVE_INFINITY)
              .map(([time]) => `${labels.instance} ${Math.floor(time / HOUR_MS) * HOUR_MS}`),
          ),
        );
        expect(new Set(pending)).toEqual(touched);
        await current.store.close();
      },
    ),
    { numRuns: 60 },
  );
});
