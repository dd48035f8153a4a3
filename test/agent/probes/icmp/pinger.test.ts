import { expect, test } from 'vitest';
import {
  createPinger,
  GATHER_MS,
  type PingRequest,
} from '../../../../src/agent/probes/icmp/pinger.ts';
import type { Echoes, PingTool, Volley } from '../../../../src/agent/probes/icmp/tool.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const answered = (ms: number): Echoes => ({ sent: 1, roundTripsMs: [ms], hopLimit: null });

/** Notes what it is asked for; answers at once, or when the test says so. */
function recordingTool(most = 1_000, hold?: Promise<void>) {
  const volleys: Volley[] = [];
  let atOnce = 0;
  let highest = 0;
  const tool: PingTool = {
    name: 'fping',
    path: '/usr/bin/fping',
    most,
    send: async (volley, _clock, signal) => {
      volleys.push(volley);
      highest = Math.max(highest, ++atOnce);
      await hold;
      atOnce--;
      if (signal?.aborted) throw new Error('aborted');
      return new Map(volley.addresses.map((address) => [address, answered(1)]));
    },
  };
  return { tool, volleys, highest: () => highest };
}

const request = (address: string, more: Partial<PingRequest> = {}): PingRequest => ({
  ...{ address, count: 1, spacingMs: 250, waitMs: 500 },
  ...more,
});

test('what is asked for within a short while goes out together', async () => {
  const clock = manualClock();
  const { tool, volleys } = recordingTool();
  const pinger = createPinger({ clock, tool: () => tool });
  const first = pinger.ping(request('192.0.2.1'));
  await clock.advance(GATHER_MS - 1);
  const second = pinger.ping(request('192.0.2.2'));
  expect(volleys).toEqual([]);
  await clock.advance(1);
  expect(await first).toEqual(answered(1));
  expect(await second).toEqual(answered(1));
  expect(volleys.map(({ addresses }) => addresses)).toEqual([['192.0.2.1', '192.0.2.2']]);
});

test('two probes of one address share its answer', async () => {
  const clock = manualClock();
  const { tool, volleys } = recordingTool();
  const pinger = createPinger({ clock, tool: () => tool });
  const both = [pinger.ping(request('192.0.2.1')), pinger.ping(request('192.0.2.1'))];
  await clock.advance(GATHER_MS);
  expect(await Promise.all(both)).toEqual([answered(1), answered(1)]);
  expect(volleys.map(({ addresses }) => addresses)).toEqual([['192.0.2.1']]);
});

test('other counts and patience go out apart, and so does what is too much for one process', async () => {
  const clock = manualClock();
  const { tool, volleys } = recordingTool(2);
  const pinger = createPinger({ clock, tool: () => tool });
  const all = ['1', '2', '3'].map((n) => pinger.ping(request(`192.0.2.${n}`)));
  all.push(pinger.ping(request('192.0.2.4', { count: 5 })));
  await clock.advance(GATHER_MS);
  await Promise.all(all);
  expect(volleys.map(({ addresses, count }) => [count, addresses.length])).toEqual([
    ...[
      [1, 2],
      [1, 1],
      [5, 1],
    ],
  ]);
});

test('processes are few at a time, however many addresses', async () => {
  const clock = manualClock();
  const gate = Promise.withResolvers<void>();
  const { tool, volleys, highest } = recordingTool(1, gate.promise);
  const pinger = createPinger({ clock, tool: () => tool });
  const all = Array.from({ length: 40 }, (_, i) => pinger.ping(request(`192.0.2.${i}`)));
  await clock.advance(GATHER_MS);
  expect(volleys).toHaveLength(8);
  gate.resolve();
  await Promise.all(all);
  expect(volleys).toHaveLength(40);
  expect(highest()).toBe(8);
});

test('of an address the program does not mention nothing is known', async () => {
  const clock = manualClock();
  const tool: PingTool = {
    ...recordingTool().tool,
    send: async () => new Map([['192.0.2.2', answered(1)]]),
  };
  const pinger = createPinger({ clock, tool: () => tool });
  const asked = expect(pinger.ping(request('192.0.2.1'))).rejects.toMatchObject({
    reason: 'could_not_look',
    message: 'fping says nothing of 192.0.2.1',
  });
  const other = pinger.ping(request('192.0.2.2'));
  await clock.advance(GATHER_MS);
  await asked;
  expect(await other).toEqual(answered(1));
});

test('without a program nothing is known of anybody; it is looked for again', async () => {
  const clock = manualClock();
  const { tool } = recordingTool();
  let installed: PingTool | null = null;
  const pinger = createPinger({ clock, tool: () => installed });
  const asked = expect(pinger.ping(request('192.0.2.1'))).rejects.toMatchObject({
    reason: 'could_not_look',
    message: 'neither fping nor ping is installed',
  });
  await clock.advance(GATHER_MS);
  await asked;
  installed = tool;
  const again = pinger.ping(request('192.0.2.1'));
  await clock.advance(GATHER_MS);
  expect(await again).toEqual(answered(1));
});

test('says how many one process can ask, as soon as there is a program', () => {
  const clock = manualClock();
  let installed: PingTool | null = null;
  const pinger = createPinger({ clock, tool: () => installed });
  expect(pinger.most()).toBe(1);
  installed = recordingTool(250).tool;
  expect(pinger.most()).toBe(250);
});

test('a program that cannot send says nothing of the targets either', async () => {
  const clock = manualClock();
  const tool: PingTool = {
    ...recordingTool().tool,
    send: () => Promise.reject(new Error('Operation not permitted')),
  };
  const pinger = createPinger({ clock, tool: () => tool });
  const asked = expect(pinger.ping(request('192.0.2.1'))).rejects.toMatchObject({
    reason: 'could_not_look',
    message: 'Operation not permitted',
  });
  await clock.advance(GATHER_MS);
  await asked;
});

test('closing ends what waits and what is under way', async () => {
  const clock = manualClock();
  const gate = Promise.withResolvers<void>();
  const { tool } = recordingTool(1, gate.promise);
  const pinger = createPinger({ clock, tool: () => tool });
  const failing = { reason: 'could_not_look' };
  const underWay = expect(pinger.ping(request('192.0.2.1'))).rejects.toMatchObject(failing);
  await clock.advance(GATHER_MS);
  const waiting = expect(pinger.ping(request('192.0.2.2'))).rejects.toMatchObject(failing);
  pinger.close();
  gate.resolve();
  await Promise.all([underWay, waiting]);
  expect(clock.pending()).toBe(0);
});
