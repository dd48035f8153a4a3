/**
 * Stands between an agent and the collector and remembers every numbered batch: its bytes by their
 * hash, and whether the collector acknowledged it. Now and then it swallows an answer, so that a
 * stored batch is sent again.
 */
import { createHash } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { uncompressSync } from 'snappy';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ } from '../../src/shared/protocol.ts';

export interface Recorded {
  readonly hash: string;
  readonly samples: number;
  acked: boolean;
  sends: number;
}

export interface RecordingProxy {
  readonly port: number;
  /** By `epoch/seq`. */
  readonly batches: ReadonlyMap<string, Recorded>;
  /** Batches that came a second time under the same number with other bytes: must stay empty. */
  readonly changed: readonly string[];
  readonly swallowed: () => number;
  /** Swallows no more answers. */
  calm(): void;
  close(): Promise<void>;
}

/** TimeSeries in a WriteRequest, by its framing alone; our agents put one sample in each. */
export function countSeries(body: Uint8Array): number {
  let at = 0;
  let series = 0;
  while (at < body.length) {
    if (body[at++] !== 0x0a) throw new Error('not a WriteRequest of an agent');
    let length = 0;
    let scale = 1;
    for (;;) {
      const byte = body[at++] ?? 0;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    at += length;
    series++;
  }
  return series;
}

export interface ProxyOptions {
  readonly targetPort: number;
  /** Every how many acknowledged answers one is swallowed. */
  readonly swallowEvery: number;
}

export async function startRecordingProxy(options: ProxyOptions): Promise<RecordingProxy> {
  const batches = new Map<string, Recorded>();
  const changed: string[] = [];
  let acks = 0;
  let swallowed = 0;
  let calm = false;

  const note = (key: string, body: Buffer): Recorded => {
    const hash = createHash('sha256').update(body).digest('hex');
    const known = batches.get(key);
    if (known === undefined) {
      const fresh = {
        hash,
        samples: countSeries(uncompressSync(body) as Buffer),
        acked: false,
        sends: 1,
      };
      batches.set(key, fresh);
      return fresh;
    }
    known.sends++;
    if (known.hash !== hash) changed.push(key);
    return known;
  };

  const server: Server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (chunk) => parts.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const key = `${incoming.headers[HEADER_EPOCH]}/${incoming.headers[HEADER_SEQ]}`;
      const numbered = incoming.headers[HEADER_SEQ] !== undefined;
      const batch = numbered ? note(key, body) : null;
      const { url = '/', method = 'GET', headers } = incoming;
      const onward = request(
        { host: '127.0.0.1', port: options.targetPort, path: url, method, headers },
        (answer) => {
          const acked = answer.headers[HEADER_RECEIPT] === key && (answer.statusCode ?? 0) < 300;
          if (batch !== null && acked) {
            batch.acked = true;
            if (++acks % options.swallowEvery === 0 && !calm) {
              swallowed++;
              answer.resume();
              incoming.socket.destroy();
              return;
            }
          }
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => incoming.socket.destroy());
      onward.end(body);
    });
    incoming.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    batches,
    changed,
    swallowed: () => swallowed,
    calm: () => {
      calm = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
