/** The lane and Node's server behind one port, over real sockets. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type {
  Ingest,
  IngestRequest,
  IngestResponse,
} from '../../../src/collector/ingest/ingest.ts';
import { SECURITY_HEADERS } from '../../../src/collector/web/headers.ts';
import { interceptConnections, makeHttpServer } from '../../../src/collector/web/http-server.ts';
import { openWriteLane, type WriteLane } from '../../../src/collector/web/write-lane.ts';
import { handleWrite, isWrite } from '../../../src/collector/web/write-path.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

const STORED: IngestResponse = {
  status: 204,
  headers: { 'x-watchkeeper-receipt': 'e/1' },
  body: '',
};
const REFUSED: IngestResponse = {
  status: 401,
  headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
  body: '{"error":{"code":"unauthorised"}}',
};
const BODY_BYTES = 100_000;

let clock: ManualClock;
let lane: WriteLane;
let made: ReturnType<typeof makeHttpServer>;
let received: IngestRequest[];
let byNode: string[];
let hold: Promise<void>;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  clock = manualClock();
  received = [];
  byNode = [];
  hold = Promise.resolve();
  const ingest: Ingest = {
    precheck: (headers) => (headers.authorization === 'Bearer good' ? null : REFUSED),
    receive: async (request) => {
      received.push(request);
      await hold;
      return STORED;
    },
    counters: () => {
      throw new Error('nobody asks');
    },
  };
  lane = openWriteLane({ ingest, bodyBytes: BODY_BYTES, clock });
  made = makeHttpServer(
    (request, response) => {
      byNode.push(`${request.method} ${request.url}`);
      if (isWrite(request)) handleWrite(ingest, BODY_BYTES, { request, response });
      else response.end('from node');
    },
    { total: 100, perAddress: 100 },
  );
  interceptConnections(made.server, (socket, handOver) => lane.take(socket, handOver));
  await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
  port = (made.server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  lane.close();
  made.server.closeAllConnections();
  await new Promise((resolve) => made.server.close(resolve));
});

interface Peer {
  readonly socket: Socket;
  heard: string;
  ended: boolean;
}

async function open(): Promise<Peer> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const peer: Peer = { socket, heard: '', ended: false };
  socket.on('data', (data) => {
    peer.heard += data.toString('latin1');
  });
  socket.on('close', () => {
    peer.ended = true;
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return peer;
}

const write = (body: string, ...headers: string[]): string =>
  [
    'POST /api/v1/write HTTP/1.1',
    'Host: a',
    'Authorization: Bearer good',
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const answers = (peer: Peer): string[] => peer.heard.match(/HTTP\/1\.1 \d{3}/g) ?? [];
const until = (ready: () => boolean) => expect.poll(ready, { interval: 2 }).toBe(true);

test('a write is answered with the receipt, our headers and the time', async () => {
  const peer = await open();
  peer.socket.write(write('0123456789', 'X-Watchkeeper-Seq: 1'));
  await until(() => peer.heard.endsWith('\r\n\r\n'));
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    headers: { 'x-watchkeeper-seq': '1' },
    body: Buffer.from('0123456789'),
    from: '127.0.0.1',
  });
  const lines = peer.heard.toLowerCase().split('\r\n');
  expect(lines[0]).toBe('http/1.1 204 no content');
  expect(lines).toContain(`date: ${new Date(clock.now()).toUTCString().toLowerCase()}`);
  expect(lines).toContain('x-watchkeeper-receipt: e/1');
  expect(peer.heard).not.toMatch(/content-length/i);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(peer.heard).toContain(`${name}: ${value}`);
  }
  expect(byNode).toEqual([]);
});

test('a request that comes byte by byte, or many at once, is the same request', async () => {
  const peer = await open();
  for (const byte of write('abc')) {
    peer.socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => answers(peer).length === 1);
  peer.socket.write(write('one') + write('two') + write('three'));
  await until(() => answers(peer).length === 4);
  expect(received.map(({ body }) => body.toString())).toEqual(['abc', 'one', 'two', 'three']);
});

test('early requests wait for the answers before them', async () => {
  let release = (): void => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const peer = await open();
  peer.socket.write(write('one') + write('two'));
  await until(() => received.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(received).toHaveLength(1);
  release();
  await until(() => answers(peer).length === 2);
});

test('a large body in many pieces arrives whole', async () => {
  const body = Array.from({ length: 90_000 }, (_, i) => String(i % 10)).join('');
  const peer = await open();
  peer.socket.write(write(body));
  await until(() => answers(peer).length === 1);
  expect(received[0]?.body.toString()).toBe(body);
});

test('anything else goes to Node with every byte, also after writes', async () => {
  const peer = await open();
  peer.socket.write(write('one'));
  await until(() => answers(peer).length === 1);
  peer.socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => peer.heard.includes('from node'));
  expect(byNode).toEqual(['GET /metrics']);
  // From now on Node serves the connection, writes too.
  peer.socket.write(write('two'));
  await until(() => received.length === 2);
  expect(byNode).toEqual(['GET /metrics', 'POST /api/v1/write']);
});

test('a write in chunks is served by Node, with the bytes that came together', async () => {
  const peer = await open();
  const head = write('').replace('Content-Length: 0', 'Transfer-Encoding: chunked');
  peer.socket.write(`${head}4\r\nabcd\r\n`);
  await new Promise((resolve) => setImmediate(resolve));
  peer.socket.write('2\r\nef\r\n0\r\n\r\n');
  await until(() => answers(peer).length === 1);
  expect(received[0]?.body.toString()).toBe('abcdef');
  expect(byNode).toEqual(['POST /api/v1/write']);
});

test("Node's own client keeps its connection through the lane", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          port,
          host: '127.0.0.1',
          agent,
          method: 'POST',
          path: '/api/v1/write',
          headers: { authorization: 'Bearer good', 'content-length': body.length },
        },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer));
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  expect((await post('one')).statusCode).toBe(204);
  expect((await post('two')).headers['x-watchkeeper-receipt']).toBe('e/1');
  expect(made.counts.open).toBe(1);
  expect(byNode).toEqual([]);
  agent.destroy();
});

test('a refusal is given before the body is read, and ends the connection', async () => {
  const peer = await open();
  const head = write('x'.repeat(50_000)).replace('Bearer good', 'Bearer bad').slice(0, 300);
  peer.socket.write(head);
  await until(() => peer.heard.includes('unauthorised'));
  expect(peer.heard).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  expect(peer.heard).toContain('connection: close');
  expect(peer.heard).toContain(`content-length: ${REFUSED.body.length}`);
  expect(received).toEqual([]);
});

test('a body over the limit is refused', async () => {
  const peer = await open();
  peer.socket.write(write('x'.repeat(BODY_BYTES + 1)));
  await until(() => peer.heard.includes('too_large'));
  expect(answers(peer)).toEqual(['HTTP/1.1 413']);
  expect(received).toEqual([]);
});

test.each([
  ['nothing', '', 15_000],
  ['half a head', 'POST /api/v1/wr', 15_000],
  ['half a body', write('x'.repeat(100)).slice(0, -50), 30_000],
])('who sends %s is told and ends after its time, not before', async (_what, text, afterMs) => {
  const peer = await open();
  if (text !== '') peer.socket.write(text);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await clock.advance(afterMs - 1_000);
  expect(peer.ended).toBe(false);
  await clock.advance(2_000);
  await until(() => peer.ended);
  expect(peer.heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(JSON.parse(peer.heard.split('\r\n\r\n')[1] ?? '').error.code).toBe('bad_request');
});

test('an idle connection is kept a minute', async () => {
  const peer = await open();
  peer.socket.write(write('one'));
  await until(() => answers(peer).length === 1);
  await clock.advance(59_000);
  expect(peer.ended).toBe(false);
  await clock.advance(2_000);
  await until(() => peer.ended);
});

test('a peer that vanishes in the middle leaves nothing', async () => {
  const peer = await open();
  peer.socket.write(write('x'.repeat(100)).slice(0, -50));
  await until(() => made.counts.open === 1);
  peer.socket.destroy();
  await until(() => made.counts.open === 0);
  expect(received).toEqual([]);
  expect(clock.pending()).toBeLessThanOrEqual(1);
});

test('closing ends idle connections at once and busy ones after their answer', async () => {
  let release = (): void => {};
  const idle = await open();
  idle.socket.write(write('one'));
  await until(() => answers(idle).length === 1);
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const busy = await open();
  busy.socket.write(write('two'));
  await until(() => received.length === 2);
  lane.close();
  await until(() => idle.ended);
  expect(busy.ended).toBe(false);
  release();
  await until(() => busy.ended);
  expect(answers(busy)).toEqual(['HTTP/1.1 204']);
  expect(busy.heard).toContain('connection: close');
});
