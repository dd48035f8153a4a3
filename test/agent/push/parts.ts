/** A collector of a few lines on loopback, that can be told to misbehave; and a push before it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openPush,
  openTransport,
  type Push,
  type Transport,
} from '../../../src/agent/push/push.ts';
import { openSpool, type Spool } from '../../../src/agent/spool/spool.ts';
import { createLog } from '../../../src/shared/log.ts';
import {
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_GAPS,
  HEADER_RECEIPT,
  HEADER_SENT_AT,
  HEADER_SEQ,
  HEADER_TIME,
} from '../../../src/shared/protocol.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { simFs } from '../../support/sim-fs.ts';
import { CollectorModel, DIRECTORY } from '../spool/parts.ts';

export const TOKEN = 'wk_0123456789abcdef';
export const AGENT = 'web-01';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one request; `next` answers it as a collector would. */
export type Manner = (response: ServerResponse, call: Call, next: () => void) => void;

export interface FakeCollector {
  readonly url: string;
  readonly calls: readonly Call[];
  readonly model: CollectorModel;
  /** The next requests are answered so, one each; then it behaves again. */
  script(...manners: readonly Manner[]): void;
  /** Every request is answered so until `null`. */
  always(manner: Manner | null): void;
  close(): void;
}

const collectors: FakeCollector[] = [];

/** As the real one: receipts, its time, errors with its mark. */
function answer(model: CollectorModel, timeMs: () => number): Manner {
  return (response, { headers, body }) => {
    const epoch = String(headers[HEADER_EPOCH]);
    const seq = Number(headers[HEADER_SEQ]);
    const gaps = JSON.parse(String(headers[HEADER_GAPS] ?? '[]'));
    const times = { samples: 0, firstMs: 0, lastMs: 0 };
    const result = model.receive({ epoch, seq, body, gaps, ...times });
    const time = { [HEADER_TIME]: String(timeMs()) };
    if (typeof result === 'object') {
      response.writeHead(409, { ...time, 'content-type': 'application/json' });
      const error = { code: 'sequence_gap', message: 'gap', hint: '', detail: result };
      response.end(JSON.stringify({ error }));
      return;
    }
    const receipt = { ...time, [HEADER_RECEIPT]: `${epoch}/${seq}` };
    response.writeHead(result === 'duplicate' ? 200 : 204, receipt);
    response.end(result === 'duplicate' ? 'duplicate' : undefined);
  };
}

export async function fakeCollector(timeMs: () => number = Date.now): Promise<FakeCollector> {
  const calls: Call[] = [];
  const model = new CollectorModel();
  const usual = answer(model, timeMs);
  let scripted: Manner[] = [];
  let standing: Manner | null = null;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, path: url, headers, body: Buffer.concat(chunks) };
      calls.push(call);
      const manner = scripted.shift() ?? standing ?? usual;
      manner(response, call, () => usual(response, call, () => {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const collector: FakeCollector = {
    url: `http://127.0.0.1:${port}`,
    calls,
    model,
    script: (...manners) => {
      scripted = [...scripted, ...manners];
    },
    always: (manner) => {
      standing = manner;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  collectors.push(collector);
  return collector;
}

export const reply =
  (status: number, headers: Record<string, string> = {}, body = ''): Manner =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** An error of ours, with both marks. */
export const refuse = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Manner =>
  reply(
    status,
    { [HEADER_TIME]: '1', ...headers },
    JSON.stringify({ error: { code, message: 'because', hint: '' } }),
  );

/** Waits for what real sockets bring, without waiting for time: fails rather than hang. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200_000; i++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never: ${what}`);
}

export interface Bench {
  /** Requests under way. */
  flying(): number;
  readonly clock: ManualClock;
  readonly collector: FakeCollector;
  readonly spool: Spool;
  readonly push: Push;
  readonly logged: string[];
  readonly tokenFile: string;
}

/** Time passes, and every request that is sent meanwhile is answered in no time at all. */
export async function pass({ clock, flying }: Bench, ms: number, stepMs = 500): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await clock.advance(Math.min(stepMs, ms - passed));
    await until('the requests are answered', () => flying() === 0);
  }
  await clock.advance(0);
}

const homes: string[] = [];
const pushes: Push[] = [];

export async function bench(
  options: { readonly collectorUrl?: string; readonly clockOffsetMs?: number } = {},
): Promise<Bench> {
  const clock = manualClock();
  const offsetMs = options.clockOffsetMs ?? 0;
  const collector = await fakeCollector(() => Math.floor(clock.now() + offsetMs));
  const home = mkdtempSync(join(tmpdir(), 'push-'));
  homes.push(home);
  const tokenFile = join(home, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const logged: string[] = [];
  const log = createLog({ write: (line) => logged.push(line), now: clock.now });
  const limits = { maxBytes: 2 ** 30, maxAgeMs: 72 * 3_600_000, minFreeRatio: 0.1 };
  const spool = await openSpool({ directory: DIRECTORY, fs: simFs(), clock, log, ...limits });
  let flying = 0;
  const real = openTransport({
    collector: options.collectorUrl ?? collector.url,
    tokenFile,
    caFile: '',
    userAgent: 'watchkeeper-agent/test',
    clock,
  });
  const transport: Transport = {
    close: () => real.close(),
    send: async (request) => {
      flying++;
      try {
        return await real.send(request);
      } finally {
        flying--;
      }
    },
  };
  const push = openPush({
    spool,
    transport,
    clock,
    log,
    agent: AGENT,
    backlogFactor: 3,
    outageMs: 60_000,
  });
  pushes.push(push);
  return { flying: () => flying, clock, collector, spool, push, logged, tokenFile };
}

export async function closeAll(): Promise<void> {
  for (const push of pushes.splice(0)) await push.stop(0);
  for (const collector of collectors.splice(0)) collector.close();
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
}

export const NUMBERED = Object.freeze([
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_SEQ,
  HEADER_SENT_AT,
] as const);
