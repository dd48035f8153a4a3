/**
 * F12, one agent of it: the collector is away for 72 hours of warped time. Nothing is lost inside
 * the quota, live data comes first afterwards, and the backlog drains at no more than three times
 * the normal rate.
 */
import { expect, test } from 'vitest';
import { openPush, type PushRequest, type Transport } from '../../../src/agent/push/push.ts';
import { openSpool, type Spool } from '../../../src/agent/spool/spool.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { silentLog } from '../../../src/shared/log.ts';
import {
  HEADER_EPOCH,
  HEADER_GAPS,
  HEADER_RECEIPT,
  HEADER_SEQ,
} from '../../../src/shared/protocol.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { simFs } from '../../support/sim-fs.ts';
import { CollectorModel, DIRECTORY, idOf, imbalance } from '../spool/parts.ts';

const INTERVAL_MS = 15_000;
const OUTAGE_MS = 72 * 3_600_000;
const BATCHES = OUTAGE_MS / INTERVAL_MS;
const ROUND_TRIP_MS = 50;

interface Arrival {
  readonly id: number;
  readonly atMs: number;
}

/** Answers after a round trip, or not at all while it is away. */
function slowCollector(clock: ReturnType<typeof manualClock>) {
  const model = new CollectorModel();
  const arrivals: Arrival[] = [];
  const state = { isAway: false, attempts: 0 };
  const answer = ({ headers, body }: PushRequest) => {
    const epoch = headers[HEADER_EPOCH] ?? '';
    const seq = Number(headers[HEADER_SEQ]);
    const gaps = JSON.parse(headers[HEADER_GAPS] ?? '[]');
    const result = model.receive({ epoch, seq, body, gaps, samples: 0, firstMs: 0, lastMs: 0 });
    expect(['stored', 'duplicate']).toContain(result);
    if (result === 'stored') arrivals.push({ id: idOf(body), atMs: clock.now() });
    return { status: 204, headers: { [HEADER_RECEIPT]: `${epoch}/${seq}` }, body: '' };
  };
  const transport: Transport = {
    close: () => {},
    send: (request) =>
      new Promise((resolve, reject) => {
        state.attempts++;
        clock.after(ROUND_TRIP_MS, () => {
          if (state.isAway) reject(new Failure('unavailable', 'away'));
          else resolve(answer(request));
        });
      }),
  };
  return { model, arrivals, state, transport };
}

async function start(maxBytes: number) {
  const clock = manualClock();
  const collector = slowCollector(clock);
  const limits = { maxBytes, maxAgeMs: OUTAGE_MS + 3_600_000, minFreeRatio: 0.1 };
  const spool = await openSpool({
    directory: DIRECTORY,
    fs: simFs(),
    clock,
    log: silentLog,
    ...limits,
  });
  const push = openPush({
    spool,
    transport: collector.transport,
    clock,
    log: silentLog,
    agent: 'web-01',
    backlogFactor: 3,
    outageMs: 60_000,
  });
  push.start();
  let id = 0;
  /** One cycle of the sampler, and the time until the next. */
  const cycle = async (): Promise<number> => {
    id++;
    const body = Buffer.alloc(60);
    body.writeUInt32LE(id, 0);
    const timeMs = clock.now();
    await spool.append({ body, samples: 1, firstMs: timeMs, lastMs: timeMs });
    push.wake();
    await clock.advance(INTERVAL_MS);
    return id;
  };
  return { clock, spool, push, cycle, ...collector };
}

const idsOf = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ id }) => id);
const waiting = (spool: Spool): number => spool.stats().batches;

test('72 hours without a collector', async () => {
  const run = await start(2 ** 30);
  const { spool, state, arrivals, model, clock } = run;
  for (let i = 0; i < 4; i++) await run.cycle();
  expect(idsOf(arrivals)).toEqual([1, 2, 3, 4]);

  state.isAway = true;
  const attemptsBefore = state.attempts;
  for (let i = 0; i < BATCHES; i++) await run.cycle();
  expect(waiting(spool)).toBe(BATCHES);
  // About one attempt in 45 seconds.
  expect(state.attempts - attemptsBefore).toBeLessThan(OUTAGE_MS / 30_000);

  state.isAway = false;
  const backMs = clock.now();
  const perInterval: number[] = [];
  let live = 0;
  for (let cycles = 0; waiting(spool) > 0; cycles++) {
    const before = arrivals.length;
    const id = await run.cycle();
    const fresh = arrivals.slice(before);
    perInterval.push(fresh.length);
    // Until it is noticed that the collector is back takes a pause of up to a minute.
    const isLive = fresh.some((each) => each.id === id);
    if (clock.now() - backMs > 90_000) expect(isLive, `cycle ${cycles}`).toBe(true);
    if (isLive) live++;
    expect(cycles).toBeLessThan(BATCHES);
  }
  expect(live).toBeGreaterThan(BATCHES / 4);
  // Live, and three of the backlog beside it.
  expect(Math.max(...perInterval)).toBeLessThanOrEqual(4);
  const drainedMs = clock.now() - backMs;
  expect(drainedMs).toBeLessThan(OUTAGE_MS / 3 + 600_000);

  const ids = idsOf(arrivals);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(spool.stats().issuedSamples);
  expect(model.gaps).toEqual([]);
  const backlog = arrivals.filter(({ id }) => id > 4 && id <= 4 + BATCHES).map(({ id }) => id);
  expect(backlog, 'in order').toEqual(backlog.toSorted((a, b) => a - b));
  expect(imbalance(spool)).toBe(0);
}, 120_000);

test('with a quota that holds half of it, the older half is declared', async () => {
  const perBatch = 60 + 80;
  const run = await start(Math.floor((500 * perBatch * 8) / 7));
  const { spool, state, arrivals, model } = run;
  await run.cycle();
  state.isAway = true;
  for (let i = 0; i < 1_000; i++) await run.cycle();
  state.isAway = false;
  while (waiting(spool) > 0) await run.cycle();
  const lost = spool.stats().dropped.quota ?? 0;
  expect(lost).toBeGreaterThan(450);
  expect(lost).toBeLessThan(560);
  expect(model.declaredSamples).toBe(lost);
  expect(arrivals.length + lost).toBe(spool.stats().issuedSamples);
  expect(imbalance(spool)).toBe(0);
}, 60_000);

test('a short break leaves live data live: no epoch, no backlog', async () => {
  const run = await start(2 ** 30);
  const { state, arrivals, model } = run;
  await run.cycle();
  state.isAway = true;
  await run.cycle();
  state.isAway = false;
  await run.cycle();
  await run.cycle();
  expect(idsOf(arrivals)).toEqual([1, 2, 3, 4]);
  expect(model.cursors.size).toBe(1);
});
