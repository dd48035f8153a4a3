/** F24: whatever arrives, the agent's process goes on; what ends the child is counted and kept. */
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DATAGRAMS, damaged, seeded } from './datagrams.ts';
import { openRig } from './rig.ts';

const COUNT = 100_000;
/** What the kernel keeps for a socket at its usual limits. */
const BURST = 100;

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return socket;
}

let number = 0x7000_0000;

/** True when the inform was answered: everything sent before it has been dealt with. */
function inform(socket: Socket, port: number, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => finish(false), patienceMs);
    const finish = (answered: boolean): void => {
      clearTimeout(late);
      socket.removeAllListeners('message');
      resolve(answered);
    };
    // Damaged informs are answered too; this one has a request number of its own.
    const asked = Buffer.from(DATAGRAMS['v2c inform']);
    const at = asked.indexOf(0xa6) + 4;
    number += 1;
    asked.writeUInt32BE(number, at);
    socket.on('message', (answer) => {
      if (answer.length === asked.length && answer.readUInt32BE(at) === number) finish(true);
    });
    socket.send(asked, port, '127.0.0.1');
  });
}

test(`${COUNT} damaged datagrams: the parent stays, the child is always there again`, async () => {
  const unlimited = { perSecond: 1e9, burst: 1e9, allPerSecond: 1e9, allBurst: 1e9 };
  const { traps, ear, directory, logged } = await openRig({ rates: unlimited });
  const socket = await openSocket();
  const { port } = traps.stats();
  const random = seeded(20_260_105);
  for (let sent = 0; sent < COUNT; sent += BURST) {
    for (let i = 0; i < BURST; i++) socket.send(damaged(random), port, '127.0.0.1');
    let tries = 0;
    while (!(await inform(socket, port, 500))) {
      tries += 1;
      expect(tries).toBeLessThan(20);
    }
  }
  await expect.poll(() => traps.stats().received).toBeGreaterThanOrEqual(COUNT);
  await traps.settled();
  const stats = traps.stats();
  expect(stats.crashes).toBe(0);
  const broken = logged.filter((line) => line.includes('broke the decoder')).length;
  expect(stats.dropped.broken ?? 0).toBe(broken);
  expect(stats.dropped.kernel).toBe(0);
  // What breaks it is kept for a test, up to a limit.
  expect(broken).toBeGreaterThan(32);
  expect(readdirSync(join(directory, 'crashes')).length).toBe(32);
  // Some of them were decoded, most were not; none of it is a fault without a known rule.
  expect(stats.events).toBeGreaterThan(0);
  expect(stats.dropped.malformed ?? 0).toBeGreaterThan(0);
  expect(stats.dropped.credentials ?? 0).toBeGreaterThan(0);
  expect(ear.events.length).toBe(stats.events);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  expect(ear.events.map((event) => JSON.stringify(event)).join('')).not.toMatch(/[\u0000-\u001f]/);
});
