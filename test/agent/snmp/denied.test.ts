/** Credentials that Debian's snmpd does not accept: what is wrong is told, and how to mend it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Credential } from '../../../src/agent/snmp/protocols.ts';
import { examineTargets } from '../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { needs, part } from '../../support/parts.ts';
import { target } from './devices.ts';
import { answering, freeUdpPort, PROFILES, stopProcess } from './profiles/simulator.ts';

const folder = mkdtempSync(join(tmpdir(), 'snmp-denied-'));
let daemon: ChildProcess | null = null;
let port = 0;

beforeAll(async () => {
  const program = part('snmpd');
  if (program === null) return;
  port = await freeUdpPort();
  const file = join(folder, 'snmpd.conf');
  const lines = [
    'rocommunity watch 127.0.0.1',
    'createUser poller SHA-256 "authentic-enough" AES "private-enough"',
    'rouser poller authpriv',
    'createUser low SHA-256 "authentic-enough"',
    'rouser low authnopriv',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  daemon = spawn(program, ['-f', '-Ln', '-C', '-c', file, `udp:127.0.0.1:${port}`], {
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/usr/sbin', SNMP_PERSISTENT_DIR: join(folder, 'persistent') },
  });
  await answering(port, 'watch', '1.3.6.1.2.1.1.3.0');
}, 60_000);

afterAll(async () => {
  if (daemon !== null) await stopProcess(daemon);
  rmSync(folder, { recursive: true, force: true });
});

const auth = { protocol: 'sha256', key: 'authentic-enough' } as const;
const priv = { protocol: 'aes', key: 'private-enough' } as const;
const right = { version: '3', user: 'poller', context: '', auth, priv } as const;
const { priv: _, ...noPriv } = right;

const CASES: readonly (readonly [string, Credential, string, string])[] = [
  [
    'an unknown user',
    { ...right, user: 'nobody' },
    'user nobody: it knows no such',
    'make this user',
  ],
  [
    'a wrong authentication key',
    { ...right, auth: { ...auth, key: 'wrong-enough' } },
    'user poller: the authentication key or protocol is wrong',
    'compare auth',
  ],
  [
    'a wrong authentication protocol',
    { ...right, auth: { ...auth, protocol: 'sha512' } },
    'the authentication key or protocol is wrong',
    'compare auth',
  ],
  [
    'a wrong privacy key',
    { ...right, priv: { ...priv, key: 'wrong-enough' } },
    'has an SNMP agent, which does not answer user poller',
    'privacy protocol and key',
  ],
  [
    'a wrong privacy protocol',
    { ...right, priv: { ...priv, protocol: 'aes256b' } },
    'has an SNMP agent, which does not answer user poller',
    'privacy protocol and key',
  ],
  ['a level below the user’s', noPriv, 'lets this credential read nothing', 'security level'],
  ['privacy the user has not', { ...right, user: 'low' }, 'no such security level', 'exactly as'],
  [
    'a wrong community',
    { version: '2c', community: 'wrong-enough' },
    'has an SNMP agent, which does not answer this community over v2c',
    'compare community and version',
  ],
];

test.for(CASES)('%s', { timeout: 60_000 }, async ([, credential, told, mend], context) => {
  needs('snmpd', context);
  const one = target(port, { credential, timeoutMs: 400 });
  const settings = { targets: [one], profileFolders: [PROFILES], warnings: [] };
  const [found] = await examineTargets(settings, { clock: systemClock });
  expect(found?.state).toBe('fails');
  expect(found?.text).toContain(told);
  expect(found?.mend).toContain(mend);
  expect(JSON.stringify(found)).not.toContain('enough');
});
