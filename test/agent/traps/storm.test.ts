/** F25: a storm and a collector that is away: every limit holds, every loss is counted. */
import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { DATAGRAMS } from './datagrams.ts';
import { openRig } from './rig.ts';

const COUNT = 20_000;
const SOURCES = 20;
const FILE_BYTES = 256 * 1024;

/** Sends `COUNT` traps as fast as the kernel takes them, each with another port number. */
async function storm(port: number): Promise<void> {
  const sockets = await Promise.all(
    Array.from({ length: SOURCES }, async (_, i) => {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.bind(0, `127.0.1.${i + 1}`, resolve));
      return socket;
    }),
  );
  for (let i = 0; i < COUNT; i += SOURCES) {
    await Promise.all(
      sockets.map((socket, s) => {
        const trap = Buffer.from(DATAGRAMS['v2c linkDown']);
        // The last byte is the value of ifOperStatus: other values make other traps.
        trap[trap.length - 1] = (i + s) % 120;
        return new Promise((resolve) => socket.send(trap, port, '127.0.0.1', resolve));
      }),
    );
  }
  for (const socket of sockets) socket.close();
}

test('a storm is counted to the last datagram; memory, disk and rate keep their limits', async () => {
  const rates = { perSecond: 50, burst: 150, allPerSecond: 500, allBurst: 2_000 };
  const { traps, ear } = await openRig({ rates, queueBytes: FILE_BYTES });
  ear.answer = { status: 503, headers: {}, body: '' };
  await storm(traps.stats().port);
  const counted = (): number => {
    const { received, dropped } = traps.stats();
    return received + (dropped.kernel ?? 0);
  };
  await expect.poll(counted, { timeout: 20_000 }).toBe(COUNT);
  await traps.settled();
  const { received, dropped, events, repeats, queuedEvents, queuedBytes, lostEvents, crashes } =
    traps.stats();
  const refused = (dropped.rate ?? 0) + (dropped.rate_all ?? 0);
  expect(received).toBe(events + repeats + refused);
  // How many depends on how long the storm lasts here; the limits let through far fewer than come.
  expect(refused).toBeGreaterThan(COUNT / 10);
  expect(queuedBytes).toBeLessThanOrEqual(2 * FILE_BYTES);
  expect(lostEvents).toBeGreaterThan(0);
  expect(queuedEvents + lostEvents).toBe(events);
  expect(crashes).toBe(0);
  // The collector is back: what is left arrives.
  ear.answer = null;
  await expect
    .poll(async () => {
      await traps.settled();
      return traps.stats().queuedEvents;
    })
    .toBe(0);
  expect(ear.events.length).toBe(queuedEvents);
});
