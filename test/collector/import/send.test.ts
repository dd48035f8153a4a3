import { expect, test } from 'vitest';
import { importSamples } from '../../../src/collector/import/import.ts';
import { makeLabels, type Sample } from '../../../src/shared/sample.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { fakeTarget, storedSamples } from './fake-target.ts';

const HASH = 'a'.repeat(64);

function* samples(count: number): Generator<Sample> {
  const labels = makeLabels([
    ['__name__', 'load1'],
    ['instance', 'demo-1'],
  ]);
  for (let i = 0; i < count; i++) yield { labels, timeMs: 1_000 + i, value: i };
}

const refusal = (status: number, code: string, headers = {}) => ({
  status,
  headers,
  body: JSON.stringify({ error: { code, message: 'because', hint: 'mend it' } }),
});

test('an overloaded collector is waited for, as long as it asks', async () => {
  const target = fakeTarget();
  const clock = manualClock();
  target.refusals.push(refusal(429, 'overloaded', { 'retry-after': '3' }));
  target.refusals.push(refusal(503, 'disk_full', { 'retry-after': '600' }));
  const done = importSamples({ hash: HASH, demo: [] }, samples(10), { target, clock });
  await clock.advance(2_999);
  expect(target.writes).toBe(1);
  await clock.advance(1);
  expect(target.writes).toBe(2);
  // Ten minutes are cut to ten seconds: a person is waiting.
  await clock.advance(10_000);
  expect(await done).toMatchObject({ samples: 10, batches: 1 });
});

test('a collector that stays overloaded ends the import with its own words', async () => {
  const target = fakeTarget();
  const clock = manualClock();
  for (let i = 0; i < 100; i++) target.refusals.push(refusal(503, 'disk_full'));
  const done = importSamples({ hash: HASH, demo: [] }, samples(10), { target, clock }).catch(
    (error: unknown) => error,
  );
  await clock.advance(600_000);
  expect(await done).toMatchObject({ code: 'disk_full', hint: 'mend it' });
  expect(target.writes).toBe(30);
});

test.each([
  [refusal(400, 'malformed'), 'malformed'],
  [refusal(401, 'unauthorised'), 'unauthorised'],
  [{ status: 502, headers: {}, body: '<html>proxy</html>' }, 'io'],
  [{ status: 200, headers: {}, body: 'a captive portal' }, 'io'],
])('a refusal ends the import at once', async (answer, code) => {
  const target = fakeTarget();
  target.refusals.push(answer);
  const done = importSamples({ hash: HASH, demo: [] }, samples(10), {
    target,
    clock: manualClock(),
  });
  await expect(done).rejects.toMatchObject({ code, message: expect.stringContaining('batch 1') });
  expect(target.finished).toEqual([]);
});

test('samples of a program are batched, and their devices marked from the start', async () => {
  const target = fakeTarget();
  const summary = await importSamples({ hash: HASH, demo: ['demo-1'] }, samples(12_345), {
    target,
    clock: manualClock(),
  });
  expect(summary).toMatchObject({ samples: 12_345, batches: 3, devices: ['demo-1'] });
  expect(target.begun).toEqual([
    { agent: 'import:aaaaaaaaaaaaaaaa', epoch: 'a'.repeat(32), demo: ['demo-1'] },
  ]);
  const [stored] = storedSamples(target).values();
  expect(stored?.map(([, value]) => value)).toEqual(Array.from({ length: 12_345 }, (_, i) => i));
});

test('several batches may be under way; one that overtakes is sent again', async () => {
  const target = Object.assign(fakeTarget(), { window: 4 });
  const { write } = target;
  let most = 0;
  let open = 0;
  const order: number[] = [];
  target.write = async (body, headers) => {
    open++;
    most = Math.max(most, open);
    const seq = Number(headers['x-watchkeeper-seq']);
    // Every third one is held back, so that those after it arrive first.
    if (seq % 3 === 1 && !order.includes(seq)) {
      order.push(seq);
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    const answer = await write(body, headers);
    open--;
    return answer;
  };
  const summary = await importSamples({ hash: HASH, demo: [] }, samples(60_000), {
    target,
    clock: manualClock(),
  });
  expect(summary.batches).toBe(12);
  expect(most).toBeGreaterThan(1);
  expect(target.writes).toBeGreaterThanOrEqual(12);
  const [stored] = storedSamples(target).values();
  expect(stored?.map(([, value]) => value)).toEqual(Array.from({ length: 60_000 }, (_, i) => i));
});

test('a batch that fails ends the import, whatever is under way behind it', async () => {
  const target = Object.assign(fakeTarget(), { window: 4 });
  const { write } = target;
  target.write = async (body, headers) =>
    headers['x-watchkeeper-seq'] === '3' ? refusal(400, 'malformed') : write(body, headers);
  const done = importSamples({ hash: HASH, demo: [] }, samples(60_000), {
    target,
    clock: manualClock(),
  });
  await expect(done).rejects.toMatchObject({ message: expect.stringContaining('batch 3') });
  expect([...target.epochs.values()].flat()).toHaveLength(2);
});
