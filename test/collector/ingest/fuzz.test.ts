/** F17: whatever arrives, the answer is ours, nothing is thrown, and memory stays where it was. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import type { IngestResponse } from '../../../src/collector/ingest/ingest.ts';
import { hostSeries, numbered, type Rig, rig, V2 } from './rig.ts';
import { bytesField, varint, writeRequestV1, writeRequestV2 } from './wire-bytes.ts';

const BODIES = 50_000;
/** Sent before memory is measured: compilers and the tools of this test need some too. */
const WARM_UP = 30_000;
const BODIES_PER_RUN = 10;
const ALLOWED = new Set([204, 400, 403, 409, 413, 415, 422, 429]);

/** Ways to spoil bytes: flip, cut, repeat, insert nonsense, enlarge a number. */
type Spoiling = readonly [how: string, at: number, byte: number];
const spoiling: fc.Arbitrary<Spoiling> = fc.tuple(
  fc.constantFrom('flip', 'cut', 'repeat', 'insert', 'huge'),
  fc.nat(),
  fc.nat(255),
);

function spoil(bytes: Buffer, [how, at, byte]: Spoiling): Buffer {
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (how === 'flip') {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[place] = byte;
    return copy;
  }
  if (how === 'cut') return head;
  if (how === 'repeat') return Buffer.concat([head, tail, tail]);
  if (how === 'insert') return Buffer.concat([head, Buffer.from([byte]), tail]);
  return Buffer.concat([head, Buffer.from(varint(2n ** BigInt(byte % 64))), tail]);
}

/** Nested length-delimited fields, as deep as asked. */
function nested(depth: number): Buffer {
  let bytes: number[] = [];
  for (let level = 0; level < depth; level++) bytes = bytesField(1, bytes);
  return Buffer.from(bytes);
}

function checkMark(answer: IngestResponse): void {
  if (!ALLOWED.has(answer.status)) throw new Error(`${answer.status}: ${answer.body}`);
  if (answer.headers['x-watchkeeper-time'] === undefined) throw new Error('no time');
  if (answer.status === 204) {
    if (answer.headers['x-watchkeeper-receipt'] === undefined) throw new Error('no receipt');
  } else if (typeof JSON.parse(answer.body).error.code !== 'string') throw new Error('no code');
}

/** Sends `count` spoilt bodies; returns how many got which status. */
async function fuzz(
  { send, sendBody, clock }: Rig,
  secrets: readonly [agent: string, prometheus: string],
  count: number,
): Promise<Map<number, number>> {
  const list = hostSeries('web1', clock.now(), { count: 12 });
  const seeds = [
    writeRequestV1(list),
    writeRequestV2(list),
    writeRequestV1(list.slice(0, 1)),
    writeRequestV1([...list, { ...list[0]!, samples: [], histograms: 2, exemplars: 1 }]),
    nested(200),
    nested(5_000),
    Buffer.alloc(0),
  ];
  const statuses = new Map<number, number>();
  const body = fc.record({
    seed: fc.nat(seeds.length - 1),
    /** Before compression most of the time, so that the inner parts are reached. */
    inner: fc.array(spoiling, { maxLength: 4 }),
    outer: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Spoiling[]>([]) },
      { weight: 1, arbitrary: fc.array(spoiling, { maxLength: 3 }) },
    ),
    v2: fc.boolean(),
    agent: fc.boolean(),
    number: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(body, { minLength: BODIES_PER_RUN, maxLength: BODIES_PER_RUN }),
      async (bodies) => {
        for (const { seed, inner, outer, v2, agent, number } of bodies) {
          const message = inner.reduce<Buffer>(spoil, seeds[seed]!);
          const block = outer.reduce<Buffer>(spoil, compressSync(message));
          const headers = {
            ...(v2 ? { 'content-type': V2 } : {}),
            ...(number === undefined ? {} : numbered(agent ? 'web1' : 'prom', number)),
          };
          const answer = await sendBody(secrets[agent ? 0 : 1], block, headers);
          checkMark(answer);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        }
        await clock.advance(1_000);
      },
    ),
    { numRuns: count / BODIES_PER_RUN },
  );
  // Still in order afterwards: a whole request is stored.
  expect((await send(secrets[0], seeds[0]!)).status).toBe(204);
  return statuses;
}

/** Resident memory without what merely waits for the garbage collector. */
function residentBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().rss;
}

describe('malformed bodies', () => {
  it(`${BODIES} of them: always an answer of ours, never a throw, memory bounded`, async () => {
    const open = await rig();
    const secrets = [await open.token('web1'), await open.token('prom', 'remote-write')] as const;
    await fuzz(open, secrets, WARM_UP);
    const before = residentBytes();
    const statuses = await fuzz(open, secrets, BODIES - WARM_UP);
    const grownMiB = (residentBytes() - before) / 1024 ** 2;
    console.log(`resident memory grew ${grownMiB.toFixed(1)} MiB`);
    expect(grownMiB).toBeLessThan(50);
    expect(statuses.get(204)).toBeGreaterThan(1_000);
    expect(statuses.get(400)).toBeGreaterThan(10_000);
  }, 180_000);
});
