/** Requests against real servers: honest ones, slow ones, bombs, and those that lead elsewhere. */
import { Resolver } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { probeOnce } from '../../../../src/agent/probes/probes.ts';
import { systemClock } from '../../../../src/shared/clock.ts';
import { silentLog } from '../../../../src/shared/log.ts';
import { needs } from '../../../support/parts.ts';
import { a, dnsServer } from '../dns-server.ts';
import {
  closeAll,
  closedPort,
  figuresOf,
  file,
  look,
  makeAuthority,
  place,
  secureWeb,
  settingsOf,
  tcpServer,
  web,
} from '../parts.ts';

afterEach(closeAll);

const MIB = 1024 * 1024;

describe('a request', () => {
  test('is a success with a status of 2xx, with the names of blackbox_exporter', async () => {
    const url = await web((_, answer) => answer.end('hello'));
    const report = await look({ kind: 'http', url });
    expect(report).toMatchObject({ outcome: 'success', reason: 'ok' });
    const figures = figuresOf(report);
    expect(figures).toMatchObject({
      probe_http_status_code: 200,
      probe_http_version: 1.1,
      probe_http_ssl: 0,
      probe_http_redirects: 0,
      probe_http_content_length: 5,
      probe_http_uncompressed_body_length: 5,
      probe_failed_due_to_regex: 0,
    });
    for (const phase of ['resolve', 'connect', 'processing', 'transfer']) {
      expect(figures[`probe_http_duration_seconds{phase=${phase}}`]).toBeGreaterThanOrEqual(0);
    }
  });

  test('is sent as written: method, path, headers, body; no proxy and no compression', async () => {
    const seen: unknown[] = [];
    const url = await web((request, answer) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen.push([request.method, request.url, request.headers, body]);
        answer.end();
      });
    });
    process.env.http_proxy = 'http://127.0.0.1:1';
    const headers = { 'X-Site': 'hq', Accept: 'text/plain' };
    const spec = { kind: 'http', url: `${url}/a b?q=%E5%80%BC`, headers, body: 'text' };
    const report = await look({ ...spec, method: 'PUT' });
    delete process.env.http_proxy;
    expect(report.outcome).toBe('success');
    const [method, path, sent, body] = seen[0] as [string, string, object, string];
    expect([method, path, body]).toEqual(['PUT', '/a%20b?q=%E5%80%BC', 'text']);
    expect(sent).toMatchObject({
      host: new URL(url).host,
      'x-site': 'hq',
      accept: 'text/plain',
      'accept-encoding': 'identity',
      'content-length': '4',
    });
  });

  test.each([
    [{ form: { a: 'x y', b: '&=' } }, 'application/x-www-form-urlencoded', 'a=x+y&b=%26%3D'],
    [{ json: { a: [1, 'x'] } }, 'application/json', '{"a":[1,"x"]}'],
  ])('with a form or JSON is a POST with its type: %j', async (more, type, text) => {
    let seen: unknown[] = [];
    const url = await web((request, answer) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen = [request.method, request.headers['content-type'], body];
        answer.end();
      });
    });
    expect((await look({ kind: 'http', url, ...more })).outcome).toBe('success');
    expect(seen).toEqual(['POST', type, text]);
  });

  test('by HEAD has no body, whatever its length is said to be', async () => {
    const url = await web((_, answer) => answer.setHeader('content-length', 9 * MIB).end());
    expect((await look({ kind: 'http', url, method: 'HEAD' })).outcome).toBe('success');
  });

  test('reaches IPv6', async () => {
    const url = await web((_, answer) => answer.end(), '::1').catch(() => null);
    if (url === null) return;
    const port = url.split(':').at(-1);
    const report = await look({ kind: 'http', url: `http://[::1]:${port}/` });
    expect(figuresOf(report)).toMatchObject({ probe_ip_protocol: 6, probe_http_status_code: 200 });
  });
});

