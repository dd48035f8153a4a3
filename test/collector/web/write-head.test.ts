import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWriteHead } from '../../../src/collector/web/write-head.ts';

const head = (...lines: string[]): Buffer =>
  Buffer.from(['POST /api/v1/write HTTP/1.1', ...lines, '', ''].join('\r\n'), 'latin1');

const PLAIN = ['Host: a:8420', 'Content-Length: 12', 'Authorization: Bearer x y'];

test('a plain write is read with its lengths and headers in lower case', () => {
  const bytes = head(...PLAIN);
  expect(readWriteHead(Buffer.concat([bytes, Buffer.from('body')]))).toEqual({
    kind: 'write',
    headBytes: bytes.length,
    bodyBytes: 12,
    headers: { host: 'a:8420', 'content-length': '12', authorization: 'Bearer x y' },
  });
});

test('every beginning of a plain write may become one', () => {
  const bytes = head(...PLAIN);
  for (let length = 0; length < bytes.length; length++) {
    expect(readWriteHead(bytes.subarray(0, length)).kind, String(length)).toBe('more');
  }
});

test.each([
  ['another method', 'GET /api/v1/write HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another path', 'POST /api/v1/writes HTTP/1.1\r\n'],
  ['a query', 'POST /api/v1/write?x=1 HTTP/1.1\r\n'],
  ['an absolute address', 'POST http://a/api/v1/write HTTP/1.1\r\n'],
  ['an old version', 'POST /api/v1/write HTTP/1.0\r\n'],
  ['TLS', '\u0016\u0003\u0001\u0002'],
  ['no header at all', 'POST /api/v1/write HTTP/1.1\r\n\r\n'],
])('%s is for the other parser', (_what, text) => {
  expect(readWriteHead(Buffer.from(text, 'latin1')).kind).toBe('other');
});

test.each([
  ['no host', ['Content-Length: 1']],
  ['no length', ['Host: a']],
  ['two lengths', [...PLAIN, 'Content-Length: 12']],
  ['two hosts', [...PLAIN, 'host: b']],
  ['any header twice', [...PLAIN, 'X: 1', 'x: 1']],
  ['a length that is a list', ['Host: a', 'Content-Length: 1, 1']],
  ['a signed length', ['Host: a', 'Content-Length: +1']],
  ['a hexadecimal length', ['Host: a', 'Content-Length: 0x1']],
  ['a length beyond everything', ['Host: a', 'Content-Length: 99999999999']],
  ['chunks', [...PLAIN, 'Transfer-Encoding: chunked']],
  ['chunks in disguise', [...PLAIN, 'Transfer-Encoding : chunked']],
  ['chunks behind a tab', [...PLAIN, '\tTransfer-Encoding: chunked']],
  ['an expectation', [...PLAIN, 'Expect: 100-continue']],
  ['an upgrade', [...PLAIN, 'Upgrade: h2c']],
  ['a trailer', [...PLAIN, 'Trailer: x']],
  ['an end', [...PLAIN, 'Connection: close']],
  ['a connection with options', [...PLAIN, 'Connection: keep-alive, x']],
  ['a folded line', [...PLAIN, 'X: 1', ' 2']],
  ['a line without a colon', [...PLAIN, 'nonsense']],
  ['a name with a blank', [...PLAIN, 'a b: 1']],
  ['an empty name', [...PLAIN, ': 1']],
  ['an empty value', [...PLAIN, 'x:']],
  ['a bare line feed', [...PLAIN, 'x: 1\ny: 2']],
  ['a bare carriage return', [...PLAIN, 'x: 1\ry: 2']],
  ['a NUL', [...PLAIN, 'x: \u0000']],
  ['bytes beyond ASCII', [...PLAIN, 'x: \u00e9']],
  ['too many headers', [...PLAIN, `x: ${'y'.repeat(17_000)}`]],
])('%s is for the other parser', (_what, lines) => {
  expect(readWriteHead(head(...lines)).kind).toBe('other');
});

test('a head without an end is given up, not kept', () => {
  const endless = Buffer.concat([head(...PLAIN).subarray(0, -2), Buffer.alloc(20_000, 120)]);
  expect(readWriteHead(endless).kind).toBe('other');
});

let server: Server;
let heard: (request: IncomingMessage | null) => void;
beforeAll(async () => {
  server = createServer((request, response) => {
    heard(request);
    response.writeHead(200, { connection: 'close' }).end();
  });
  server.on('clientError', (_error, socket) => {
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What Node's parser makes of the same bytes; null when it refuses them. */
function nodeReads(bytes: Buffer): Promise<IncomingMessage | null> {
  return new Promise((resolve) => {
    const { port } = server.address() as AddressInfo;
    let seen: IncomingMessage | null = null;
    heard = (request) => {
      seen = request;
    };
    // One at a time: the next begins when this connection is gone on both sides.
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.resume();
    socket.once('close', () => resolve(seen));
    socket.once('error', () => {});
  });
}

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.string({ unit: fc.constantFrom(...' \t!~:,;aZ09"\\()'), maxLength: 20 });
const field = fc
  .tuple(token, fc.constantFrom(':', ': ', ':\t', ':  '), value)
  .map((p) => p.join(''));

test('what is taken here means the same to Node', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(field, { maxLength: 6 }), fc.nat(40), async (fields, length) => {
      const bytes = head('Host: a', ...fields, `Content-Length: ${length}`);
      const read = readWriteHead(bytes);
      if (read.kind !== 'write') return;
      taken++;
      const request = await nodeReads(bytes);
      expect(request).not.toBeNull();
      expect({ ...request?.headers }).toEqual({ ...read.headers });
      expect(read.headBytes).toBe(bytes.length);
    }),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('no bytes make it fail', () => {
  const plain = head(...PLAIN);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(plain.length), (noise, at) => {
      const bytes = Buffer.concat([plain.subarray(0, at), Buffer.from(noise), plain.subarray(at)]);
      expect(['more', 'other', 'write']).toContain(readWriteHead(bytes).kind);
    }),
  );
});
