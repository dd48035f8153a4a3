/** Many devices in one process: who is silent costs nobody else's time, and all share one socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openRounds } from '../../../src/agent/sampler/sampler.ts';
import { authProtocol, loadNetSnmp, privProtocol } from '../../../src/agent/snmp/protocols.ts';
import {
  isWholeSequence,
  messageId,
  openSharedSockets,
} from '../../../src/agent/snmp/shared-sockets.ts';
import { openSnmpTargets, type SnmpTarget } from '../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { honest, openSimDevice } from '../../support/snmp-device.ts';
import { port, recorder, system, target } from './devices.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

const ROOM = { clock: systemClock, log: silentLog, agent: 'site-1' };

async function open(targets: readonly SnmpTarget[]) {
  // No profiles: every device is read by the system group and IF-MIB alone.
  const folder = mkdtempSync(join(tmpdir(), 'no-profiles-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const profileFolders = [folder];
  const opened = await openSnmpTargets({ targets, profileFolders, warnings: [] }, ROOM);
  cleanups.push(() => {
    for (const one of opened) one.close?.();
  });
  return opened;
}

test('without targets nothing is opened', async () => {
  expect(await openSnmpTargets({ targets: [], profileFolders: [], warnings: [] }, ROOM)).toEqual(
    [],
  );
});

test('a target carries its labels and ends its round before the next is due', async () => {
  const [one] = await open([
    target(9, { name: 'sw-1', labels: { site: 'hq' }, intervalMs: 10_000 }),
  ]);
  expect(one).toMatchObject({
    name: 'sw-1',
    labels: { site: 'hq', instance: 'sw-1', agent: 'site-1', job: 'snmp' },
    intervalMs: 10_000,
    timeoutMs: 10_000,
  });
});

test('a profile nobody has is refused before anything is asked', async () => {
  await expect(open([target(9, { profile: 'no-such' })])).rejects.toThrow('no profile "no-such"');
});

test('half of fifty devices silent: the others are done before the first of those is given up', async () => {
  const sims = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      openSimDevice(i % 2 === 0 ? honest({ ...system(), ...port(1, `p${i}`) }) : () => {}),
    ),
  );
  for (const sim of sims) cleanups.push(() => sim.close());
  const how = { timeoutMs: 2_500, retries: 1, neighbours: false };
  const targets = await open(sims.map((sim, i) => target(sim.port, { name: `d${i}`, ...how })));
  const ended: number[] = [];
  const watched = targets.map((one, i) => ({
    ...one,
    collect: async (...args: Parameters<typeof one.collect>) => {
      await one.collect(...args);
      ended.push(i);
    },
  }));
  let samples = 0;
  const rounds = openRounds({
    targets: watched,
    clock: systemClock,
    log: silentLog,
    onBatch: (batch) => {
      samples += batch.length;
    },
  });
  await rounds.cycle();
  expect(ended.slice(0, 25).every((i) => i % 2 === 0)).toBe(true);
  expect(ended).toHaveLength(50);
  // Every silent one was asked once and once again, and nothing more.
  expect(sims.filter((_, i) => i % 2 === 1).map(({ requests }) => requests.length)).toEqual(
    Array(25).fill(2),
  );
  expect(rounds.stats()).toMatchObject({ rounds: 50, missed: 0 });
  expect(samples).toBeGreaterThan(25 * 15);
});

test('a hundred looks go through one socket', async () => {
  const seen = new Set<number>();
  const answer = honest(system());
  const other = await openSimDevice((request, send, device, from) => {
    seen.add(from.port);
    answer(request, send, device, from);
  });
  cleanups.push(() => other.close());
  const targets = await open(
    Array.from({ length: 100 }, (_, i) =>
      target(other.port, { name: `d${i}`, neighbours: false, timeoutMs: 5_000 }),
    ),
  );
  const { emit, samples } = recorder();
  await Promise.all(targets.map((one) => one.collect(emit, new AbortController().signal)));
  expect(samples.get('snmp_scrape_success')).toBe(1);
  expect(seen.size).toBe(1);
});

test.each([
  [[0x30, 0], true],
  [[0x30, 2, 5, 0], true],
  [[0x30, 3, 5, 0], false],
  [[0x30, 1, 5, 0], false],
  [[0x30, 0x81, 2, 5, 0], true],
  [[0x30, 0x82, 0, 2, 5, 0], true],
  [[0x30, 0x82, 0, 3, 5, 0], false],
  [[0x30, 0x80], false],
  [[0x30, 0x85, 0, 0, 0, 0, 0], false],
  [[0x31, 0], false],
  [[0x30], false],
  [[], false],
])('%j is one whole sequence: %s', (bytes, is) => {
  expect(isWholeSequence(Buffer.from(bytes))).toBe(is);
});

/** A v2c message of GET 0: version, community, then the PDU with the request-id. */
const question = (id: readonly number[], tag = 0xa0): Buffer => {
  const pdu = [tag, id.length + 2, 2, id.length, ...id];
  return Buffer.from([0x30, pdu.length + 6, 2, 1, 1, 4, 1, 0x70, ...pdu]);
};

