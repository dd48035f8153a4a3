/** Push before a collector on loopback that does everything promise P7 speaks of. */
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_GAPS,
  HEADER_RECEIPT,
  HEADER_SENT_AT,
  HEADER_SEQ,
} from '../../../src/shared/protocol.ts';
import { batchOf, imbalance, samplesOf } from '../spool/parts.ts';
import {
  AGENT,
  type Bench,
  bench,
  closeAll,
  type Manner,
  pass,
  refuse,
  reply,
  until,
} from './parts.ts';

afterEach(closeAll);

/** A batch of now: `id` names it, its time is the clock's. */
async function append({ spool, push, clock }: Bench, id: number): Promise<void> {
  const timeMs = clock.now();
  await spool.append({ ...batchOf(id), firstMs: timeMs, lastMs: timeMs });
  push.wake();
}

const idsAt = ({ collector }: Bench): number[] => collector.model.stored.map(({ id }) => id);
const delivered = (b: Bench, ids: readonly number[]) =>
  until(`batches ${ids} are stored`, () => ids.every((id) => idsAt(b).includes(id)));
const acked = (b: Bench, count: number) =>
  until(`${count} receipts`, () => b.push.stats().acked === count);
const calls = (b: Bench, count: number) =>
  until(`${count} requests`, () => b.collector.calls.length === count);
/** The pump is quiet again. */
const failed = (b: Bench, count: number) =>
  until(`${count} failures`, () => b.push.stats().retries === count);

test('a batch in the spool is sent at once, with its number, and acknowledged', async () => {
  const b = await bench();
  b.push.start();
  await append(b, 1);
  await append(b, 2);
  await acked(b, 2);
  const [first, second] = b.collector.calls;
  expect(first!.headers).toMatchObject({
    [HEADER_AGENT]: AGENT,
    [HEADER_SEQ]: '1',
    [HEADER_SENT_AT]: String(b.clock.now()),
  });
  expect(first!.headers[HEADER_EPOCH]).toMatch(/^[0-9a-f]{32}$/);
  expect(first!.headers[HEADER_GAPS]).toBeUndefined();
  expect([second!.headers[HEADER_SEQ], second!.headers[HEADER_EPOCH]]).toEqual([
    '2',
    first!.headers[HEADER_EPOCH],
  ]);
  expect(b.spool.stats()).toMatchObject({ batches: 0, ackedSamples: samplesOf(1) + samplesOf(2) });
  expect(b.push.stats()).toMatchObject({
    sent: 2,
    acked: 2,
    retries: 0,
    lastError: '',
    lastReceiptMs: b.clock.now(),
  });
  expect(b.clock.pending(), 'idle, it waits for nothing').toBe(0);
});

test("the collector's clock is measured", async () => {
  const b = await bench({ clockOffsetMs: 4_000 });
  expect(b.push.stats().clockOffsetSeconds).toBeNaN();
  b.push.start();
  await append(b, 1);
  await acked(b, 1);
  expect(b.push.stats().clockOffsetSeconds).toBe(4);
});

describe('what is not a receipt is not one (F11)', () => {
  const NOT_OURS: readonly (readonly [string, Manner])[] = [
    ['200 with a page', reply(200, { 'content-type': 'text/html' }, '<html>please log in</html>')],
    ['204 without receipt', reply(204)],
    [
      '200 with the receipt of another batch',
      reply(200, { [HEADER_RECEIPT]: `${'0'.repeat(32)}/1` }),
    ],
    ['301', reply(301, { location: 'http://127.0.0.1:1/' })],
    ['400 with a page', reply(400, {}, '<html>bad request</html>')],
    ['404', reply(404)],
    ['408', reply(408)],
    ['413 of a proxy', reply(413, {}, '<html>too large</html>')],
    ['422 without our mark', reply(422, {}, '{"error":{"code":"malformed"}}')],
    ['500', reply(500)],
    ['502', reply(502, {}, '<html>bad gateway</html>')],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
    [
      'a reset in the middle of the answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.socket?.resetAndDestroy());
      },
    ],
  ];

  test.each(NOT_OURS)('%s: kept, tried again, delivered once', async (_, manner) => {
    const b = await bench();
    b.collector.script(manner);
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    expect(b.spool.stats().batches).toBe(1);
    expect(b.push.stats().lastError).not.toBe('');
    await pass(b, 1_000);
    await acked(b, 1);
    expect(idsAt(b)).toEqual([1]);
    expect(b.push.stats()).toMatchObject({ rejected: {}, lastError: '' });
    expect(b.spool.stats().dropped).toEqual({});
  });

  test('an answer lost after the commit: the repetition is a duplicate, nothing doubled', async () => {
    const b = await bench();
    b.collector.script((response, _, next) => {
      const { socket } = response;
      response.writeHead = () => response;
      response.end = () => response;
      next();
      socket?.resetAndDestroy();
    });
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    await pass(b, 1_000);
    await acked(b, 1);
    expect(idsAt(b)).toEqual([1]);
    expect(b.push.stats()).toMatchObject({ duplicates: 1, identityConflicts: 0 });
  });

  test('no answer at all: given up at the deadline, tried again', async () => {
    const b = await bench();
    b.collector.script(() => {});
    b.push.start();
    await append(b, 1);
    await calls(b, 1);
    await b.clock.advance(30_000);
    await failed(b, 1);
    await pass(b, 1_000);
    await acked(b, 1);
  });
});

