/** SNMPv3 against Debian's snmpsimd: every authentication and privacy it can speak with us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthProtocol, PrivProtocol } from '../../../src/agent/snmp/protocols.ts';
import { isRoot, needs, part } from '../../support/parts.ts';
import { openDevice, target } from './devices.ts';
import { freeUdpPort } from './profiles/simulator.ts';

const NOBODY = 65_534;
const AUTH_KEY = 'authpass123';
const PRIV_KEY = 'privpass123';

/** Name of the user, what we call its protocols, what snmpsimd calls them. */
const USERS: readonly (readonly [string, AuthProtocol, PrivProtocol | null, string, string])[] = [
  ['aes128', 'sha256', 'aes', 'SHA256', 'AES'],
  ['sha1', 'sha', 'aes', 'SHA', 'AES'],
  ['aes192r', 'sha', 'aes192r', 'SHA', 'AES192'],
  ['aes192b', 'sha384', 'aes192b', 'SHA384', 'AES192BLMT'],
  ['aes256b', 'sha512', 'aes256b', 'SHA512', 'AES256BLMT'],
  ['aes256r', 'sha256', 'aes256r', 'SHA256', 'AES256'],
  ['clear', 'sha224', null, 'SHA224', 'NONE'],
];

const folder = mkdtempSync(join(tmpdir(), 'snmp-v3-'));
let port = 0;
let simulator: ChildProcess | null = null;

beforeAll(async () => {
  const program = part('snmpsimd');
  if (program === null) return;
  const cache = mkdtempSync(join(folder, 'cache-'));
  writeFileSync(
    join(folder, 'box.snmprec'),
    '1.3.6.1.2.1.1.1.0|4|v3 device\n1.3.6.1.2.1.1.3.0|67|4200\n1.3.6.1.2.1.1.5.0|4|box\n',
  );
  chmodSync(folder, 0o755);
  if (isRoot) chownSync(cache, NOBODY, NOBODY);
  port = await freeUdpPort();
  const users = USERS.flatMap(([name, , , auth, priv]) => [
    `--v3-user=${name}`,
    `--v3-auth-key=${AUTH_KEY}`,
    `--v3-auth-proto=${auth}`,
    ...(priv === 'NONE' ? [] : [`--v3-priv-key=${PRIV_KEY}`, `--v3-priv-proto=${priv}`]),
  ]);
  const asNobody = isRoot ? ['--process-user=nobody', '--process-group=nogroup'] : [];
  const place = [`--data-dir=${folder}`, `--cache-dir=${cache}`];
  const listen = `--agent-udpv4-endpoint=127.0.0.1:${port}`;
  const args = [...place, listen, '--logging-method=null', ...asNobody, ...users];
  simulator = spawn(program, args, { stdio: 'ignore' });
}, 60_000);

afterAll(async () => {
  if (simulator !== null && simulator.exitCode === null) {
    const ended = once(simulator, 'exit');
    simulator.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function look(
  user: string,
  auth: AuthProtocol,
  priv: PrivProtocol | null,
  keys: { auth?: string; priv?: string; context?: string; retries?: number } = {},
) {
  const opened = await openDevice(
    target(port, {
      timeoutMs: 500,
      // The simulator may still be starting.
      retries: keys.retries ?? 60,
      credential: {
        version: '3',
        user,
        context: keys.context ?? 'box',
        auth: { protocol: auth, key: keys.auth ?? AUTH_KEY },
        ...(priv === null ? {} : { priv: { protocol: priv, key: keys.priv ?? PRIV_KEY } }),
      },
    }),
  );
  try {
    return await opened.look();
  } finally {
    opened.close();
  }
}

for (const [name, auth, priv] of USERS) {
  test(`user ${name}: ${auth} and ${priv ?? 'no privacy'}`, async (context) => {
    needs('snmpsimd', context);
    const { trouble, known } = await look(name, auth, priv);
    expect(trouble).toBeNull();
    expect(known?.system.sysDescr).toBe('v3 device');
  }, 60_000);
}

test('a wrong authentication key is told from silence', async (context) => {
  needs('snmpsimd', context);
  const wrong = { auth: 'wrongpass123', retries: 1 };
  const { trouble } = await look('aes128', 'sha256', 'aes', wrong);
  expect(trouble?.kind).toBe('denied');
  expect(trouble?.message).not.toContain('wrongpass123');
}, 60_000);

test('a wrong privacy key reads nothing', async (context) => {
  needs('snmpsimd', context);
  const { trouble, known } = await look('aes128', 'sha256', 'aes', {
    priv: 'wrongpass123',
    retries: 0,
  });
  expect(trouble).not.toBeNull();
  expect(known).toBeNull();
}, 60_000);

test('the context is part of the question', async (context) => {
  needs('snmpsimd', context);
  const { known } = await look('clear', 'sha224', null, { context: 'elsewhere', retries: 0 });
  expect(known?.system.sysDescr ?? '').not.toBe('v3 device');
}, 60_000);
