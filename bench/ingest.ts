/**
 * What a sample costs on its way in: the same remote-write bytes into Watchkeeper, victoria-metrics
 * and prometheus, one after the other in one run. 1,000 hosts of 100 series, one request per host
 * and 15-s step, times advancing; first as fast as each takes them (cost), then at 500 requests a
 * second (latency). CPU is user + system time of the server and its children from /proc, until a
 * second after the last answer, so that work put off for a moment is counted.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from './support/child.ts';
import { type Load, startLoad } from './support/load-process.ts';
import { type LoadResult, STEP_MS } from './support/load-protocol.ts';
import { makeTokens, startCollector } from './support/ours.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { startPrometheus, startVictoriaMetrics } from './support/peers.ts';
import { cpuSeconds, residentBytes } from './support/process-cost.ts';

interface Size {
  readonly hosts: number;
  /** Sent before anything is measured: compilers and caches warm up, series become known. */
  readonly warmSteps: number;
  readonly costSteps: number;
  readonly paceSteps: number;
}

const FULL: Size = { hosts: 1_000, warmSteps: 15, costSteps: 45, paceSteps: 4 };
const SMOKE: Size = { hosts: 50, warmSteps: 4, costSteps: 10, paceSteps: 4 };
const CONNECTIONS = 50;
const PACE = 500;

interface Figures {
  readonly name: string;
  readonly samplesPerCpuSecond: number;
  readonly samplesPerSecond: number;
  readonly cost: LoadResult;
  readonly paced: LoadResult;
  readonly pacedCpuShare: number;
  readonly residentBytes: number;
}

async function measure(server: Server, load: Load, size: Size): Promise<Figures> {
  const { port, pid } = server;
  const warmEnd = size.warmSteps;
  const costEnd = warmEnd + size.costSteps;
  const all = { port, connections: CONNECTIONS, pace: null };
  await load.run({ ...all, fromStep: 0, toStep: warmEnd });
  await settle();
  const before = cpuSeconds(pid);
  const cost = await load.run({ ...all, fromStep: warmEnd, toStep: costEnd });
  await settle();
  const between = cpuSeconds(pid);
  const paceEnd = costEnd + size.paceSteps;
  const paced = await load.run({ ...all, fromStep: costEnd, toStep: paceEnd, pace: PACE });
  const after = cpuSeconds(pid);
  return {
    name: server.name,
    samplesPerCpuSecond: cost.samples / (between - before),
    samplesPerSecond: cost.samples / cost.seconds,
    cost,
    paced,
    pacedCpuShare: (after - between) / paced.seconds,
    residentBytes: residentBytes(pid),
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** One server after the other, each gone before the next begins. */
async function measureAll(
  starts: ReadonlyMap<string, () => Promise<Server | null>>,
  load: Load,
  size: Size,
): Promise<{ readonly measured: readonly Figures[]; readonly absent: readonly string[] }> {
  const measured: Figures[] = [];
  const absent: string[] = [];
  for (const [name, start] of starts) {
    const server = await start();
    if (server === null) {
      absent.push(name);
      continue;
    }
    try {
      measured.push(await measure(server, load, size));
    } finally {
      await server.stop();
    }
  }
  return { measured, absent };
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const size = smoke ? SMOKE : FULL;
  const steps = size.warmSteps + size.costSteps + size.paceSteps;
  const home = join(directory, 'collector');
  mkdirSync(home, { recursive: true });
  const tokens = await makeTokens(home, size.hosts);
  const load = startLoad();
  try {
    const startMs = Date.now() - steps * STEP_MS;
    await load.prepare({ hosts: size.hosts, steps, startMs, tokens });
    const starts = new Map<string, () => Promise<Server | null>>([
      ['watchkeeper', () => startCollector(home)],
      ['victoria-metrics', () => startVictoriaMetrics(directory)],
      ['prometheus', () => startPrometheus(directory)],
    ]);
    const { measured, absent } = await measureAll(starts, load, size);
    return [costTable(measured, absent, size), latencyTable(measured)];
  } finally {
    await load.stop();
  }
}

const refused = ({ statuses }: LoadResult): number =>
  Object.entries(statuses).reduce((sum, [status, n]) => sum + (status === '204' ? 0 : n), 0);

function costTable(
  measured: readonly Figures[],
  absent: readonly string[],
  { hosts, costSteps }: Size,
): BenchTable {
  const own = measured[0]?.samplesPerCpuSecond ?? Number.NaN;
  return {
    title: 'Ingest: what a sample costs',
    columns: ['server', 'samples / CPU second', 'ours ÷ theirs', 'samples / second', 'refused'],
    rows: measured.map((one) => [
      one.name,
      one.samplesPerCpuSecond,
      own / one.samplesPerCpuSecond,
      one.samplesPerSecond,
      refused(one.cost) + refused(one.paced),
    ]),
    notes: [
      `${hosts} hosts × 100 series × ${costSteps} steps of 15 s; ${CONNECTIONS} connections.`,
      'Goal: at least 1.4 M samples per CPU second, 2 × victoria-metrics, 5 × prometheus.',
      'Watchkeeper syncs every commit before it answers and judges thresholds meanwhile;',
      'the others do neither by default.',
      ...absent.map((name) => `${name} is not installed here and was left out.`),
    ],
  };
}

function latencyTable(measured: readonly Figures[]): BenchTable {
  return {
    title: `Ingest: answering at ${PACE} requests a second`,
    columns: [
      'server',
      'p50 ms',
      'p99 ms',
      'longest ms',
      'CPU cores',
      'RSS MiB',
      'p99 ms at full load',
    ],
    rows: measured.map((one) => [
      one.name,
      one.paced.p50,
      one.paced.p99,
      one.paced.longest,
      one.pacedCpuShare,
      one.residentBytes / 1024 ** 2,
      one.cost.p99,
    ]),
    notes: ['From when a request was due to the end of its answer. RSS at the end of the run.'],
  };
}
