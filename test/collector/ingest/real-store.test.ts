/** Ingest over the store it is made for: what was acknowledged is there, once, restart or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressSync } from 'snappy';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDesk } from '../../../src/collector/desk/desk.ts';
import { openIngest } from '../../../src/collector/ingest/ingest.ts';
import { openStore } from '../../../src/collector/store/store.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { EPOCH, errorOf, hostSeries, numbered, request, V2 } from './rig.ts';
import { writeRequestV1, writeRequestV2 } from './wire-bytes.ts';

const ACTOR = { who: 'test', from: 'here' };
const SERIES = 10;
const STEP_MS = 15_000;

async function open() {
  const directory = mkdtempSync(join(tmpdir(), 'watchkeeper-ingest-store-'));
  const clock = manualClock();
  const start = async () => {
    const desk = await openDesk({ directory, clock, log: silentLog });
    const store = await openStore({ directory, clock, log: silentLog });
    const ingest = openIngest({ store, desk, clock, log: silentLog });
    return { desk, store, ingest };
  };
  let now = await start();
  const stop = async () => {
    await now.store.close();
    await now.desk.close();
  };
  onTestFinished(async () => {
    await stop();
    rmSync(directory, { recursive: true });
  });
  return {
    clock,
    rooms: () => now,
    restart: async () => {
      await stop();
      now = await start();
    },
  };
}

describe('ingest and the real store', () => {
  it('keeps every numbered sample once, through duplicates, swaps and restarts', async () => {
    const { clock, rooms, restart } = await open();
    const { token } = await rooms().desk.addAgent('web1', 'agent', ACTOR);
    const beganMs = clock.now();
    const batches = 300;
    let duplicates = 0;
    let swapped = 0;
    const send = async (seq: number) => {
      const list = hostSeries('web1', beganMs + seq * STEP_MS, { count: SERIES, value: seq });
      const v2 = seq % 7 === 0;
      const body = compressSync(v2 ? writeRequestV2(list) : writeRequestV1(list));
      const headers = { ...numbered('web1', seq), ...(v2 ? { 'content-type': V2 } : {}) };
      return rooms().ingest.receive(request(token, body, headers));
    };
    for (let seq = 1; seq <= batches; seq++) {
      await clock.advance(STEP_MS);
      if (seq % 10 === 0) {
        const early = await send(seq + 1);
        expect(errorOf(early).detail).toEqual({ expected: seq });
        swapped++;
      }
      const answer = await send(seq);
      expect(answer.headers['x-watchkeeper-receipt']).toBe(`${EPOCH}/${seq}`);
      if (seq % 5 === 0) {
        expect(await send(seq)).toMatchObject({ status: 204 });
        duplicates++;
      }
      if (seq % 100 === 0) await restart();
    }
    expect(swapped).toBe(30);
    expect(duplicates).toBe(60);
    const { store } = rooms();
    expect(store.cursor('web1', EPOCH)).toBe(batches);
    const windows = await store.read('web1', 0, clock.now() + 1);
    expect(windows).toHaveLength(SERIES);
    for (const { times, values } of windows) {
      const expected = Array.from({ length: batches }, (_, index) => index + 1);
      expect([...values]).toEqual(expected);
      expect([...times]).toEqual(expected.map((seq) => beganMs + seq * STEP_MS));
    }
  }, 60_000);

  it('stores what a Prometheus repeats only once, by series and time', async () => {
    const { clock, rooms } = await open();
    const { token } = await rooms().desk.addAgent('prom', 'remote-write', ACTOR);
    const body = compressSync(writeRequestV1(hostSeries('web1', clock.now(), { count: SERIES })));
    for (let time = 0; time < 5; time++) {
      expect((await rooms().ingest.receive(request(token, body))).status).toBe(204);
    }
    const windows = await rooms().store.read('web1', 0, clock.now() + 1);
    expect(windows.map(({ times }) => times.length)).toEqual(Array(SERIES).fill(1));
  });

  it('gives a device that was removed and returns its own series again', async () => {
    const { clock, rooms } = await open();
    const { desk } = rooms();
    const tokens = new Map<string, string>();
    for (const name of ['web1', 'web2']) {
      tokens.set(name, (await desk.addAgent(name, 'agent', ACTOR)).token);
    }
    const write = async (name: string, value: number) => {
      await clock.advance(STEP_MS);
      const list = hostSeries(name, clock.now(), { count: SERIES, value });
      const body = compressSync(writeRequestV1(list));
      const answer = await rooms().ingest.receive(request(tokens.get(name) ?? '', body));
      expect(answer.status).toBe(204);
    };
    for (let step = 1; step <= 4; step++) {
      await write('web1', 1);
      await write('web2', 2);
    }
    await rooms().store.removeDevice('web1');
    for (let step = 1; step <= 4; step++) {
      await write('web2', 2);
      await write('web1', 1);
    }
    const valuesOf = async (name: string) => {
      const windows = await rooms().store.read(name, 0, clock.now() + 1);
      return new Set(windows.flatMap(({ values }) => [...values]));
    };
    expect(await valuesOf('web1')).toEqual(new Set([1]));
    expect(await valuesOf('web2')).toEqual(new Set([2]));
  });
});
