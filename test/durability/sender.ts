/** A sender of numbered batches that never gives up: the wire behaviour of our agents, nothing else. */
import { Agent, request } from 'node:http';
import { compressSync } from 'snappy';
import {
  HEADER_AGENT,
  HEADER_EPOCH,
  HEADER_RECEIPT,
  HEADER_SEQ,
  WRITE_PATH,
} from '../../src/shared/protocol.ts';
import { batchOf } from './oracle.ts';

export interface Answer {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly receipt: string;
  readonly body: string;
}

export interface SenderOptions {
  readonly name: string;
  readonly token: string;
  readonly epoch: string;
  readonly startMs: number;
  /** Where the collector is now; asked before every request. */
  readonly port: () => number;
}

export class Sender {
  readonly acked = new Set<number>();
  sent = 0;
  retries = 0;
  readonly #options: SenderOptions;
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** One attempt of batch `index`. */
  async post(index: number): Promise<Answer> {
    this.sent = Math.max(this.sent, index);
    const { name, token, epoch, startMs, port } = this.#options;
    const body = compressSync(batchOf(name, startMs, index));
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'content-length': body.length,
      [HEADER_AGENT]: name,
      [HEADER_EPOCH]: epoch,
      [HEADER_SEQ]: String(index),
    };
    const answer = await new Promise<Answer>((resolve) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: port(),
          path: WRITE_PATH,
          method: 'POST',
          headers,
          agent: this.#connections,
          timeout: 10_000,
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('error', () => resolve({ status: 0, receipt: '', body: '' }));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              receipt: String(response.headers[HEADER_RECEIPT] ?? ''),
              body: text,
            }),
          );
        },
      );
      call.on('error', () => resolve({ status: 0, receipt: '', body: '' }));
      call.on('timeout', () => call.destroy());
      call.end(body);
    });
    if (answer.status >= 200 && answer.status < 300 && answer.receipt === `${epoch}/${index}`) {
      this.acked.add(index);
    }
    return answer;
  }

  /** Repeats batch `index` until it is acknowledged or `stopped`. */
  async deliver(index: number, stopped: () => boolean): Promise<boolean> {
    while (!stopped()) {
      await this.post(index);
      if (this.acked.has(index)) return true;
      this.retries++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  close(): void {
    this.#connections.destroy();
  }
}
