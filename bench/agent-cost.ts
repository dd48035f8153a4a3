/**
 * What watching costs the host that is watched: the agent as it is installed (the bundle, sampling
 * and sending every 15 s) next to Debian's prometheus-node-exporter, scraped at the same pace by a
 * client that keeps its connection, at the same time on the same host.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ, HEADER_TIME } from '../src/shared/protocol.ts';
import { findPart } from '../tools/parts.ts';
import { BUNDLE, buildBundle } from './support/agent-bundle.ts';
import { freePort, startServer, stopChild } from './support/child.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { proportionalBytes, residentBytes } from './support/process-cost.ts';
import { figure } from './support/table.ts';

const MIB = 1024 ** 2;
const GOAL_MS = 2.5;
const GOAL_MIB = 48;

interface Pace {
  readonly intervalMs: number;
  /** Not counted: start-up, and the first collection of its garbage. */
  readonly warmUpMs: number;
  readonly cycles: number;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Time on a processor of all threads so far, in milliseconds: `/proc` counts ticks too coarsely. */
function cpuMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const spent = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

/** A collector that stores nothing: what it costs must not blur what the agent costs. */
async function sink(): Promise<{ server: HttpServer; url: string; seen: number[] }> {
  const seen: number[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      seen.push(bytes);
      const { headers } = request;
      response.writeHead(204, {
        [HEADER_RECEIPT]: `${headers[HEADER_EPOCH]}/${headers[HEADER_SEQ]}`,
        [HEADER_TIME]: String(Date.now()),
      });
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** From a copy of Node, so that no memory is shared with this process and PSS is that of one alone. */
function startAgent(directory: string, url: string, { intervalMs }: Pace): ChildProcess {
  const node = join(directory, 'node');
  copyFileSync(process.execPath, node);
  writeFileSync(join(directory, 'token'), 'bench-token', { mode: 0o600 });
  const flags = ['--collector', url, '--token-file', 'token', '--data', 'data'];
  if (intervalMs !== 15_000) {
    writeFileSync(join(directory, 'agent.yaml'), `interval: ${intervalMs}ms\n`);
    flags.push('--config', 'agent.yaml');
  }
  return spawn(node, [BUNDLE, 'run', ...flags], { cwd: directory, stdio: 'ignore' });
}

function scrape(port: number, connections: Agent): Promise<number> {
  return new Promise((done, fail) => {
    const call = get({ port, path: '/metrics', agent: connections }, (answer) => {
      let lines = 0;
      answer.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().split('\n')) if (/^[a-z]/.test(line)) lines++;
      });
      answer.on('end', () => done(lines));
    });
    call.on('error', fail);
  });
}

interface Cost {
  readonly name: string;
  readonly pid: number;
  readonly cpuBefore: number;
}

function rowOf({ name, pid, cpuBefore }: Cost, cycles: number): (string | number)[] {
  const each = (cpuMs(pid) - cpuBefore) / cycles;
  return [name, each, proportionalBytes(pid) / MIB, residentBytes(pid) / MIB];
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const program = findPart('prometheus-node-exporter', process.env.PATH ?? '');
  if (program === null) throw new Error('needs the Debian package prometheus-node-exporter');
  const pace: Pace = smoke
    ? { intervalMs: 1_000, warmUpMs: 3_000, cycles: 5 }
    : { intervalMs: 15_000, warmUpMs: 35_000, cycles: 12 };
  buildBundle();
  const collector = await sink();
  const port = await freePort();
  const args = [`--web.listen-address=127.0.0.1:${port}`];
  const exporter = await startServer({
    name: 'node_exporter',
    program,
    args,
    port,
    readyPath: '/',
  });
  const agent = startAgent(directory, collector.url, pace);
  const connections = new Agent({ keepAlive: true });
  try {
    await sleep(pace.warmUpMs);
    let samples = await scrape(port, connections);
    const costs = [
      { name: 'agent', pid: agent.pid ?? 0 },
      { name: 'node_exporter', pid: exporter.pid },
    ].map((each): Cost => ({ ...each, cpuBefore: cpuMs(each.pid) }));
    const before = collector.seen.length;
    for (let cycle = 0; cycle < pace.cycles; cycle++) {
      await sleep(pace.intervalMs);
      samples = await scrape(port, connections);
    }
    const sent = collector.seen.slice(before);
    const rows = costs.map((cost) => rowOf(cost, pace.cycles));
    const bytes = sent.reduce((sum, each) => sum + each, 0) / Math.max(1, sent.length);
    return [
      {
        title: 'Cost of watching one host',
        columns: ['program', 'CPU ms per cycle', 'PSS MiB', 'RSS MiB'],
        rows,
        notes: notesOf(pace, rows, { sent: sent.length, bytes, samples }),
      },
    ];
  } finally {
    connections.destroy();
    await Promise.all([stopChild(agent), exporter.stop()]);
    collector.server.closeAllConnections();
    collector.server.close();
    await once(collector.server, 'close');
  }
}

interface Seen {
  readonly sent: number;
  readonly bytes: number;
  /** Of one scrape. */
  readonly samples: number;
}

function notesOf(
  { intervalMs, cycles }: Pace,
  rows: readonly (readonly (string | number)[])[],
  { sent, bytes, samples }: Seen,
): string[] {
  const [ours, theirs] = rows.map((row) => Number(row[1]));
  const share = figure((ours ?? 0) / (theirs ?? 1));
  const seconds = intervalMs / 1_000;
  return [
    `${cycles} cycles of ${seconds} s${intervalMs === 15_000 ? '' : ' (accelerated: not the 15 s of production)'}; the agent sent ${sent} batches of ${figure(bytes)} bytes, each fsynced before it left; a scrape of node_exporter had ${figure(samples)} samples.`,
    `The agent takes ${share} of node_exporter's CPU time in the same minutes on the same host. Goals: ${GOAL_MS} ms and ${GOAL_MIB} MiB on an idle host.`,
    'The agent ran from its own copy of Node, so its PSS is that of the only Node on a host; beside another Node (a collector) it is about half.',
  ];
}
