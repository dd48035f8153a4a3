/**
 * From a bad sample to its fault, while the collector is busy: 50,000 samples a second arrive, old
 * hours are sealed and rolled up, and capacity reports are made one after the other. Each probe is
 * one sample past its limit, of a device of its own; the time counts from sending it until
 * `GET /api/v1/faults` names the fault.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compressSync } from 'snappy';
import { openDesk } from '../src/collector/desk/desk.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLog } from '../src/shared/log.ts';
import { WRITE_PATH } from '../src/shared/protocol.ts';
import { encodeSamples } from '../src/shared/remote-write.ts';
import { makeLabels } from '../src/shared/sample.ts';
import { startLoad } from './support/load-process.ts';
import { type LoadResult, STEP_MS } from './support/load-protocol.ts';
import { makeTokens, startCollector } from './support/ours.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';

/** `pace` requests of 100 samples a second; enough steps of 15 s that two-hour stretches are sealed. */
const FULL = { hosts: 100, steps: 700, pace: 500 };
const SMOKE = { hosts: 20, steps: 100, pace: 500 };
const BETWEEN_PROBES_MS = 250;
const BETWEEN_REPORTS_MS = 1_000;
const ASK_AGAIN_MS = 10;
const GIVE_UP_MS = 10_000;
/** Opens with the first bad sample. */
const PROBED_RULE = `rules:
  bench_hot:
    kind: threshold
    indicator: temperature_celsius
    summary: { en: Hot, zh: 过热 }
    open: "> 500"`;
const PROBE_TOKEN = 'bench-probes';

async function prepare(directory: string, hosts: number) {
  mkdirSync(directory, { recursive: true });
  const shipped = join(import.meta.dirname, '../config/thresholds.yaml');
  const thresholds = join(directory, 'thresholds.yaml');
  writeFileSync(thresholds, readFileSync(shipped, 'utf8').replace(/^rules:$/m, PROBED_RULE));
  const config = join(directory, 'collector.yaml');
  writeFileSync(config, `data: data\npolicies:\n  thresholds: ${thresholds}\n`);
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const tokens = await makeTokens(data, hosts);
  const desk = await openDesk({ directory: data, clock: systemClock, log: silentLog });
  const actor = { who: 'bench', from: 'bench' };
  const { token } = await desk.addAgent(PROBE_TOKEN, 'remote-write', actor);
  await desk.close();
  return { config, data, tokens, token };
}

/** Milliseconds until the fault is there. */
async function probe(origin: string, token: string, device: string): Promise<number> {
  const labels = makeLabels([
    ['__name__', 'temperature_celsius'],
    ['instance', device],
    ['sensor', 'inlet'],
  ]);
  const from = performance.now();
  const body = compressSync(encodeSamples([{ labels, timeMs: Date.now(), value: 900 }]));
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  const answer = await fetch(`${origin}${WRITE_PATH}`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`the probe was refused: ${answer.status}`);
  while (performance.now() - from < GIVE_UP_MS) {
    const found = await fetch(`${origin}/api/v1/faults?device=${device}`);
    const { faults } = (await found.json()) as { faults: readonly unknown[] };
    if (faults.length > 0) return performance.now() - from;
    await pause(ASK_AGAIN_MS);
  }
  throw new Error(`no fault of ${device} after ${GIVE_UP_MS} ms`);
}

/** Does `task` over and over until `done` says so; resolves to what it gave. */
async function over<T>(done: () => boolean, task: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; !done(); turn++) results.push(await task(turn));
  return results;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

async function eventLoopDelay(origin: string): Promise<readonly number[]> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return ['p99', 'longest'].map((which) => {
    const line = new RegExp(`^watchkeeper_event_loop_delay_${which}_seconds (\\S+)`, 'm');
    return Number(line.exec(text)?.[1]) * 1e3;
  });
}

interface Watched {
  readonly loaded: LoadResult;
  /** Milliseconds of each probe, rising. */
  readonly waits: readonly number[];
  readonly reports: number;
}

/** Probes and reports for as long as the load lasts. */
async function watch(origin: string, token: string, load: Promise<LoadResult>): Promise<Watched> {
  let ended = false;
  const loading = load.finally(() => {
    ended = true;
  });
  const done = (): boolean => ended;
  const probing = over(done, async (turn) => {
    const waited = await probe(origin, token, `probe-${turn}`);
    await pause(BETWEEN_PROBES_MS);
    return waited;
  });
  const month = new Date().toISOString().slice(0, 7);
  const reporting = over(done, async () => {
    const answer = await fetch(`${origin}/api/v1/reports/capacity?month=${month}&format=html`);
    await answer.arrayBuffer();
    await pause(BETWEEN_REPORTS_MS);
    return answer.ok;
  });
  const [loaded, waits, reports] = await Promise.all([loading, probing, reporting]);
  const sorted = waits.toSorted((a, b) => a - b);
  return { loaded, waits: sorted, reports: reports.filter(Boolean).length };
}

function table({ loaded, waits, reports }: Watched, [p99, longest]: readonly number[]): BenchTable {
  return {
    title: 'From a bad sample to its fault',
    columns: ['figure', 'value'],
    rows: [
      ['samples a second', loaded.samples / loaded.seconds],
      ['write p99, ms', loaded.p99],
      ['probes', waits.length],
      ['sample to fault p50, ms', quantile(waits, 0.5)],
      ['sample to fault p99, ms', quantile(waits, 0.99)],
      ['sample to fault, longest, ms', waits.at(-1) ?? Number.NaN],
      ['reports made meanwhile', reports],
      ['event-loop delay p99, ms', p99 ?? Number.NaN],
      ['event-loop delay, longest, ms', longest ?? Number.NaN],
    ],
    notes: ['Goals: sample to fault p99 ≤ 1,500 ms; event-loop delay p99 < 100 ms.'],
  };
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const { hosts, steps, pace } = smoke ? SMOKE : FULL;
  const { config, data, tokens, token } = await prepare(directory, hosts);
  const server = await startCollector(data, config);
  const load = startLoad();
  try {
    await load.prepare({ hosts, steps, startMs: Date.now() - steps * STEP_MS, tokens });
    const { port } = server;
    const origin = `http://127.0.0.1:${port}`;
    const loading = load.run({ port, connections: 50, pace, fromStep: 0, toStep: steps });
    const watched = await watch(origin, token, loading);
    return [table(watched, await eventLoopDelay(origin))];
  } finally {
    await load.stop();
    await server.stop();
  }
}
