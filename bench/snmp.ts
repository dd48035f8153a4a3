/**
 * What it costs to ask a thousand switches of 48 ports every minute: one agent with its rounds,
 * spool and batches, next to Debian's snmp_exporter walking the same switches with if_mib. Once with
 * all of them answering, once with half of them silent. Switches are simulated by a process of
 * their own whose cost is nobody's.
 */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { listSources } from '../src/agent/sources/sources.ts';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ, HEADER_TIME } from '../src/shared/protocol.ts';
import { decodeWrite } from '../test/support/decode-write.ts';
import { freePort, type Server, stopChild } from './support/child.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { cpuSeconds, residentBytes } from './support/process-cost.ts';
import { startSnmpExporter } from './support/snmp-exporter.ts';
import { addressOfDevice, PORTS } from './support/snmp-plan.ts';
import { figure } from './support/table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BUNDLE = join(ROOT, 'dist/watchkeeper-agent.cjs');
/** Until the agent has read its configuration and profiles. */
const START_SECONDS = 3;
const MIB = 1024 ** 2;

interface Size {
  readonly devices: number;
  readonly intervalSeconds: number;
  /** Measured rounds, after one that is not. */
  readonly rounds: number;
}

const FULL: Size = { devices: 1_000, intervalSeconds: 60, rounds: 3 };
const SMOKE: Size = { devices: 20, intervalSeconds: 5, rounds: 1 };

const sleep = (seconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, seconds * 1_000));

async function startSimulator(size: Size, silent: number, port: number): Promise<ChildProcess> {
  const args = [size.devices, silent, port].map(String);
  const child = fork(join(import.meta.dirname, 'support/snmp-sim.ts'), args, { execArgv: [] });
  await once(child, 'message');
  return child;
}

interface Sink {
  readonly url: string;
  readonly seen: { samples: number; rounds: number; slowest: number };
  close(): void;
}

/** A collector that takes everything, and looks at how the rounds went. */
async function sink(): Promise<Sink> {
  const seen = { samples: 0, rounds: 0, slowest: 0 };
  const take = (body: Buffer): void => {
    for (const { labels, value } of decodeWrite(body)) {
      seen.samples++;
      if (labels.__name__ !== 'snmp_scrape_duration_seconds') continue;
      seen.rounds++;
      seen.slowest = Math.max(seen.slowest, value);
    }
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      take(Buffer.concat(parts));
      const { headers } = request;
      response.writeHead(204, {
        [HEADER_RECEIPT]: `${headers[HEADER_EPOCH]}/${headers[HEADER_SEQ]}`,
        [HEADER_TIME]: String(Date.now()),
      });
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, close: () => void server.close() };
}

function build(): void {
  const made = spawnSync(process.execPath, ['tools/build.ts'], { cwd: ROOT, encoding: 'utf8' });
  if (made.status !== 0 || !existsSync(BUNDLE)) throw new Error(`no bundle: ${made.stderr}`);
}

/** The agent as it is installed, in a process of its own, without the sources of this host. */
function startAgent(size: Size, directory: string, ports: { url: string; port: number }) {
  mkdirSync(directory);
  const targets = Array.from({ length: size.devices }, (_, i) => ({
    name: `switch-${i}`,
    address: addressOfDevice(i),
    port: ports.port,
  }));
  const snmp = {
    credentials_file: 'credentials.yaml',
    credential: 'all',
    interval: `${size.intervalSeconds}s`,
    timeout: size === SMOKE ? '500ms' : '3s',
    targets,
  };
  const community = { version: '2c', community: 'public', allow_clear_text: true };
  const write = (name: string, text: string): void =>
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  write('credentials.yaml', stringify({ credentials: { all: community } }));
  write('agent.yaml', stringify({ off: listSources().map(({ name }) => name), snmp }));
  write('token', 'bench-token');
  const place = ['--collector', ports.url, '--token-file', 'token', '--data', 'data'];
  const args = ['run', '--config', 'agent.yaml', ...place];
  return spawn(process.execPath, [BUNDLE, ...args], {
    cwd: directory,
    stdio: 'ignore',
  });
}

interface Cost {
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly residentBytes: number;
  /** Slowest round of one device, seconds. */
  readonly slowest: number;
  /** Of all looks at devices, how many were made. */
  readonly looks: number;
}

