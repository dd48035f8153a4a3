/** Channels over TLS: an unknown authority gets nothing, and costs nothing when asked again (S38). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { exchange } from '../../../src/collector/notify/http-post.ts';
import { addressPolicy, systemResolve } from '../../../src/shared/address-policy.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { message, openChannel } from './channels.ts';

const folder = mkdtempSync(join(tmpdir(), 'https-'));
let server: Server;
let port: number;
let bodies: number;
beforeAll(async () => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const files = ['-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-nodes', ...curve, ...files, ...name], {
    stdio: 'pipe',
  });
  server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      request.resume().on('end', () => {
        bodies++;
        response.end('{}');
      });
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  bodies = 0;
});

const allow = ['127.0.0.1/32', '::1/128'];
const webhook = (url: string) =>
  openChannel(
    { kind: 'webhook', url_file: 'url', secret_file: 'secret' },
    { clock: systemClock, secrets: { url, secret: 's3cret' }, allow },
  );

test('a certificate that nobody vouches for is refused, and may be mended', async () => {
  const result = await webhook(`https://localhost:${port}/hook`).send(message());
  expect(result).toMatchObject({ outcome: 'retry', reason: expect.stringMatching(/self-signed/) });
  expect(bodies).toBe(0);
});

test('a hundred attempts leave nothing open', async () => {
  const channel = webhook(`https://localhost:${port}/hook`);
  for (let n = 0; n < 100; n++) await channel.send(message());
  const open = await new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
  expect(open).toBeLessThanOrEqual(1);
  expect(bodies).toBe(0);
});

test('http needs a word in the configuration', async () => {
  const result = await webhook(`http://localhost:${port}/hook`).send(message());
  expect(result).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('not https'),
  });
});

test('the connection goes to the address that was checked, not to a second answer', async () => {
  let asked = 0;
  const resolve = async (): Promise<readonly string[]> => {
    asked++;
    return asked === 1 ? ['127.0.0.1'] : ['169.254.169.254'];
  };
  const doors = { clock: systemClock, policy: addressPolicy(allow), resolve };
  const url = `https://rebinding.example:${port}/`;
  const answer = await exchange({ url, plainHttp: false, body: '{}' }, doors);
  // It reached the checked address, whose certificate is not that name's.
  expect(answer).toMatchObject({ outcome: 'retry' });
  expect(asked).toBe(1);
});

test('a name whose second address is guarded is refused whole', async () => {
  const resolve = async () => ['127.0.0.1', '169.254.169.254'];
  const doors = { clock: systemClock, policy: addressPolicy(allow), resolve };
  const answer = await exchange({ url: `https://two.example:${port}/`, plainHttp: false }, doors);
  expect(answer).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('metadata') });
});

test('a name that cannot be resolved is tried again', async () => {
  const doors = { clock: systemClock, policy: addressPolicy(allow), resolve: systemResolve };
  const url = 'https://no-such-host.invalid/';
  expect(await exchange({ url, plainHttp: false }, doors)).toMatchObject({ outcome: 'retry' });
});