describe('refused for good', () => {
  test.each([
    [400, 'malformed'],
    [413, 'too_large'],
    [415, 'unsupported_media'],
    [422, 'limit_reached'],
  ])(
    '%i %s: put aside and declared with the next batch, which is not held up',
    async (status, code) => {
      const b = await bench();
      b.collector.script(refuse(status, code));
      b.push.start();
      await append(b, 1);
      await append(b, 2);
      await acked(b, 1);
      expect(idsAt(b)).toEqual([2]);
      expect(b.push.stats().rejected).toEqual({ [code]: 1 });
      expect(b.spool.stats()).toMatchObject({
        batches: 0,
        dropped: { rejected: samplesOf(1) },
        quarantinedFiles: 1,
      });
      expect(b.collector.model.gaps).toMatchObject([{ reason: 'rejected', samples: samplesOf(1) }]);
      expect(imbalance(b.spool)).toBe(0);
    },
  );
});

describe('a wrong token', () => {
  test.each([401, 403])('%i: nothing is sent for a minute, everything is kept', async (status) => {
    const b = await bench();
    b.collector.always(refuse(status, 'unauthorised'));
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    await append(b, 2);
    await pass(b, 59_999);
    expect(b.collector.calls).toHaveLength(1);
    b.collector.always(null);
    await pass(b, 1);
    await delivered(b, [1, 2]);
    expect(idsAt(b)).toEqual([1, 2]);
  });

  test('a new one in the file is used without a restart', async () => {
    const b = await bench();
    b.collector.always((response, { headers }, next) => {
      if (headers.authorization === 'Bearer wk_new-token') next();
      else refuse(401, 'unauthorised')(response, b.collector.calls[0]!, next);
    });
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    writeFileSync(b.tokenFile, 'wk_new-token');
    await pass(b, 60_000);
    await delivered(b, [1]);
  });

  test('a file that others can read stops sending as well, and says why', async () => {
    const b = await bench();
    writeFileSync(b.tokenFile, 'one token too many');
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    expect(b.collector.calls).toHaveLength(0);
    expect(b.push.stats().lastError).toContain('does not hold one token');
  });
});

describe('asked to wait', () => {
  test.each([429, 503])('%i with seconds: not before half of them', async (status) => {
    const b = await bench();
    b.collector.script(refuse(status, 'overloaded', { 'retry-after': '40' }));
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    await append(b, 2);
    await pass(b, 19_999);
    expect(b.collector.calls).toHaveLength(1);
    await pass(b, 40_001);
    await delivered(b, [1, 2]);
  });

  test('with a date', async () => {
    const b = await bench();
    const date = new Date(b.clock.now() + 100_000).toUTCString();
    b.collector.script(refuse(503, 'unavailable', { 'retry-after': date }));
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    await pass(b, 49_000);
    expect(b.collector.calls).toHaveLength(1);
    await pass(b, 101_001);
    await delivered(b, [1]);
  });

  test('for a day: for 5 minutes, give or take half', async () => {
    const b = await bench();
    b.collector.script(refuse(503, 'unavailable', { 'retry-after': '86400' }));
    b.push.start();
    await append(b, 1);
    await failed(b, 1);
    await pass(b, 149_999);
    expect(b.collector.calls).toHaveLength(1);
    await pass(b, 300_001);
    await delivered(b, [1]);
  });

  test('without a time: backing off', async () => {
    const b = await bench();
    b.collector.always(refuse(503, 'unavailable'));
    b.push.start();
    await append(b, 1);
    await pass(b, 600_000);
    expect(b.collector.calls.length).toBeGreaterThan(10);
    expect(b.collector.calls.length).toBeLessThan(30);
    b.collector.always(null);
    await pass(b, 60_000);
    await delivered(b, [1]);
  });
});

