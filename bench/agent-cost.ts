/**
 * What watching a host costs: our agent's bundle, pushing to a real collector, beside Debian's
 * node_exporter scraped at the same pace, on the same host in the same minutes. CPU is user + system
 * time of the process from /proc; memory is the proportional set size at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDesk } from '../src/collector/desk/desk.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLog } from '../src/shared/log.ts';
import { findPart } from '../tools/parts.ts';
import { freePort, startServer, stopChild } from './support/child.ts';
import { startCollector } from './support/ours.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { cpuSeconds, proportionalBytes } from './support/process-cost.ts';

const ROOT = join(import.meta.dirname, '..');
const NAME = 'bench-agent';
/** Of the systemd unit: little room for garbage, so that memory stays small. */
const AGENT_FLAGS = ['--max-old-space-size=48', '--max-semi-space-size=1'];

interface Pace {
  readonly seconds: number;
  readonly cycles: number;
  readonly warmCycles: number;
}
const FULL: Pace = { seconds: 15, cycles: 8, warmCycles: 2 };
const SMOKE: Pace = { seconds: 1, cycles: 4, warmCycles: 2 };

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const MIB = 1024 ** 2;

async function configure(directory: string, url: string, seconds: number): Promise<string> {
  const desk = await openDesk({ directory, clock: systemClock, log: silentLog });
  const { token } = await desk.addAgent(NAME, 'agent', { who: 'bench', from: 'bench' });
  await desk.close();
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, `${token}\n`);
  chmodSync(tokenFile, 0o600);
  const file = join(directory, 'agent.yaml');
  const lines = [
    `collector: ${url}`,
    `token_file: ${tokenFile}`,
    `name: ${NAME}`,
    `interval: ${seconds}s`,
    `data: ${join(directory, 'agent')}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function startExporter(): Promise<{
  pid: number;
  scrape(): Promise<void>;
  stop(): Promise<void>;
} | null> {
  const program = findPart('prometheus-node-exporter', process.env.PATH ?? '');
  if (program === null) return null;
  const port = await freePort();
  const server = await startServer({
    name: 'node_exporter',
    program,
    args: [`--web.listen-address=127.0.0.1:${port}`],
    port,
    readyPath: '/',
  });
  return {
    pid: server.pid,
    scrape: async () => void (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    stop: server.stop,
  };
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const pace = smoke ? SMOKE : FULL;
  const built = spawnSync(process.execPath, [join(ROOT, 'tools/build.ts')], { stdio: 'ignore' });
  if (built.status !== 0) throw new Error('the bundles could not be built');
  const home = join(directory, 'collector');
  mkdirSync(home, { recursive: true });
  // The token is made before the collector opens its directory; its port is known after.
  const config = await configure(home, 'http://127.0.0.1:1', pace.seconds);
  const collector = await startCollector(home);
  writeFileSync(config, rewriteCollector(config, collector.port));
  const bundle = join(ROOT, 'dist/watchkeeper-agent.cjs');
  const agent = spawn(process.execPath, [...AGENT_FLAGS, bundle, 'run', '--config', config], {
    stdio: 'ignore',
  });
  const exporter = await startExporter();
  try {
    const scrape = async (cycles: number): Promise<void> => {
      for (let cycle = 0; cycle < cycles; cycle++) {
        await exporter?.scrape();
        await wait(pace.seconds * 1000);
      }
    };
    await scrape(pace.warmCycles);
    const pids = [agent.pid ?? 0, exporter?.pid ?? 0];
    const before = pids.map(cpuSeconds);
    await scrape(pace.cycles);
    const cost = pids.map((pid, i) => ((cpuSeconds(pid) - (before[i] ?? 0)) * 1000) / pace.cycles);
    return [table(pace, cost, pids)];
  } finally {
    await stopChild(agent);
    await exporter?.stop();
    await collector.stop();
  }
}

function rewriteCollector(file: string, port: number): string {
  return readFileSync(file, 'utf8').replace(
    /^collector: .*$/m,
    `collector: http://127.0.0.1:${port}`,
  );
}

function table(pace: Pace, cost: readonly number[], pids: readonly number[]): BenchTable {
  const names = ['watchkeeper agent', 'node_exporter'];
  return {
    title: 'Agent: what watching a host costs',
    columns: ['program', `CPU ms per ${pace.seconds}-s cycle`, 'ours ÷ theirs', 'PSS MiB'],
    rows: names.map((name, i) => [
      name,
      cost[i] ?? Number.NaN,
      (cost[0] ?? Number.NaN) / (cost[i] ?? Number.NaN),
      proportionalBytes(pids[i] ?? 0) / MIB,
    ]),
    notes: [
      `${pace.cycles} cycles; CPU is counted in hundredths of a second. Our agent also keeps every batch on disk and pushes it.`,
      'PSS divides pages shared with other Node processes (the collector runs beside it): compare with care.',
      'Goal: at most 2.5 ms per 15-s cycle where node_exporter takes 7.5, and at most 48 MB.',
    ],
  };
}
