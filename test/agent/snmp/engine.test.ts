/**
 * SNMPv3 devices that are replaced or set up anew, as Debian's snmpd with another engine ID or a
 * boot counter that begins again: they are asked on, and the log says what happened.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { engineChange } from '../../../src/agent/snmp/engine.ts';
import { openSnmpTargets } from '../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog } from '../../../src/shared/log.ts';
import { needs } from '../../support/parts.ts';
import { recorder, target } from './devices.ts';
import { answering, freeUdpPort, PROFILES, stopProcess } from './profiles/simulator.ts';

const SYSTEM_UPTIME = '1.3.6.1.2.1.1.3.0';
const credential = {
  version: '3',
  user: 'poller',
  context: '',
  auth: { protocol: 'sha256', key: 'authentic-enough' },
  priv: { protocol: 'aes', key: 'private-enough' },
} as const;
const ONE = '80001f8880aabbccdd11223344';
const OTHER = '80001f8880aabbccdd55667788';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

/** One device on one port, whoever stands there. */
async function place(program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'snmp-engine-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freeUdpPort();
  let daemon: ChildProcess | null = null;
  const away = async (): Promise<void> => {
    if (daemon !== null) await stopProcess(daemon);
  };
  cleanups.push(away);
  const stand = async (engineId: string, boots: number): Promise<void> => {
    await away();
    const persistent = join(folder, 'persistent');
    rmSync(persistent, { recursive: true, force: true });
    mkdirSync(persistent);
    const state = `engineBoots ${boots}\noldEngineID 0x${engineId}\n`;
    writeFileSync(join(persistent, 'snmpd.conf'), state);
    const lines = [
      `exactEngineID 0x${engineId}`,
      'rocommunity watch 127.0.0.1',
      `createUser poller SHA-256 "${credential.auth.key}" AES "${credential.priv.key}"`,
      'rouser poller authpriv',
    ];
    const file = join(folder, 'snmpd.conf');
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    daemon = spawn(program, ['-f', '-Ln', '-c', file, `udp:127.0.0.1:${port}`], {
      stdio: 'ignore',
      // What it remembers is only read where its configuration may lie.
      env: {
        PATH: '/usr/bin:/usr/sbin',
        SNMP_PERSISTENT_DIR: persistent,
        SNMPCONFPATH: persistent,
      },
    });
    await answering(port, 'watch', SYSTEM_UPTIME);
  };
  return { port, stand, away };
}

async function watch(port: number) {
  const lines: { level: string; reason?: string }[] = [];
  const log = createLog({ write: (line) => lines.push(JSON.parse(line)) });
  const targets = [target(port, { credential, timeoutMs: 500, retries: 1 })];
  const settings = { targets, profileFolders: [PROFILES], warnings: [] };
  const [one] = await openSnmpTargets(settings, { clock: systemClock, log, agent: 'a' });
  cleanups.push(() => one?.close?.());
  return {
    /** Whether the look went well, and what the log says of it. */
    look: async () => {
      lines.length = 0;
      const { samples, emit } = recorder();
      await one?.collect(emit, new AbortController().signal);
      return {
        isRead: samples.get('snmp_scrape_success') === 1,
        said: lines.map(({ reason }) => reason),
      };
    },
  };
}

test('another engine at the address is read at once, and told', async (context) => {
  const { port, stand } = await place(needs('snmpd', context));
  await stand(ONE, 7);
  const { look } = await watch(port);
  expect(await look()).toEqual({ isRead: true, said: [] });
  expect(await look()).toEqual({ isRead: true, said: [] });
  await stand(OTHER, 0);
  const { isRead, said } = await look();
  expect(isRead).toBe(true);
  expect(said).toEqual([expect.stringContaining(`from ${ONE} to ${OTHER}`)]);
  expect(await look()).toEqual({ isRead: true, said: [] });
}, 60_000);

test('a boot counter that went back is taken, and told; one that went on is a restart', async (context) => {
  const { port, stand } = await place(needs('snmpd', context));
  await stand(ONE, 7);
  const { look } = await watch(port);
  await look();
  await stand(ONE, 2);
  const { isRead, said } = await look();
  expect(isRead).toBe(true);
  expect(said).toEqual(['its boot counter went back from 8 to 3: it was set up anew']);
  await stand(ONE, 20);
  expect(await look()).toEqual({ isRead: true, said: [] });
}, 60_000);

test('a device that was replaced while it was away is told when it is back', async (context) => {
  const { port, stand, away } = await place(needs('snmpd', context));
  await stand(ONE, 7);
  const { look } = await watch(port);
  await look();
  await away();
  expect((await look()).isRead).toBe(false);
  await stand(OTHER, 0);
  const { isRead, said } = await look();
  expect(isRead).toBe(true);
  expect(said).toContainEqual(expect.stringContaining(`to ${OTHER}`));
}, 60_000);

describe('between two looks', () => {
  test.each([
    ['nothing is known yet', null, { id: 'a', boots: 1 }],
    ['a device did not answer', { id: 'a', boots: 1 }, null],
    ['it restarted', { id: 'a', boots: 1 }, { id: 'a', boots: 2 }],
    ['its boots are not known', { id: 'a', boots: 1 }, { id: 'a', boots: Number.NaN }],
  ])('%s: nothing is told', (_what, before, now) => {
    expect(engineChange(before, now)).toBe('');
  });
});