test.each([
  [question([5]), 5],
  [question([0x12, 0x34, 0x56, 0x78], 0xa2), 0x12345678],
  [question([0xff]), -1],
  [Buffer.from([0x30, 9, 2, 1, 3, 0x30, 4, 2, 2, 1, 0]), 256],
  [Buffer.from([0x30, 3, 2, 1, 1]), null],
  [Buffer.from([0x30, 2, 5, 0]), null],
  [Buffer.from([0x30, 8, 2, 1, 1, 4, 1, 0x70, 0xa0, 0]), null],
  [Buffer.alloc(0), null],
])('the number of %j is %s', (datagram, id) => {
  expect(messageId(datagram)).toBe(id);
});

test('reading the number never throws, whatever arrives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const id = messageId(Buffer.from(bytes));
      expect(id === null || Number.isInteger(id)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('an answer goes to who asked, by number, and not to who asked the same device', async () => {
  const sim = await openSimDevice((request, send) => send(question([...request.id], 0xa2)));
  cleanups.push(() => sim.close());
  const sockets = openSharedSockets();
  cleanups.push(() => sockets.close());
  const ask = (id: number) => {
    const { line, dgram } = sockets.line();
    const socket = dgram.createSocket('udp4');
    const answered = new Promise<Buffer>((resolve) => {
      socket.on('message', resolve);
    });
    const bytes = question([id]);
    socket.send(bytes, 0, bytes.length, sim.port, '127.0.0.1', () => {});
    return { line, socket, answered };
  };
  const [one, two] = [ask(1), ask(2)];
  expect(await one.answered).toEqual(question([1], 0xa2));
  expect(await two.answered).toEqual(question([2], 0xa2));
  expect(one.line.lastBytes).toBe(question([1]).length);
  one.socket.close();
  expect(sockets.counts()).toMatchObject({ strangers: 0, malformed: 0 });
});

test.each([
  ['SHA-256', 'sha256'],
  ['sha1', 'sha'],
  ['SHA', 'sha'],
  ['sha-512', 'sha512'],
  ['MD5', null],
])('authentication %s is %s', (text, name) => {
  expect(authProtocol(text)).toBe(name);
});

test.each([
  ['AES', 'aes'],
  ['AES-128', 'aes'],
  ['AES192', 'aes192b'],
  ['AES-256-C', 'aes256r'],
  ['aes256b', 'aes256b'],
  ['DES', null],
])('privacy %s is %s', (text, name) => {
  expect(privProtocol(text)).toBe(name);
});

test('loading the library twice completes its ciphers once', async () => {
  const first = await loadNetSnmp();
  expect(await loadNetSnmp()).toBe(first);
});
