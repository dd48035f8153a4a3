/**
 * F6: acknowledged after fsync. The collector runs under strace; for every 2xx answer to a batch an
 * fsync or fdatasync must have ended between the arrival of that request and the answer. A control
 * that commits with synchronous=NORMAL must fail the same check, or the check proves nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addToken, startCollector, wrappedPid } from '../support/collector-process.ts';
import { needs, projectFile } from '../support/parts.ts';
import { Sender } from './sender.ts';

const ACKS = 200;

/** Requests and answers carry this in their bytes, so the trace can be read by it. */
const EPOCH = 'f6'.repeat(16);

interface Proof {
  readonly answers: number;
  readonly unsynced: number;
}

/** Reads a trace in order of time: request seen → sync → answer. */
function readTrace(trace: string): Proof {
  let waiting = false;
  let synced = false;
  let answers = 0;
  let unsynced = 0;
  for (const line of trace.split('\n')) {
    // The request: bytes that begin with POST and are read from a socket.
    if (/(read|recvfrom|recvmsg)\(.*"POST \/api\/v1\/write/.test(line)) {
      waiting = true;
      synced = false;
    } else if (/\b(fsync|fdatasync)\b.*= 0$/.test(line)) {
      synced = true;
    } else if (waiting && /(write|writev|sendto|sendmsg)\(.*"HTTP\/1\.1 2\d\d/.test(line)) {
      answers++;
      if (!synced) unsynced++;
      waiting = false;
    }
  }
  return { answers, unsynced };
}

const straceCommand = (strace: string, output: string): string[] => [
  strace,
  '-f',
  '-qq',
  '-s',
  '64',
  '-e',
  'trace=fsync,fdatasync,read,write,writev,recvfrom,sendto,sendmsg,recvmsg',
  '-o',
  output,
];

async function sendBatches(port: number, name: string, token: string): Promise<number> {
  const sender = new Sender({
    name,
    token,
    epoch: EPOCH,
    startMs: Date.now() - 3_600_000,
    port: () => port,
  });
  for (let index = 1; index <= ACKS; index++) await sender.post(index);
  sender.close();
  return sender.acked.size;
}

test('every acknowledgement is written after a sync that follows its request', async (context) => {
  const strace = needs('strace', context);
  const directory = mkdtempSync(join(tmpdir(), 'wk-f6-'));
  try {
    const token = addToken(directory, 'oracle-0');
    const output = join(directory, 'trace.txt');
    const collector = await startCollector(directory, { wrapper: straceCommand(strace, output) });
    const acked = await sendBatches(Number(new URL(collector.url).port), 'oracle-0', token);
    await collector.stop();
    const proof = readTrace(readFileSync(output, 'latin1'));
    console.log('F6:', proof);
    expect(acked).toBe(ACKS);
    expect(proof).toEqual({ answers: ACKS, unsynced: 0 });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);

test('the control with synchronous=NORMAL fails the same check', async (context) => {
  const strace = needs('strace', context);
  const directory = mkdtempSync(join(tmpdir(), 'wk-f6-control-'));
  const output = join(directory, 'trace.txt');
  const [command = '', ...args] = straceCommand(strace, output);
  const control = projectFile('test/durability/control-normal.ts');
  const child = spawn(
    command,
    [...args, process.execPath, control, join(directory, 'control.db')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const port = await new Promise<number>((resolve) => {
      child.stdout.on('data', (chunk) => resolve(Number(String(chunk).trim())));
    });
    expect(await sendBatches(port, 'control', 'none')).toBe(ACKS);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(wrappedPid(child.pid ?? 0), 'SIGTERM');
    await ended;
    const proof = readTrace(readFileSync(output, 'latin1'));
    console.log('F6 control:', proof);
    // The trace of a process that is stopped may lack its last line.
    expect(proof.answers).toBeGreaterThanOrEqual(ACKS - 2);
    expect(proof.unsynced).toBeGreaterThan(ACKS / 2);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