async function measureAgent(size: Size, directory: string, port: number): Promise<Cost> {
  const collector = await sink();
  const agent = startAgent(size, join(directory, `agent-${port}`), { url: collector.url, port });
  const pid = agent.pid ?? 0;
  try {
    // Phases are spread over one interval: after two every device was asked as a whole.
    await sleep(2 * size.intervalSeconds + START_SECONDS);
    const cpu = cpuSeconds(pid);
    const before = { ...collector.seen };
    collector.seen.slowest = 0;
    await sleep(size.rounds * size.intervalSeconds);
    const { seen } = collector;
    return {
      cpuSeconds: cpuSeconds(pid) - cpu,
      samples: seen.samples - before.samples,
      looks: seen.rounds - before.rounds,
      slowest: seen.slowest,
      residentBytes: residentBytes(pid),
    };
  } finally {
    await stopChild(agent);
    collector.close();
  }
}

/** Every device once in an interval, spread as Prometheus spreads its scrapes. */
async function scrapeRound(size: Size, exporter: Server, port: number) {
  const gapMs = (size.intervalSeconds * 1_000) / size.devices;
  let samples = 0;
  let slowest = 0;
  const scrape = async (i: number): Promise<void> => {
    await sleep((i * gapMs) / 1_000);
    const startMs = performance.now();
    const target = `${addressOfDevice(i)}:${port}`;
    const url = `http://127.0.0.1:${exporter.port}/snmp?module=if_mib&target=${target}`;
    const text = await fetch(url).then((answer) => answer.text());
    slowest = Math.max(slowest, (performance.now() - startMs) / 1_000);
    samples += text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  };
  await Promise.all(Array.from({ length: size.devices }, (_, i) => scrape(i)));
  return { samples, slowest };
}

async function measureExporter(size: Size, directory: string, port: number): Promise<Cost | null> {
  const exporter = await startSnmpExporter(directory);
  if (exporter === null) return null;
  try {
    await scrapeRound(size, exporter, port);
    const cpu = cpuSeconds(exporter.pid);
    let samples = 0;
    let slowest = 0;
    for (let round = 0; round < size.rounds; round++) {
      const seen = await scrapeRound(size, exporter, port);
      samples += seen.samples;
      slowest = Math.max(slowest, seen.slowest);
    }
    const used = cpuSeconds(exporter.pid) - cpu;
    return {
      cpuSeconds: used,
      samples,
      slowest,
      looks: size.devices * size.rounds,
      residentBytes: residentBytes(exporter.pid),
    };
  } finally {
    await exporter.stop();
  }
}

function rowOf(name: string, size: Size, cost: Cost): (string | number)[] {
  const looks = size.devices * size.rounds;
  return [
    name,
    (cost.cpuSeconds / looks) * 1_000,
    cost.cpuSeconds / size.rounds,
    cost.samples / looks,
    cost.residentBytes / MIB,
  ];
}

async function compare(size: Size, silent: number, directory: string): Promise<BenchTable> {
  // A port that is free for TCP is very likely free for UDP on addresses nobody uses.
  const port = await freePort();
  const simulator = await startSimulator(size, silent, port);
  try {
    const exporter = await measureExporter(size, directory, port);
    const agent = await measureAgent(size, directory, port);
    const rows = [rowOf('watchkeeper agent', size, agent)];
    if (exporter !== null) rows.push(rowOf('snmp_exporter, if_mib', size, exporter));
    return {
      title: `SNMP: ${size.devices} switches × ${PORTS} ports every ${size.intervalSeconds} s, ${silent} silent`,
      columns: ['part', 'CPU ms a device', 'CPU s a round', 'samples a device', 'RSS MiB'],
      rows,
      notes: notesOf(size, { agent, exporter }),
    };
  } finally {
    await stopChild(simulator);
  }
}

function notesOf(
  size: Size,
  { agent, exporter }: { readonly agent: Cost; readonly exporter: Cost | null },
): string[] {
  const missed = size.devices * size.rounds - agent.looks;
  const notes = [
    `The agent looked ${agent.looks} times at a device (${Math.max(0, missed)} turns missed), the slowest look took ${figure(agent.slowest)} s of the ${size.intervalSeconds} s.`,
    `${size.rounds} rounds after two that are not counted; the agent's figures include spool and sending.`,
    'The agent reads what its indicators need; if_mib is all of ifTable and ifXTable.',
  ];
  if (exporter === null) return [...notes, 'prometheus-snmp-exporter is not installed.'];
  const verdict = agent.cpuSeconds < exporter.cpuSeconds ? 'met' : 'missed';
  notes.push(
    `Slowest scrape of snmp_exporter: ${figure(exporter.slowest)} s.`,
    `Goal: fewer CPU seconds a device than snmp_exporter: ${size === SMOKE ? 'a smoke run says nothing of it' : verdict}.`,
  );
  return notes;
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  const size = smoke ? SMOKE : FULL;
  build();
  if (smoke) return [await compare(size, size.devices / 2, directory)];
  return [await compare(size, 0, directory), await compare(size, size.devices / 2, directory)];
}