describe('409', () => {
  test('a collector that lost data gets it again, in order', async () => {
    const b = await bench();
    b.push.start();
    for (const id of [1, 2, 3, 4]) await append(b, id);
    await acked(b, 4);
    const [epoch] = [...b.collector.model.cursors.keys()];
    // Restored from a backup that had two batches.
    b.collector.model.stored.splice(2);
    b.collector.model.cursors.set(epoch!, 2);
    await append(b, 5);
    await pass(b, 2_000);
    await append(b, 6);
    await append(b, 7);
    await pass(b, 2_000);
    await delivered(b, [3, 4, 5]);
    expect(idsAt(b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(imbalance(b.spool)).toBe(0);
  });

  test('one that says it again and again is asked ever more rarely', async () => {
    const b = await bench();
    const error = { code: 'sequence_gap', message: '', hint: '', detail: { expected: 99 } };
    b.collector.always(reply(409, { 'x-watchkeeper-time': '1' }, JSON.stringify({ error })));
    b.push.start();
    await append(b, 1);
    await pass(b, 600_000);
    expect(b.collector.calls.length).toBeLessThan(30);
    b.collector.always(null);
    await pass(b, 60_000);
    await delivered(b, [1]);
  });
});

test('an identity conflict: our number was used by somebody else, so the batch gets another', async () => {
  const b = await bench();
  b.push.start();
  await append(b, 1);
  await acked(b, 1);
  // A copy of this machine, memory and all, sends its own batch 2 first.
  const { epoch } = b.collector.model.stored[0]!;
  b.collector.model.cursors.set(epoch, 2);
  await append(b, 2);
  await failed(b, 1);
  await pass(b, 1_000);
  await delivered(b, [2]);
  await acked(b, 2);
  expect(b.push.stats().identityConflicts).toBe(1);
  expect(b.logged.some((line) => line.includes('identity conflict'))).toBe(true);
  expect(b.collector.model.stored[1]!.epoch).not.toBe(epoch);
});

test('while it fails, attempts become rare and say little', async () => {
  const b = await bench();
  b.collector.always(reply(500));
  b.push.start();
  for (let i = 0; i < 240; i++) {
    await append(b, i + 1);
    await pass(b, 15_000);
  }
  // An hour: at most one in 5 s after the first minute, and in fact far fewer.
  expect(b.collector.calls.length).toBeLessThan(130);
  expect(b.collector.calls.length).toBeGreaterThan(50);
  const fails = b.logged.filter((line) => line.includes('sending fails'));
  expect(fails).toHaveLength(1);
  b.collector.always(null);
  await pass(b, 60_000);
  await until('it works', () => b.push.stats().acked > 0);
  expect(b.logged.some((line) => line.includes('sending works again'))).toBe(true);
});

test('stop waits for the request in flight, but not for ever', async () => {
  const b = await bench();
  let finish = (): void => {};
  b.collector.script((_, __, next) => {
    finish = next;
  });
  b.push.start();
  await append(b, 1);
  await calls(b, 1);
  const stopping = b.push.stop(5_000);
  finish();
  await stopping;
  expect(b.spool.stats().batches).toBe(0);

  const slow = await bench();
  slow.collector.always(() => {});
  slow.push.start();
  await append(slow, 1);
  await calls(slow, 1);
  let stopped = false;
  const giving = slow.push.stop(5_000).then(() => {
    stopped = true;
  });
  await slow.clock.advance(4_999);
  expect(stopped).toBe(false);
  await slow.clock.advance(1);
  await giving;
  expect(slow.spool.stats().batches).toBe(1);
});

test('before start and after stop nothing is sent', async () => {
  const b = await bench();
  await append(b, 1);
  expect(b.collector.calls).toHaveLength(0);
  b.push.start();
  await acked(b, 1);
  await b.push.stop(0);
  await append(b, 2);
  await pass(b, 600_000);
  expect(b.collector.calls).toHaveLength(1);
});