describe('what the answer must be', () => {
  const page = (status: number, body: string, headers: Record<string, string> = {}) =>
    web((_, answer) => answer.writeHead(status, headers).end(body));

  test.each<[number, unknown, string]>([
    [204, 204, 'ok'],
    [404, [200, 404], 'ok'],
    [503, '5xx', 'ok'],
    [301, ['2xx', '3xx'], 'ok'],
    [500, 200, 'status'],
    [404, '2xx', 'status'],
  ])('status %i, expected %j: %s', async (status, wanted, reason) => {
    const url = await page(status, '');
    const report = await look({ kind: 'http', url, expect: { status: wanted } });
    expect(report.reason).toBe(reason);
    expect(figuresOf(report).probe_http_status_code).toBe(status);
  });

  test.each<[object, string]>([
    [{ body: ['wel+come', '(?i)GUEST'] }, 'ok'],
    [{ body: ['welcome', 'absent'] }, 'body'],
    [{ body_not: ['(?i)error'] }, 'ok'],
    [{ body_not: ['guest'] }, 'body'],
    [{ body: ['^<p>.*</p>$'] }, 'ok'],
    [{ headers: { 'X-Version': '^7\\.' } }, 'ok'],
    [{ headers: { 'X-Version': '^8\\.' } }, 'header'],
    [{ headers: { 'X-Missing': '.' } }, 'header'],
  ])('%j: %s', async (wanted, reason) => {
    const url = await page(200, '<p>welcome,\n guest</p>', { 'x-version': '7.1' });
    const report = await look({ kind: 'http', url, expect: wanted });
    expect(report.reason).toBe(reason);
    expect(figuresOf(report).probe_failed_due_to_regex).toBe(
      reason === 'body' ? 1 : reason === 'ok' ? 0 : undefined,
    );
  });

  test.each<[object, string]>([
    [{ at: '/status', equals: 'UP' }, 'ok'],
    [{ at: 'status', equals: 'DOWN' }, 'json'],
    [{ at: 'nodes[1].free', at_least: 5, at_most: 7 }, 'ok'],
    [{ at: '/nodes/1/free', at_least: 8 }, 'json'],
    [{ at: '/nodes/1/free', equals: '6' }, 'json'],
    [{ at: '/nodes/0/name', matches: '^n\\d$' }, 'ok'],
    [{ at: '/nodes', matches: 'n' }, 'json'],
    [{ at: '/missing' }, 'json'],
    [{ at: '/missing', exists: false }, 'ok'],
    [{ at: '/nothing', equals: null }, 'ok'],
    [{ at: '/constructor' }, 'json'],
    [{ at: '' }, 'ok'],
  ])('JSON %j: %s', async (assertion, reason) => {
    const body = { status: 'UP', nothing: null, nodes: [{ name: 'n1' }, { free: 6 }] };
    const url = await page(200, JSON.stringify(body));
    expect((await look({ kind: 'http', url, expect: { json: [assertion] } })).reason).toBe(reason);
  });

  test('what is not JSON is said to be so', async () => {
    const url = await page(200, '<html>');
    const report = await look({ kind: 'http', url, expect: { json: [{ at: '/a' }] } });
    expect(report).toMatchObject({ reason: 'json', message: 'the body is not JSON' });
  });

  test('pages in the charsets of their country are read', async () => {
    const text = Buffer.from('d6b5cad8', 'hex'); // 值守 in GBK
    const url = await web((_, answer) => {
      answer.setHeader('content-type', 'text/html; charset=gbk');
      answer.end(text);
    });
    expect((await look({ kind: 'http', url, expect: { body: ['^值守$'] } })).outcome).toBe(
      'success',
    );
  });

  test('a pattern that backtracks without end fails, and stops nobody', async () => {
    const url = await page(200, 'a'.repeat(40));
    const report = await look({ kind: 'http', url, expect: { body: ['^(a+)+$x'] } });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'slow_pattern' });
  });
});

