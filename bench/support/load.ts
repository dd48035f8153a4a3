/**
 * The load process: makes every request before the first is sent, so that while it runs it costs
 * little more than its sockets. One step of all hosts after the other; a host's requests stay in
 * order because one connection carries all of them.
 */
import { Socket } from 'node:net';
import { compressSync } from 'snappy';
import { HEADER_AGENT, HEADER_EPOCH, HEADER_SEQ, WRITE_PATH } from '../../src/shared/protocol.ts';
import { encodeLabels, encodeWriteRequest } from '../../src/shared/remote-write.ts';
import {
  hostName,
  type LoadAnswer,
  type LoadOrder,
  type LoadPlan,
  type LoadResult,
  type LoadRun,
  STEP_MS,
} from './load-protocol.ts';
import { hostSeries, nextValue, SERIES_PER_HOST, seeded } from './node-series.ts';

/** By step, then host. */
let requests: Buffer[][] = [];

function prepare({ hosts, steps, startMs, tokens }: LoadPlan): number {
  requests = Array.from({ length: steps }, () => []);
  let bytes = 0;
  for (let host = 0; host < hosts; host++) {
    const name = hostName(host);
    const random = seeded(host + 1);
    const series = hostSeries(name);
    const labels = series.map((one) => encodeLabels(one.labels));
    const values = series.map(({ level }) => level * (0.5 + random()));
    for (let step = 0; step < steps; step++) {
      const timeMs = startMs + step * STEP_MS;
      series.forEach((one, index) => {
        values[index] = nextValue(one, values[index] ?? 0, random);
      });
      const samples = labels.map((text, index) => ({
        labels: text,
        timeMs,
        value: values[index] ?? 0,
      }));
      const body = compressSync(encodeWriteRequest(samples));
      const request = Buffer.concat([head(name, tokens[host] ?? '', step + 1, body.length), body]);
      requests[step]?.push(request);
      bytes += request.length;
    }
  }
  return bytes;
}

function head(name: string, token: string, seq: number, length: number): Buffer {
  const epoch = '0'.repeat(32);
  const lines = [
    `POST ${WRITE_PATH} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: watchkeeper-bench',
    'Content-Type: application/x-protobuf',
    'Content-Encoding: snappy',
    'X-Prometheus-Remote-Write-Version: 0.1.0',
    `Authorization: Bearer ${token}`,
    `${HEADER_AGENT}: ${name}`,
    `${HEADER_EPOCH}: ${epoch}`,
    `${HEADER_SEQ}: ${seq}`,
    `Content-Length: ${length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** One kept-alive connection with one request under way. */
class Connection {
  readonly #socket = new Socket();
  #received = '';
  #answer: ((status: string) => void) | null = null;

  async open(port: number): Promise<void> {
    this.#socket.setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text) => this.#read(String(text)));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.connect(port, '127.0.0.1', resolve);
    });
    this.#socket.on('error', () => this.#tell('broken'));
    this.#socket.on('close', () => this.#tell('closed'));
  }

  send(request: Buffer): Promise<string> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const status = this.#received.slice(9, 12);
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received.slice(0, end))?.[1] ?? '0';
    if (this.#received.length < end + 4 + Number(length)) return;
    this.#received = '';
    this.#tell(status);
  }

  #tell(status: string): void {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(status);
  }
}

async function run(order: LoadRun): Promise<LoadResult> {
  const { connections, pace } = order;
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const began = performance.now();
  let sent = 0;
  const carry = async (mine: number): Promise<void> => {
    const connection = new Connection();
    await connection.open(order.port);
    for (let step = order.fromStep; step < order.toStep; step++) {
      const hosts = requests[step] ?? [];
      for (let host = mine; host < hosts.length; host += connections) {
        let due = performance.now();
        if (pace !== null) {
          // Latency counts from when a request was due, so a stall is not forgiven.
          due = began + (1_000 * sent++) / pace;
          const early = due - performance.now();
          if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
        }
        const status = await connection.send(hosts[host] ?? Buffer.alloc(0));
        latencies.push(Math.max(0, performance.now() - due));
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status === 'broken' || status === 'closed') throw new Error('the server hung up');
      }
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, mine) => carry(mine)));
  const seconds = (performance.now() - began) / 1_000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(share * (latencies.length - 1))] ?? 0;
  return {
    kind: 'done',
    requests: latencies.length,
    samples: latencies.length * SERIES_PER_HOST,
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
    statuses,
  };
}

async function obey(order: LoadOrder): Promise<LoadAnswer> {
  if (order.kind === 'prepare') return { kind: 'ready', bytes: prepare(order) };
  return run(order);
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
