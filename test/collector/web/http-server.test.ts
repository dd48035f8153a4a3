import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { SECURITY_HEADERS } from '../../../src/collector/web/headers.ts';
import { makeHttpServer, SERVER_LIMITS } from '../../../src/collector/web/http-server.ts';

let made: ReturnType<typeof makeHttpServer> | undefined;
afterEach(async () => {
  const server = made?.server;
  made = undefined;
  server?.closeAllConnections();
  await new Promise((resolve) => (server?.listening ? server.close(resolve) : resolve(undefined)));
});

async function start(limits = { total: 100, perAddress: 100 }): Promise<number> {
  made = makeHttpServer((_request, response) => response.end('hello'), limits);
  await new Promise<void>((resolve) => made?.server.listen(0, '127.0.0.1', resolve));
  return (made.server.address() as AddressInfo).port;
}

/** Sends raw bytes and reads until the server ends the connection. */
function speak(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString();
    });
    socket.once('close', () => resolve(heard));
    socket.once('error', reject);
  });
}

test('limits of time and size are those that are promised', async () => {
  await start();
  const { server } = made!;
  expect(server.headersTimeout).toBe(15_000);
  expect(server.requestTimeout).toBe(30_000);
  expect(server.keepAliveTimeout).toBe(60_000);
  expect(SERVER_LIMITS.connectionsCheckingInterval).toBe(1_000);
  expect(server.maxConnections).toBe(100);
});

test.each([
  ['bytes that are not HTTP', '\u0016\u0003\u0001 hello\r\n\r\n', 400, 'malformed'],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
    400,
    'malformed',
  ],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
    'malformed',
  ],
  [
    'headers without end',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'too_large',
  ],
])('%s are answered in our form', async (_what, text, status, code) => {
  const heard = await speak(await start(), text);
  expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  const [head = '', body = ''] = heard.split('\r\n\r\n');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(head).toContain(`${name}: ${value}`);
  }
  expect(JSON.parse(body).error.code).toBe(code);
});

test('connections over the total are turned away and counted', async () => {
  const port = await start({ total: 2, perAddress: 100 });
  const open = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(open.map((s) => new Promise((resolve) => s.once('connect', resolve))));
  const third = connect(port, '127.0.0.1');
  await new Promise((resolve) => third.once('close', resolve));
  expect(made?.counts).toEqual({ open: 2, refused: 1 });
  for (const socket of open) socket.destroy();
});

test('loopback is not counted per address, so proxies on the host are not shut out', async () => {
  const port = await start({ total: 100, perAddress: 1 });
  const open = [1, 2, 3].map(() => connect(port, '127.0.0.1'));
  await Promise.all(open.map((s) => new Promise((resolve) => s.once('connect', resolve))));
  expect(await speak(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain(
    'hello',
  );
  for (const socket of open) socket.destroy();
});

test('an address beyond its limit is turned away until one of its connections ends', async () => {
  await start({ total: 100, perAddress: 2 });
  const { server, counts } = made!;
  const { EventEmitter } = await import('node:events');
  const arrive = () => {
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress: '192.0.2.1',
      destroyed: false,
      destroy() {
        this.destroyed = true;
      },
    });
    // Only our own listener: these are no real sockets.
    server
      .listeners('connection')
      .at(-1)
      ?.call(server, socket as unknown as Socket);
    return socket;
  };
  const [first, second, third] = [arrive(), arrive(), arrive()];
  expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([false, false, true]);
  first.emit('close');
  expect(arrive().destroyed).toBe(false);
  expect(counts.refused).toBe(1);
});
