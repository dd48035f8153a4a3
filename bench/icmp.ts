/**
 * What it costs to ask two thousand addresses for an echo every 30 s: one agent with its rounds,
 * `fping`, spool and batches, its children counted with it. The collector is a stub that takes
 * everything, because only the agent is measured.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAgent } from '../src/agent/agent.ts';
import { DEFAULTS } from '../src/agent/default-settings.ts';
import { readProbes } from '../src/agent/probes/probes.ts';
import type { PushRequest, Transport } from '../src/agent/push/push.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLog } from '../src/shared/log.ts';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ, HEADER_TIME } from '../src/shared/protocol.ts';
import { findPart } from '../tools/parts.ts';
import type { BenchOptions, BenchTable } from './support/part.ts';
import { cpuSeconds, residentBytes } from './support/process-cost.ts';
import { figure } from './support/table.ts';

const MIB = 1024 ** 2;
const GOAL_SHARE = 0.05;

interface Size {
  readonly addresses: number;
  readonly intervalSeconds: number;
  /** Not counted: every address has been asked once. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const FULL: Size = { addresses: 2_000, intervalSeconds: 30, warmUpSeconds: 40, seconds: 90 };
const SMOKE: Size = { addresses: 200, intervalSeconds: 5, warmUpSeconds: 6, seconds: 10 };

const sleep = (seconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, seconds * 1_000));

/** 127.0.1.1, 127.0.1.2 … : 250 addresses of each third number. */
const addressOf = (i: number): string => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`;

function probesFile(directory: string, { addresses, intervalSeconds }: Size): string {
  const lines = Array.from({ length: addresses }, (_, i) => {
    return `  device-${i}: { kind: icmp, host: ${addressOf(i)} }`;
  });
  const file = join(directory, 'probes.yaml');
  const head = `allow: [127.0.0.0/8]\ninterval: ${intervalSeconds}s\ntimeout: 4s\nprobes:\n`;
  writeFileSync(file, `${head}${lines.join('\n')}\n`);
  return file;
}

interface Sink extends Transport {
  readonly seen: { batches: number; bytes: number };
}

/** A collector that takes everything at once. */
function sink(): Sink {
  const seen = { batches: 0, bytes: 0 };
  return {
    seen,
    send: async ({ headers, body }: PushRequest) => {
      seen.batches++;
      seen.bytes += body.length;
      const receipt = `${headers[HEADER_EPOCH]}/${headers[HEADER_SEQ]}`;
      return {
        status: 204,
        headers: { [HEADER_RECEIPT]: receipt, [HEADER_TIME]: String(Date.now()) },
        body: '',
      };
    },
    close: () => {},
  };
}

export async function run({ smoke, directory }: BenchOptions): Promise<readonly BenchTable[]> {
  if (findPart('fping', process.env.PATH ?? '') === null) {
    throw new Error('needs the Debian package fping');
  }
  const size = smoke ? SMOKE : FULL;
  const transport = sink();
  const agent = await openAgent({
    settings: {
      ...DEFAULTS,
      ...{ name: 'bench', instance: 'bench', tokenFile: 'the sink asks for none' },
      data: join(directory, 'data'),
      probes: await readProbes(probesFile(directory, size)),
    },
    ...{ clock: systemClock, log: silentLog, version: 'bench', sources: [], transport },
  });
  agent.start();
  try {
    await sleep(size.warmUpSeconds);
    const before = { ...measure(), samples: agent.spool.stats().issuedSamples };
    await sleep(size.seconds);
    const after = { ...measure(), samples: agent.spool.stats().issuedSamples };
    return [tableOf(size, { before, after, bytes: transport.seen.bytes })];
  } finally {
    await agent.stop(1_000);
  }
}

interface Measured {
  /** Of this process, and of it with all children. */
  readonly own: number;
  readonly all: number;
  readonly samples: number;
}

function measure(): Omit<Measured, 'samples'> {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, all: cpuSeconds(process.pid) };
}

interface Span {
  readonly before: Measured;
  readonly after: Measured;
  readonly bytes: number;
}

function tableOf(size: Size, { before, after, bytes }: Span): BenchTable {
  const { addresses, intervalSeconds, seconds } = size;
  const share = (from: number, to: number): number => (to - from) / seconds;
  const own = share(before.own, after.own);
  const all = share(before.all, after.all);
  const perRound = (after.samples - before.samples) / (seconds / intervalSeconds) / addresses;
  const verdict = all <= GOAL_SHARE ? 'met' : 'missed';
  return {
    title: `ICMP: ${addresses} addresses every ${intervalSeconds} s`,
    columns: ['part', '% of one core'],
    rows: [
      ['agent (rounds, samples, spool)', own * 100],
      ['fping', Math.max(0, all - own) * 100],
      ['together', all * 100],
    ],
    notes: [
      `${seconds} s; three echo requests to each address, ${figure(perRound)} samples each time, ${figure(bytes)} bytes sent in all; RSS ${figure(residentBytes(process.pid) / MIB)} MiB.`,
      `Goal: at most ${GOAL_SHARE * 100} % of one core with 2,000 addresses every 30 s: ${smoke(size) ? 'a smoke run says nothing of it' : verdict}.`,
      'All addresses are of the loopback interface, so the kernel answers in the time counted for fping.',
    ],
  };
}

const smoke = (size: Size): boolean => size === SMOKE;
