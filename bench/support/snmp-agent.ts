/**
 * One agent that asks simulated switches, in processes of their own, and a collector that takes
 * everything and looks at how the rounds went.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { listSources } from '../../src/agent/sources/sources.ts';
import {
  HEADER_EPOCH,
  HEADER_RECEIPT,
  HEADER_SEQ,
  HEADER_TIME,
} from '../../src/shared/protocol.ts';
import { decodeWrite } from '../../test/support/decode-write.ts';
import { BUNDLE } from './agent-bundle.ts';
import { freePort, stopChild } from './child.ts';
import { cpuSeconds, residentBytes } from './process-cost.ts';
import { addressOfDevice, PORTS } from './snmp-plan.ts';
import { figure } from './table.ts';

/** Until the agent has read its configuration and profiles. */
const START_SECONDS = 3;
const MIB = 1024 ** 2;

export interface Size {
  readonly devices: number;
  readonly intervalSeconds: number;
  /** Measured rounds, after one that is not. */
  readonly rounds: number;
}

export const FULL: Size = { devices: 1_000, intervalSeconds: 60, rounds: 3 };
export const SMOKE: Size = { devices: 20, intervalSeconds: 5, rounds: 1 };

export const sleep = (seconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, seconds * 1_000));

async function startSimulator(size: Size, silent: number, port: number): Promise<ChildProcess> {
  const args = [size.devices, silent, port].map(String);
  const child = fork(join(import.meta.dirname, 'snmp-sim.ts'), args, { execArgv: [] });
  await once(child, 'message');
  return child;
}

interface Seen {
  samples: number;
  /** Looks that were over, and how long the slowest took, of devices that answer and of those that do not. */
  looks: number;
  slowest: { answering: number; silent: number };
  /** Looks of each device. */
  byDevice: Map<string, number>;
}

const nothingSeen = (): Seen => ({
  samples: 0,
  looks: 0,
  slowest: { answering: 0, silent: 0 },
  byDevice: new Map(),
});

interface Sink {
  readonly url: string;
  readonly seen: Seen;
  close(): void;
}

/** A collector that takes everything, and looks at how the rounds went. */
async function sink(): Promise<Sink> {
  const seen = nothingSeen();
  let who: keyof Seen['slowest'] = 'answering';
  const take = (body: Buffer): void => {
    for (const { labels, value } of decodeWrite(body)) {
      seen.samples++;
      // It comes right before the duration of the same look.
      if (labels.__name__ === 'snmp_scrape_answered') who = value === 1 ? 'answering' : 'silent';
      if (labels.__name__ !== 'snmp_scrape_duration_seconds') continue;
      seen.looks++;
      seen.slowest[who] = Math.max(seen.slowest[who], value);
      const device = labels.instance ?? '';
      seen.byDevice.set(device, (seen.byDevice.get(device) ?? 0) + 1);
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

export interface Cost {
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly residentBytes: number;
}

export interface AgentCost extends Cost {
  readonly seen: Seen;
}

export async function measureAgent(
  size: Size,
  directory: string,
  port: number,
): Promise<AgentCost> {
  const collector = await sink();
  const agent = startAgent(size, join(directory, `agent-${port}`), { url: collector.url, port });
  const pid = agent.pid ?? 0;
  try {
    // Phases are spread over one interval: after two every device was asked as a whole.
    await sleep(2 * size.intervalSeconds + START_SECONDS);
    const cpu = cpuSeconds(pid);
    Object.assign(collector.seen, nothingSeen());
    await sleep(size.rounds * size.intervalSeconds);
    return {
      cpuSeconds: cpuSeconds(pid) - cpu,
      samples: collector.seen.samples,
      seen: structuredClone(collector.seen),
      residentBytes: residentBytes(pid),
    };
  } finally {
    await stopChild(agent);
    collector.close();
  }
}

export function rowOf(name: string, size: Size, cost: Cost): (string | number)[] {
  const looks = size.devices * size.rounds;
  return [
    name,
    (cost.cpuSeconds / looks) * 1_000,
    cost.cpuSeconds / size.rounds,
    cost.samples / looks,
    cost.residentBytes / MIB,
  ];
}

export const COLUMNS = ['part', 'CPU ms a device', 'CPU s a round', 'samples a device', 'RSS MiB'];

/** Switches on a port, the last ones silent, for as long as `measure` takes. */
export async function withSwitches<T>(
  size: Size,
  silent: number,
  measure: (port: number) => Promise<T>,
): Promise<T> {
  // A port that is free for TCP is very likely free for UDP on addresses nobody uses.
  const port = await freePort();
  const simulator = await startSimulator(size, silent, port);
  try {
    return await measure(port);
  } finally {
    await stopChild(simulator);
  }
}

export const titleOf = (size: Size): string =>
  `SNMP: ${size.devices} switches × ${PORTS} ports every ${size.intervalSeconds} s`;

/** How the looks went: what was made of what was due, and how long the slowest took. */
export function looksNote(size: Size, { seen }: AgentCost): string {
  const missed = Math.max(0, size.devices * size.rounds - seen.looks);
  const { answering, silent } = seen.slowest;
  const ofSilent = silent === 0 ? '' : `, of a silent one ${figure(silent)} s`;
  return (
    `The agent looked ${seen.looks} times at a device (${missed} turns missed); ` +
    `the slowest look took ${figure(answering)} s of the ${size.intervalSeconds} s${ofSilent}.`
  );
}
