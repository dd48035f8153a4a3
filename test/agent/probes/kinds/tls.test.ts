/** Real handshakes with certificates of a real authority: good, ended, not begun, for others. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../support/parts.ts';
import {
  type Authority,
  closeAll,
  figuresOf,
  file,
  type KeyPair,
  look,
  makeAuthority,
  secureWeb,
  tcpServer,
} from '../parts.ts';

let authority: Authority;
beforeEach((context) => {
  authority = makeAuthority(needs('openssl', context));
});
afterEach(closeAll);

const resolve = async (): Promise<string[]> => ['127.0.0.1'];
const serve = (pair: KeyPair): Promise<number> => secureWeb((_, answer) => answer.end('x'), pair);
const spec = (port: number, more: object = {}): object => ({
  kind: 'tls',
  host: 'shop.example',
  port,
  ca_file: authority.file,
  ...more,
});

test('a good certificate, with what blackbox_exporter tells of it', async () => {
  const port = await serve(
    authority.issue('shop.example', { from: '20200101000000Z', to: '20300101000000Z' }),
  );
  const report = await look(spec(port), { resolve });
  expect(report).toMatchObject({ outcome: 'success' });
  expect(report.phases.map(({ name }) => name)).toEqual(['resolve', 'connect', 'tls']);
  const figures = figuresOf(report);
  expect(figures).toMatchObject({
    probe_ssl_earliest_cert_expiry: Date.UTC(2030, 0, 1) / 1_000,
    'probe_tls_version_info{version=TLSv1.3}': 1,
  });
  const [info] = Object.keys(figures).filter((name) =>
    name.startsWith('probe_ssl_last_chain_info'),
  );
  expect(info).toMatch(
    /fingerprint_sha256=[0-9a-f]{64},issuer=Test authority,subject=shop.example,serialnumber=/,
  );
});

test('an address may be what a certificate is for', async () => {
  const port = await serve(authority.issue('127.0.0.1'));
  const report = await look(spec(port, { host: '127.0.0.1' }));
  expect(report.outcome).toBe('success');
});

describe('what is wrong is told apart, and the days left are told all the same', () => {
  const cases: readonly [string, string, { from: string; to: string } | undefined, string][] = [
    [
      'ended',
      'shop.example',
      { from: '20200101000000Z', to: '20210101000000Z' },
      'certificate_expired',
    ],
    [
      'not begun',
      'shop.example',
      { from: '20900101000000Z', to: '20910101000000Z' },
      'certificate_not_yet_valid',
    ],
    ['for another host', 'other.example', undefined, 'certificate_wrong_host'],
    ['for a wildcard above', '*.shop.example', undefined, 'certificate_wrong_host'],
  ];
  test.each(cases)('%s', async (_, name, dates, reason) => {
    const report = await look(spec(await serve(authority.issue(name, dates))), { resolve });
    expect(report).toMatchObject({ outcome: 'failure', reason });
    expect(figuresOf(report).probe_ssl_earliest_cert_expiry).toBeGreaterThan(0);
  });

  test('of nobody we trust', async (context) => {
    const stranger = makeAuthority(needs('openssl', context));
    const report = await look(spec(await serve(stranger.issue('shop.example'))), { resolve });
    expect(report).toMatchObject({ outcome: 'failure', reason: 'certificate_untrusted' });
  });

  test('the message names whom it is for', async () => {
    const report = await look(spec(await serve(authority.issue('other.example'))), { resolve });
    expect(report.message).toBe(
      'not so: the certificate is for shop.example; it is for DNS:other.example',
    );
  });
});

test('without the own authority the chain is not trusted', async () => {
  const port = await serve(authority.issue('shop.example'));
  const report = await look({ kind: 'tls', host: 'shop.example', port }, { resolve });
  expect(report.reason).toBe('certificate_untrusted');
});

test('a name of its own to ask for', async () => {
  const port = await serve(authority.issue('inner.example'));
  const report = await look(spec(port, { server_name: 'inner.example' }), { resolve });
  expect(report.outcome).toBe('success');
});

test('verify: false judges nothing and tells the days left', async () => {
  const dates = { from: '20200101000000Z', to: '20210101000000Z' };
  const port = await serve(authority.issue('other.example', dates));
  const report = await look(spec(port, { verify: false }), { resolve });
  expect(report).toMatchObject({ outcome: 'success', checks: [] });
  expect(figuresOf(report).probe_ssl_earliest_cert_expiry).toBe(Date.UTC(2021, 0, 1) / 1_000);
});

test('fewer days left than asked for', async () => {
  const soon = new Date(Date.now() + 5.5 * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  const port = await serve(authority.issue('shop.example', { from: '20200101000000Z', to: soon }));
  expect((await look(spec(port, { min_days: 5 }), { resolve })).outcome).toBe('success');
  const report = await look(spec(port, { min_days: 6 }), { resolve });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'certificate_ends_soon' });
  expect(report.message).toContain('5 days are');
});

test('an older protocol than asked for', async () => {
  const pair = { ...authority.issue('shop.example'), maxVersion: 'TLSv1.2' as const };
  const port = await serve(pair);
  expect((await look(spec(port, { min_version: 'TLSv1.2' }), { resolve })).outcome).toBe('success');
  const report = await look(spec(port, { min_version: 'TLSv1.3' }), { resolve });
  expect(report).toMatchObject({ reason: 'tls_failed' });
  expect(report.message).toContain('it is TLSv1.2');
});

test('something that does not speak TLS', async () => {
  const port = await tcpServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
  const report = await look(spec(port), { resolve });
  expect(report).toMatchObject({ outcome: 'failure', reason: 'tls_failed' });
});

test('something that hangs up, and something that says nothing', async () => {
  const hangs = await tcpServer((socket) => socket.once('data', () => socket.destroy()));
  expect((await look(spec(hangs), { resolve })).reason).toBe('closed');
  const silent = await tcpServer(() => {});
  const report = await look(spec(silent, { timeout: '200ms' }), { resolve });
  expect(report.message).toBe('no answer within 0.2 s (during tls)');
});

test('an authority that is none is a mistake of the configuration', async () => {
  const broken = file('ca.pem', 'not a certificate');
  await expect(look(spec(1, { ca_file: broken }))).rejects.toThrow(
    /probes\.it\.ca_file: .*holds no certificate in PEM form/,
  );
  await expect(look(spec(1, { ca_file: '/nonexistent' }))).rejects.toThrow(
    /probes\.it\.ca_file: cannot be read: ENOENT/,
  );
});
