/** What `agent doctor` says of the receiver, on this host as it is. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { examineTraps, type TrapSettings } from '../../../src/agent/traps/traps.ts';
import { COMMUNITY, openRig, SETTINGS } from './rig.ts';

const TARGETS = [
  { name: 'here', address: '127.0.0.9' },
  { name: 'far', address: '198.51.100.7' },
  { name: 'named', address: 'switch.example' },
];

async function examine(more: Partial<TrapSettings> = {}, targets = TARGETS.slice(0, 1)) {
  const [port, buffer, sources, credentials] = await examineTraps(
    { ...SETTINGS, ...more },
    targets,
  );
  return { port, buffer, sources, credentials };
}

/** A port that is bound by this process until the test ends. */
async function taken(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return socket.address().port;
}

describe('the port', () => {
  test('that is free is left free', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    for (const _ of [1, 2]) {
      const found = (await examine({ port })).port;
      expect(found).toEqual({
        ...{ state: 'works', mend: '' },
        text: `UDP port ${port} is free: no agent receives now`,
      });
    }
  });

  test('that an agent receives on is told as that', async (context) => {
    context.skip(process.platform !== 'linux', 'only Linux shows who listens');
    const rig = await openRig();
    const found = (await examine({ port: rig.traps.stats().port })).port;
    expect(found).toMatchObject({ state: 'works', mend: '' });
    expect(found?.text).toMatch(/^an agent receives on UDP port \d+ \(pid \d+\)$/);
  });

  test('that another program holds is told with its name', async (context) => {
    context.skip(process.platform !== 'linux', 'only Linux shows who listens');
    const body = `const s = require('node:dgram').createSocket('udp4');
      s.bind(0, '127.0.0.1', () => console.log(s.address().port));`;
    const child = spawn(process.execPath, ['-e', body], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    });
    const [said] = await once(child.stdout, 'data');
    const found = (await examine({ port: Number(String(said)) })).port;
    expect(found?.state).toBe('fails');
    expect(found?.text).toContain(`node (pid ${child.pid})`);
    expect(found?.mend).toContain('another port in traps.listen');
  });

  test('that is in use fails when it is this very test', async () => {
    const found = (await examine({ port: await taken() })).port;
    expect(found?.text).toMatch(/is (held by .*node|in use)/);
  });

  test('of an address that is not here', async () => {
    const found = (await examine({ host: '192.0.2.77' })).port;
    expect(found).toEqual({
      state: 'fails',
      text: 'no interface of this host has 192.0.2.77',
      mend: 'write 0.0.0.0 or [::] in traps.listen',
    });
  });
});

test('the buffer is what the kernel gives, with the mend where that is little', async () => {
  const { buffer } = await examine();
  expect(buffer?.state).toBe('works');
  const [, kib = '0'] = /keeps (\d+) KiB/.exec(buffer?.text ?? '') ?? [];
  expect(Number(kib)).toBeGreaterThan(0);
  const isEnough = Number(kib) >= 4_096;
  expect(buffer?.mend.includes('net.core.rmem_max=4194304')).toBe(!isEnough);
});

describe('who may send', () => {
  test('covers the devices that are asked', async () => {
    expect((await examine()).sources).toEqual({
      ...{ state: 'works', mend: '' },
      text: 'ranges that may send: 1, relays: 0',
    });
  });

  test('leaves out devices: they are named, a few of them', async () => {
    const far = Array.from({ length: 7 }, (_, i) => ({ name: `far-${i}`, address: `10.0.0.${i}` }));
    const { sources } = await examine({}, [...TARGETS, ...far]);
    expect(sources?.text).toContain('not far, far-0, far-1, far-2, far-3 and 3 more, which');
    expect(sources?.mend).toContain('traps.sources');
  });

  test('is anybody', async () => {
    const { sources } = await examine({ sources: ['192.0.2.0/24', '0.0.0.0/0'] });
    expect(sources?.text).toContain('anybody may');
    expect(sources?.mend).toContain('networks of your devices');
  });

  test('is of IPv6, where only IPv4 is listened to', async () => {
    const { sources } = await examine({ sources: ['2001:db8::/32'] });
    expect(sources).toMatchObject({ state: 'fails', mend: expect.stringContaining('[::]') });
  });
});

test('credentials are counted, never shown', async () => {
  const bare = { version: '3', user: 'bare', context: '' } as const;
  const credentials = [...SETTINGS.credentials, bare, { ...COMMUNITY, community: 'b' }];
  const found = (await examine({ credentials })).credentials;
  expect(found?.text).toMatch(
    /^users: 2 \(1 with privacy\), communities: 2; known kinds of traps: \d+$/,
  );
});