describe('answers without measure', () => {
  test('a body larger than 1 MiB is cut off, announced or not', async () => {
    let sent = 0;
    const url = await web((request, answer) => {
      if (request.url === '/announced') answer.setHeader('content-length', 2 * MIB);
      const more = (): void => {
        if (sent > 64 * MIB || answer.destroyed) return;
        sent += 65_536;
        answer.write('x'.repeat(65_536), more);
      };
      more();
    });
    for (const path of ['/announced', '/endless']) {
      const report = await look({ kind: 'http', url: `${url}${path}` });
      expect(report).toMatchObject({ outcome: 'failure', reason: 'too_large' });
    }
    expect(sent).toBeLessThan(32 * MIB);
  });

  test('exactly 1 MiB is not too large', async () => {
    const url = await web((_, answer) => answer.end('x'.repeat(MIB)));
    expect((await look({ kind: 'http', url })).outcome).toBe('success');
  });

  test.each([
    ['br', brotliCompressSync(Buffer.alloc(32 * MIB))],
    ['gzip', gzipSync(Buffer.alloc(32 * MIB))],
  ])('a bomb in %s is not unpacked', async (encoding, bomb) => {
    const url = await web((_, answer) => answer.setHeader('content-encoding', encoding).end(bomb));
    expect(bomb.length).toBeLessThan(MIB);
    const report = await look({ kind: 'http', url, expect: { body: ['x'] } });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'encoded' });
  });

  test('headers without end', async () => {
    const port = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        if (!socket.destroyed) socket.write(`x-${'y'.repeat(1_000)}: 1\r\n`, more);
      };
      more();
    });
    const report = await look({ kind: 'http', url: `http://127.0.0.1:${port}/` });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'http_failed' });
  });

  test.each([
    ['before its headers', (): string => '', 'processing'],
    ['in its headers', (): string => 'HTTP/1.1 200 OK\r\nx: y\r\n', 'processing'],
    ['in its body', (): string => 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx', 'transfer'],
  ])('a server that falls silent %s', async (_, text, phase) => {
    const port = await tcpServer((socket) => socket.write(text()));
    const url = `http://127.0.0.1:${port}/`;
    const report = await look({ kind: 'http', url, timeout: '250ms' });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'timeout' });
    expect(report.message).toBe(`no answer within 0.25 s (during ${phase})`);
  });

  test('a body that drips does not outlast the time', async () => {
    const port = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    const url = `http://127.0.0.1:${port}/`;
    const report = await look({ kind: 'http', url, timeout: '300ms' });
    expect(report.reason).toBe('timeout');
    expect(report.seconds).toBeLessThan(10);
  });

  test.each([
    ['what is not HTTP', 'SSH-2.0-x\r\n', 'http_failed'],
    ['a body that breaks off', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx', 'closed'],
    ['an answer that never comes', '', 'closed'],
  ])('%s', async (_, text, reason) => {
    const port = await tcpServer((socket) => socket.once('data', () => socket.end(text)));
    const report = await look({ kind: 'http', url: `http://127.0.0.1:${port}/` });
    expect(report).toMatchObject({ outcome: 'failure', reason });
  });

  test('nobody is there', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    expect((await look({ kind: 'http', url })).reason).toBe('refused');
  });
});

