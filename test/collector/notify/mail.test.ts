/** E-mail to a real SMTP server: both parts, TLS with its own authority, refusals, no injection. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions, type SMTPSession } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { mailOf } from '../../../src/collector/notify/channels/mail.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { message, openChannel } from './channels.ts';

interface Mail {
  readonly raw: string;
  readonly secure: boolean;
  readonly envelope: SMTPSession['envelope'];
}

const folder = mkdtempSync(join(tmpdir(), 'mail-'));
const key = join(folder, 'key.pem');
const cert = join(folder, 'cert.pem');
beforeAll(() => {
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', cert, '-days', '2', ...name];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync('openssl', ['req', '-x509', '-nodes', ...curve, ...files], { stdio: 'pipe' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let mails: Mail[];
let servers: SMTPServer[];
beforeEach(() => {
  mails = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await new Promise<void>((resolve) => server.close(resolve));
});

/** The port of a server that keeps what it gets. */
async function serve(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, callback) => {
      let raw = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        raw += chunk;
      });
      stream.on('end', () => {
        // The server clears its session after the mail.
        mails.push({ raw, secure: session.secure, envelope: structuredClone(session.envelope) });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

const tls = () => ({ key: readFileSync(key), cert: readFileSync(cert) });
const channel = (port: number, more: object = {}, allow = ['127.0.0.1/32', '::1/128']) =>
  openChannel(
    { kind: 'mail', host: '127.0.0.1', port, tls: 'none', from: 'wk@example.com', ...more },
    { clock: systemClock, secrets: { password: 'pass-word' }, allow },
  );

/** The decoded body of a part, by its media type. */
function part(raw: string, type: string): string {
  const [, head = '', body = ''] =
    new RegExp(`(Content-Type: ${type}[\\s\\S]*?)\\r\\n\\r\\n([\\s\\S]*?)\\r\\n--`).exec(raw) ?? [];
  if (/base64/.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

test('a mail has both parts, its own id, and is urgent when the fault is', async () => {
  const port = await serve();
  const text = '设备:sw-1\n现象:无应答';
  const html = '<p>设备:<strong>sw-1</strong></p>';
  const sent = await channel(port).send(message({ to: 'wang@example.com', text, html }));
  expect(sent).toEqual({ outcome: 'accepted', reason: '' });
  const { raw, envelope } = mails[0]!;
  expect(envelope.mailFrom.address).toBe('wk@example.com');
  expect(envelope.rcptTo.map(({ address }) => address)).toEqual(['wang@example.com']);
  expect(raw).toMatch(/Content-Type: multipart\/alternative/);
  expect(part(raw, 'text/plain').trim()).toBe(
    text.replace('\n', '\r\n').trim().replace('\r\n', '\n'),
  );
  expect(part(raw, 'text/html').trim()).toBe(html);
  expect(raw).toContain(`Message-ID: <${'a'.repeat(32)}@watchkeeper>`);
  expect(raw).toContain('X-Priority: 1');
  expect(raw.toLowerCase()).toContain('auto-submitted: auto-generated');
});

test.each([
  'a\r\nBcc: everybody@example.com',
  'a\nTo: everybody@example.com',
  'a\r\n\r\n<script>alert(1)</script>',
  'a\u2028b',
])('the subject %j stays one header', async (subject) => {
  const port = await serve();
  await channel(port).send(message({ to: 'wang@example.com', subject }));
  expect(mails).toHaveLength(1);
  const [head = ''] = (mails[0]?.raw ?? '').split('\r\n\r\n');
  expect(head).not.toMatch(/^(bcc|to: everybody)/im);
  expect(mails[0]?.envelope.rcptTo).toHaveLength(1);
});

test('over TLS with the authority of the operator, and with a login', async () => {
  const logins: (string | undefined)[] = [];
  const port = await serve({
    secure: true,
    ...tls(),
    authOptional: false,
    onAuth: ({ username, password }, _session, callback) => {
      logins.push(username);
      if (password === 'pass-word') callback(null, { user: username ?? '' });
      else callback(new Error('wrong password'));
    },
  });
  const login = { user: 'watchkeeper', password_file: 'password' };
  const secure = { host: 'localhost', tls: 'implicit', ca_file: cert, ...login };
  expect(await channel(port, secure).send(message({ to: 'wang@example.com' }))).toEqual({
    outcome: 'accepted',
    reason: '',
  });
  expect(logins).toEqual(['watchkeeper']);
  expect(mails[0]?.secure).toBe(true);
});

test('a certificate that nobody vouches for is refused, and tried again later', async () => {
  const port = await serve({ secure: true, ...tls() });
  const result = await channel(port, { host: 'localhost', tls: 'implicit' }).send(
    message({ to: 'wang@example.com' }),
  );
  expect(result).toMatchObject({ outcome: 'retry', reason: expect.stringMatching(/self-signed/) });
  expect(mails).toEqual([]);
});

test('STARTTLS is required, not tried: a server without it gets nothing', async () => {
  const with_ = await serve({ disabledCommands: [], ...tls() });
  const options = { host: 'localhost', tls: 'starttls', ca_file: cert };
  const to = { to: 'wang@example.com' };
  expect(await channel(with_, options).send(message(to))).toMatchObject({ outcome: 'accepted' });
  expect(mails[0]?.secure).toBe(true);
  const without = await serve();
  expect(await channel(without, options).send(message(to))).toMatchObject({ outcome: 'retry' });
  expect(mails).toHaveLength(1);
});

test.each([
  [550, 'refused'],
  [451, 'retry'],
])('a recipient that is answered %i is %s', async (responseCode, outcome) => {
  const port = await serve({
    onRcptTo: (_address, _session, callback) =>
      callback(Object.assign(new Error('no such user'), { responseCode })),
  });
  const result = await channel(port).send(message({ to: 'nobody@example.com' }));
  expect(result).toMatchObject({ outcome, reason: expect.stringContaining('no such user') });
});

test('a host that the operator did not list is not called', async () => {
  const port = await serve();
  const result = await channel(port, {}, []).send(message({ to: 'wang@example.com' }));
  expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('loopback') });
});

test('what is over is not urgent', () => {
  expect(mailOf(message({ over: true }), 'a@b.example').priority).toBe('normal');
  expect(mailOf(message(), 'a@b.example').priority).toBe('high');
});
