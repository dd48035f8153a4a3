/** The transport on real sockets: everything a network can do to one request (F11). */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openTransport, type Transport } from '../../../src/agent/push/push.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { closeAll, fakeCollector, reply, TOKEN, until } from './parts.ts';

const homes: string[] = [];
const cleanups: (() => void)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0)) step();
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
  await closeAll();
});

function home(): string {
  const made = mkdtempSync(join(tmpdir(), 'transport-'));
  homes.push(made);
  return made;
}

function tokenFile(): string {
  const file = join(home(), 'token');
  writeFileSync(file, TOKEN, { mode: 0o600 });
  return file;
}

function transportTo(collector: string, more: { caFile?: string; tokenFile?: string } = {}) {
  const clock = manualClock();
  const transport = openTransport({
    collector,
    tokenFile: tokenFile(),
    caFile: '',
    userAgent: 'watchkeeper-agent/test',
    clock,
    timeoutMs: 30_000,
    ...more,
  });
  cleanups.push(() => transport.close());
  return { transport, clock };
}

const send = (transport: Transport) =>
  transport.send({ headers: { 'x-mine': '1' }, body: Buffer.from('body') });

/** A peer that speaks anything but HTTP as we would like it. */
async function rawServer(react: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => react(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a request carries what remote write 1.0 asks for, the token and ours', async () => {
  const collector = await fakeCollector();
  collector.always(reply(204));
  const { transport } = transportTo(`${collector.url}/`);
  expect((await send(transport)).status).toBe(204);
  expect(collector.calls[0]).toMatchObject({ method: 'POST', path: '/api/v1/write' });
  expect(collector.calls[0]!.body.toString()).toBe('body');
  expect(collector.calls[0]!.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'content-length': '4',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'watchkeeper-agent/test',
    'x-mine': '1',
  });
});

test('a collector behind a path of a proxy is reached there', async () => {
  const collector = await fakeCollector();
  collector.always(reply(204));
  await send(transportTo(`${collector.url}/watch/`).transport);
  expect(collector.calls[0]!.path).toBe('/watch/api/v1/write');
});

test('one connection serves request after request', async () => {
  const collector = await fakeCollector();
  const peers = new Set<number | undefined>();
  collector.always((response) => {
    peers.add(response.socket?.remotePort);
    response.writeHead(204).end();
  });
  const { transport } = transportTo(collector.url);
  for (let i = 0; i < 5; i++) await send(transport);
  expect(peers.size).toBe(1);
});

test('status, headers and the beginning of the body come back', async () => {
  const collector = await fakeCollector();
  collector.always(reply(418, { 'x-some': 'thing' }, 'x'.repeat(5_000_000)));
  const { transport } = transportTo(collector.url);
  const answer = await send(transport);
  expect(answer).toMatchObject({ status: 418, headers: { 'x-some': 'thing' } });
  expect(answer.body.length).toBeLessThan(1_000_000);
  expect(answer.body.startsWith('xxx')).toBe(true);
});

test('a redirect is not followed: the token goes to nobody else', async () => {
  const elsewhere = await fakeCollector();
  const collector = await fakeCollector();
  collector.always(reply(307, { location: `${elsewhere.url}/api/v1/write` }));
  expect((await send(transportTo(collector.url).transport)).status).toBe(307);
  expect(elsewhere.calls).toHaveLength(0);
});

test('nobody listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { transport } = transportTo(`http://127.0.0.1:${port}`);
  const failure = await send(transport).catch((error) => error);
  expect(failure).toMatchObject({ code: 'unavailable' });
  expect(failure.message).toContain('ECONNREFUSED');
});

test('a name that does not resolve', async () => {
  const { transport } = transportTo('http://collector.invalid:8420');
  await expect(send(transport)).rejects.toMatchObject({ code: 'unavailable' });
});

test.each([
  ['before anything', ''],
  ['in the middle of the headers', 'HTTP/1.1 204 No Con'],
  ['in the middle of the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
  ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf'],
])('a connection that breaks %s', async (_, text) => {
  const url = await rawServer((socket) => socket.write(text, () => socket.resetAndDestroy()));
  await expect(send(transportTo(url).transport)).rejects.toMatchObject({ code: 'unavailable' });
});

test.each(['not HTTP at all', 'HTTP/1.1 999 \r\ncontent-length: -1\r\n\r\n'])(
  'an answer that is not HTTP: %j',
  async (text) => {
    const url = await rawServer((socket) => socket.write(`${text}\r\n\r\n`));
    await expect(send(transportTo(url).transport)).rejects.toMatchObject({ code: 'unavailable' });
  },
);

test('a peer that never answers, or never ends, is given up at the deadline', async () => {
  for (const text of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf']) {
    let asked = false;
    const url = await rawServer((socket) => {
      asked = true;
      socket.write(text);
    });
    const { transport, clock } = transportTo(url);
    const sending = send(transport).catch((error) => error);
    await until('the request arrived', () => asked);
    await clock.advance(29_999);
    let settled = false;
    void sending.then(() => {
      settled = true;
    });
    await clock.advance(0);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect((await sending).message).toContain('no answer within 30 s');
    expect(clock.pending()).toBe(0);
  }
});

test('closing ends what is under way', async () => {
  let asked = false;
  const url = await rawServer(() => {
    asked = true;
  });
  const { transport } = transportTo(url);
  const sending = send(transport).catch((error) => error);
  await until('the request arrived', () => asked);
  transport.close();
  expect((await sending).message).toContain('stopping');
});

test('the token is read for each request, so that a new one needs no restart', async () => {
  const collector = await fakeCollector();
  collector.always(reply(204));
  const file = tokenFile();
  const { transport } = transportTo(collector.url, { tokenFile: file });
  await send(transport);
  writeFileSync(file, 'wk_another-token');
  await send(transport);
  expect(collector.calls.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${TOKEN}`,
    'Bearer wk_another-token',
  ]);
  chmodSync(file, 0o644);
  await expect(send(transport)).rejects.toMatchObject({ code: 'config' });
  expect(collector.calls).toHaveLength(2);
});

test.each(['ftp://x', 'collector:8420', '', 'http://', 'http://user:secret@x:1'])(
  'an address that is none is refused at once: %j',
  (collector) => {
    expect(() => transportTo(collector)).toThrow('is not the address of a collector');
  },
);

test('https: only with an authority that is trusted', async (context) => {
  const directory = home();
  const key = join(directory, 'key.pem');
  const certificate = join(directory, 'cert.pem');
  try {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const how = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', ...how, ...files, ...subject], { stdio: 'ignore' });
  } catch {
    context.skip('needs openssl to make a certificate');
  }
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createTlsServer(tls, (_, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const strange = await send(transportTo(url).transport).catch((error) => error);
  expect(strange).toMatchObject({ code: 'unavailable' });
  expect(strange.message).toMatch(/self.signed/);
  expect((await send(transportTo(url, { caFile: certificate }).transport)).status).toBe(204);
  expect(() => transportTo(url, { caFile: join(directory, 'none') })).toThrow('CA file');
});