describe('redirects', () => {
  const chain = () =>
    web((request, answer) => {
      const at = Number(request.url?.slice(1));
      if (at === 0) answer.end('the end');
      else answer.writeHead(302, { location: `/${at - 1}` }).end();
    });

  test('are not followed unless asked for', async () => {
    const url = await chain();
    expect((await look({ kind: 'http', url: `${url}/1` })).reason).toBe('status');
    const spec = {
      kind: 'http',
      url: `${url}/1`,
      expect: { status: 302, headers: { location: '^/0$' } },
    };
    expect((await look(spec)).outcome).toBe('success');
  });

  test('are followed as far as allowed', async () => {
    const url = await chain();
    const report = await look({
      kind: 'http',
      url: `${url}/3`,
      redirects: 3,
      expect: { body: ['end'] },
    });
    expect(report.outcome).toBe('success');
    expect(figuresOf(report).probe_http_redirects).toBe(3);
    expect((await look({ kind: 'http', url: `${url}/4`, redirects: 3 })).reason).toBe(
      'too_many_redirects',
    );
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'address_not_allowed'],
    ['http://10.0.0.1/', 'address_not_allowed'],
    ['http://0x0a000001/', 'address_not_allowed'],
    ['http://[fe80::1]/', 'address_not_allowed'],
    ['http://inside.example/', 'address_not_allowed'],
    ['file:///etc/passwd', 'redirect_not_allowed'],
    ['gopher://127.0.0.1:6379/_x', 'redirect_not_allowed'],
    ['http://user:secret@127.0.0.1/', 'redirect_not_allowed'],
    ['http://', 'redirect_not_allowed'],
  ])('to %s: %s', async (location, reason) => {
    const url = await web((_, answer) => answer.writeHead(302, { location }).end());
    const resolve = async (): Promise<string[]> => ['10.9.9.9'];
    const report = await look({ kind: 'http', url, redirects: 2 }, { resolve });
    expect(report).toMatchObject({ outcome: 'failure', reason });
    expect(report.message).not.toContain('secret');
  });

  test('take no credentials, no cookies and no body to another origin', async () => {
    const seen: object[] = [];
    const other = await web((request, answer) => {
      seen.push({ method: request.method, headers: request.headers });
      answer.end('there');
    }, '127.0.0.2');
    const url = await web((_, answer) => {
      answer.writeHead(307, { location: `${other}/x`, 'set-cookie': 'sid=1' }).end();
    });
    const secrets = { token: { file: file('token', 'abc123\n') } };
    const headers = {
      Authorization: `Bearer ${place('token')}`,
      'X-Api-Key': place('token'),
      Cookie: `a=${place('token')}`,
    };
    const report = await look({
      kind: 'http',
      url,
      redirects: 1,
      secrets,
      headers,
      body: 'private',
    });
    expect(report.outcome).toBe('success');
    expect(JSON.stringify(seen)).not.toMatch(/abc123|private|sid|authorization|x-api-key|cookie/i);
    expect(seen).toMatchObject([{ method: 'GET' }]);
  });

  test('keep headers and body on their own origin, as the status asks', async () => {
    const seen: unknown[] = [];
    const url = await web((request, answer) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers.authorization, body]);
        const status = Number(request.url?.slice(1));
        if (status > 0) answer.writeHead(status, { location: '/' }).end();
        else answer.end();
      });
    });
    const spec = { kind: 'http', redirects: 1, headers: { Authorization: 'x' }, body: 'b' };
    for (const status of [302, 303, 307, 308]) await look({ ...spec, url: `${url}/${status}` });
    expect(seen).toEqual([
      ...[
        ['POST', '/302', 'x', 'b'],
        ['GET', '/', 'x', ''],
      ],
      ...[
        ['POST', '/303', 'x', 'b'],
        ['GET', '/', 'x', ''],
      ],
      ...[
        ['POST', '/307', 'x', 'b'],
        ['POST', '/', 'x', 'b'],
      ],
      ...[
        ['POST', '/308', 'x', 'b'],
        ['POST', '/', 'x', 'b'],
      ],
    ]);
  });
});

