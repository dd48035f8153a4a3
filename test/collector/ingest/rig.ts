/** Ingest over a real desk and a store in memory, with a clock that stands still. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressSync } from 'snappy';
import { onTestFinished } from 'vitest';
import { type Desk, openDesk, type TokenKind } from '../../../src/collector/desk/desk.ts';
import {
  type Ingest,
  type IngestOptions,
  type IngestRequest,
  type IngestResponse,
  openIngest,
} from '../../../src/collector/ingest/ingest.ts';
import { createLog, silentLog } from '../../../src/shared/log.ts';
import type { ErrorBody } from '../../../src/shared/protocol.ts';
import { type FakeStore, fakeStore } from '../../support/fake-store.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TestSeries, writeRequestV1 } from './wire-bytes.ts';

export const EPOCH = '0123456789abcdef0123456789abcdef';
export const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const ACTOR = { who: 'test', from: 'here' };

export interface Rig {
  readonly ingest: Ingest;
  readonly desk: Desk;
  readonly store: FakeStore;
  readonly clock: ManualClock;
  readonly logged: string[];
  token(name: string, kind?: TokenKind): Promise<string>;
  /** Sends an uncompressed message. */
  send(token: string, message: Uint8Array, headers?: Headers): Promise<IngestResponse>;
  /** Sends a compressed body as it is. */
  sendBody(token: string, body: Buffer, headers?: Headers): Promise<IngestResponse>;
}

type Headers = Record<string, string | string[] | undefined>;

export async function rig(
  options: Partial<IngestOptions> & { seriesPerSender?: number } = {},
): Promise<Rig> {
  const directory = mkdtempSync(join(tmpdir(), 'watchkeeper-ingest-'));
  const clock = manualClock();
  const logged: string[] = [];
  const log = createLog({ write: (line) => void logged.push(line), now: clock.now });
  const desk = await openDesk({ directory, clock, log: silentLog });
  onTestFinished(async () => {
    await desk.close();
    rmSync(directory, { recursive: true });
  });
  const store = fakeStore(options);
  const ingest = openIngest({ store: store.door, desk, clock, log, ...options });
  const sendBody = (token: string, body: Buffer, headers: Headers = {}) =>
    ingest.receive(request(token, body, headers));
  return {
    ingest,
    desk,
    store,
    clock,
    logged,
    token: async (name, kind = 'agent') => (await desk.addAgent(name, kind, ACTOR)).token,
    send: (token, message, headers) => sendBody(token, compressSync(Buffer.from(message)), headers),
    sendBody,
  };
}

export function request(token: string, body: Buffer, headers: Headers = {}): IngestRequest {
  return {
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'content-length': String(body.length),
      'x-prometheus-remote-write-version': '0.1.0',
      ...headers,
    },
    body,
    from: '192.0.2.7',
  };
}

export function numbered(agent: string, seq: number, epoch = EPOCH): Record<string, string> {
  return {
    'x-watchkeeper-agent': agent,
    'x-watchkeeper-epoch': epoch,
    'x-watchkeeper-seq': String(seq),
  };
}

export function errorOf(response: IngestResponse): ErrorBody['error'] {
  return (JSON.parse(response.body) as ErrorBody).error;
}

/** Series of one host, as an agent sends them. */
export function hostSeries(
  agent: string,
  timeMs: number,
  options: { count?: number; value?: number } = {},
): TestSeries[] {
  return Array.from({ length: options.count ?? 3 }, (_, cpu) => ({
    labels: [
      ['__name__', 'node_cpu_seconds_total'],
      ['agent', agent],
      ['cpu', String(cpu)],
      ['instance', agent],
      ['mode', 'idle'],
    ],
    samples: [{ timeMs, value: options.value ?? cpu + 0.5 }],
  }));
}

export function hostMessage(agent: string, timeMs: number, value?: number): Buffer {
  return writeRequestV1(hostSeries(agent, timeMs, value === undefined ? {} : { value }));
}