describe('names that change their mind', () => {
  test('the connection goes to the address that was checked; the next request asks anew', async () => {
    const url = new URL(
      await web((_, answer) => answer.writeHead(302, { location: '/again' }).end()),
    );
    // First loopback, which the file allows; then the metadata service. Nothing lives longer.
    const server = await dnsServer((_, count) => [
      a(count === 1 ? '127.0.0.1' : '169.254.169.254'),
    ]);
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.port}`]);
    const resolve = (name: string): Promise<string[]> => resolver.resolve4(name);
    const spec = { kind: 'http', url: `http://rebind.example:${url.port}/`, redirects: 3 };
    const report = await look(spec, { resolve });
    await server.close();
    expect(report).toMatchObject({ outcome: 'failure', reason: 'address_not_allowed' });
    expect(report.message).toContain('rebind.example: 169.254.169.254 is metadata');
    expect(server.asked).toEqual(['A rebind.example', 'A rebind.example']);
  });
});

describe('over TLS', () => {
  test('a token is never shown to a stranger', async (context) => {
    const openssl = needs('openssl', context);
    let requests = 0;
    const pair = makeAuthority(openssl).issue('shop.example');
    const port = await secureWeb((_, answer) => {
      requests++;
      answer.end();
    }, pair);
    const resolve = async (): Promise<string[]> => ['127.0.0.1'];
    const headers = { Authorization: 'Bearer x' };
    const spec = { kind: 'http', url: `https://shop.example:${port}/`, headers };
    const report = await look(spec, { resolve });
    expect(report.reason).toBe('certificate_untrusted');
    expect(requests).toBe(0);
    const unjudged = await look({ ...spec, tls: { verify: false } }, { resolve });
    expect(unjudged.outcome).toBe('success');
  });

  test('the certificate is measured beside the answer', async (context) => {
    const authority = makeAuthority(needs('openssl', context));
    const port = await secureWeb((_, answer) => answer.end('ok'), authority.issue('127.0.0.1'));
    const url = `https://127.0.0.1:${port}/`;
    const report = await look({ kind: 'http', url, tls: { ca_file: authority.file } });
    expect(report.outcome).toBe('success');
    expect(figuresOf(report)).toMatchObject({
      probe_http_ssl: 1,
      probe_ssl_earliest_cert_expiry: Date.UTC(2099, 11, 31) / 1_000,
    });
    expect(report.phases.map(({ name }) => name)).toEqual([
      ...['resolve', 'connect', 'tls', 'processing', 'transfer'],
    ]);
  });

  test('a redirect from https to http is not followed', async (context) => {
    const authority = makeAuthority(needs('openssl', context));
    const plain = await web((_, answer) => answer.end());
    const port = await secureWeb((_, answer) => {
      answer.writeHead(302, { location: plain }).end();
    }, authority.issue('127.0.0.1'));
    const tls = { ca_file: authority.file };
    const spec = { kind: 'http', url: `https://127.0.0.1:${port}/`, tls, redirects: 1 };
    expect((await look(spec)).reason).toBe('redirect_not_allowed');
  });
});

describe('secrets', () => {
  test('a file that is gone says nothing of the target', async () => {
    const token = file('token', 'x1234');
    const url = await web(() => expect.unreachable());
    const settings = await settingsOf({ kind: 'http', url, secrets: { token: { file: token } } });
    rmSync(token);
    const report = await probeOnce(settings, settings.probes[0]!, {
      clock: systemClock,
      log: silentLog,
    });
    expect(report).toMatchObject({ outcome: 'unknown', reason: 'could_not_look' });
  });

  test('a page that shows one gets it taken out of the report', async () => {
    const secret = 'hunter2 & more';
    const url = await web((request, answer) =>
      answer.setHeader('x-echo', String(request.headers['x-key'])).end(),
    );
    const report = await look({
      ...{ kind: 'http', url, headers: { 'X-Key': place('key') } },
      secrets: { key: { file: file('key', secret) } },
      expect: { headers: { 'x-echo': '^other$' } },
    });
    expect(report.reason).toBe('header');
    expect(JSON.stringify(report)).not.toContain('hunter2');
    expect(report.message).toContain('it is "***"');
  });
});
