/** Restarts, wraps and ports that begin anew: what is told of them, over real UDP. */
import { afterEach, describe, expect, test } from 'vitest';
import { DISCONTINUITY_TIME, ENGINE_TIME, Uptime } from '../../../src/agent/snmp/continuity.ts';
import { emitLook } from '../../../src/agent/snmp/emission.ts';
import { Flaps } from '../../../src/agent/snmp/flaps.ts';
import { UPTIME_WRAPS_AT } from '../../../src/shared/uptime.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { needs } from '../../support/parts.ts';
import {
  counter32,
  honestAnswer,
  integer,
  oidBytes,
  openSimDevice,
  SimTable,
  type SimValue,
  ticks,
} from '../../support/snmp-device.ts';
import { IF, IFX, openDevice, port, recorder, SYS, system, target } from './devices.ts';
import { startSimulator, writeRecordings } from './profiles/simulator.ts';

const MINUTE_MS = 60_000;
const MINUTE_TICKS = 6_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

/** A switch whose rows change between looks a minute apart. */
async function watch(first: Readonly<Record<string, SimValue>>) {
  let rows = first;
  const sim = await openSimDevice((request, send) =>
    send(honestAnswer(new SimTable(rows), request)),
  );
  const clock = manualClock();
  const { look, close } = await openDevice(target(sim.port), undefined, clock);
  cleanups.push(() => sim.close(), close);
  const asked = (oid: string): number =>
    sim.requests.filter(({ oids }) => oids.some((one) => one.equals(oidBytes(oid)))).length;
  return {
    asked,
    next: async (changed: Readonly<Record<string, SimValue>>) => {
      rows = { ...rows, ...changed };
      await clock.advance(MINUTE_MS);
      const seen = await look();
      const { samples, emit } = recorder();
      emitLook({ emit, look: seen, flaps: new Flaps(), address: '', nowMs: clock.now() });
      return { ...seen, samples };
    },
  };
}

const up = (upTicks: number) => ({ [`${SYS}.3.0`]: ticks(upTicks) });
const switchUp = (upTicks: number) => ({ ...system(up(upTicks)), ...port(1, 'a') });

describe('the uptime', () => {
  test('of a device that restarted begins again', async () => {
    const { next } = await watch(switchUp(900_000));
    expect((await next({})).samples.get('uptime_seconds')).toBe(9_000);
    const { didRestart, samples } = await next(up(3_000));
    expect(didRestart).toBe(true);
    expect(samples.get('uptime_seconds')).toBe(30);
    expect((await next(up(3_000 + MINUTE_TICKS))).didRestart).toBe(false);
  });

  test('goes on past 497 days: a wrap is no restart', async () => {
    const { next } = await watch(switchUp(UPTIME_WRAPS_AT - 1_000));
    await next({});
    const { didRestart, samples } = await next(up(MINUTE_TICKS - 1_000));
    expect(didRestart).toBe(false);
    expect(samples.get('sysUpTime')).toBe(MINUTE_TICKS - 1_000);
    expect(samples.get('uptime_seconds')).toBe((UPTIME_WRAPS_AT - 1_000 + MINUTE_TICKS) / 100);
  });

  test('is known beyond 497 days from the first look on where the engine tells its time', async () => {
    const engineSeconds = Math.round((2 * UPTIME_WRAPS_AT + 500) / 100);
    const { next } = await watch({ ...switchUp(500), [ENGINE_TIME]: integer(engineSeconds) });
    const { samples, unanswered } = await next({});
    expect(samples.get('uptime_seconds')).toBe((2 * UPTIME_WRAPS_AT + 500) / 100);
    expect(unanswered).not.toContain(ENGINE_TIME);
  });

  test('of an engine that was started by itself is not believed', () => {
    const uptime = new Uptime();
    uptime.look(50_000_000, 0);
    uptime.learn(60);
    expect(uptime.secondsAt(50_000_000)).toBe(500_000);
    uptime.learn(Number.NaN);
    expect(uptime.secondsAt(50_000_000)).toBe(500_000);
  });

  test('of a look without one is unknown and no restart', () => {
    const uptime = new Uptime();
    expect([500, Number.NaN, 6_500].map((at, i) => uptime.look(at, i * MINUTE_MS))).toEqual([
      false,
      false,
      false,
    ]);
    expect(uptime.secondsAt(Number.NaN)).toBeNaN();
  });
});

describe('a restart', () => {
  test('that is seen in a look that fails is told by the next one', async () => {
    let rows: Readonly<Record<string, SimValue>> = switchUp(900_000);
    let left = 1_000;
    const sim = await openSimDevice((request, send) => {
      if (left-- > 0) send(honestAnswer(new SimTable(rows), request));
    });
    const { look, close } = await openDevice(target(sim.port, { timeoutMs: 200 }));
    cleanups.push(() => sim.close(), close);
    await look();
    [rows, left] = [switchUp(100), 1];
    expect((await look()).trouble?.kind).toBe('silent');
    left = 1_000;
    const after = await look();
    expect(after.trouble).toBeNull();
    expect(after.didRestart).toBe(true);
    expect((await look()).didRestart).toBe(false);
  });
});

describe('a port whose counters began anew', () => {
  const disc = (port: number, at: number) => ({ [`${DISCONTINUITY_TIME}.${port}`]: ticks(at) });
  const two = (upTicks: number) => ({
    ...switchUp(upTicks),
    ...port(2, 'b', 5_000n),
    ...disc(1, 0),
    ...disc(2, 700),
  });
  const told = (samples: ReadonlyMap<string, number>) =>
    [...samples].flatMap(([name, value]) =>
      name.startsWith('ifCounterDiscontinuityTime')
        ? [[/ifName="([^"]*)"/.exec(name)?.[1], value]]
        : [],
    );

  test('is told once, with its time, before its counters', async () => {
    const { next, asked } = await watch(two(100_000));
    await next({});
    await next(up(106_000));
    expect(asked(DISCONTINUITY_TIME)).toBe(0);
    const began = { ...up(112_000), ...port(2, 'b', 100n), ...disc(2, 109_000) };
    const { samples } = await next(began);
    expect(told(samples)).toEqual([['b', 109_000]]);
    const names = [...samples.keys()].filter((name) => name.includes('ifName="b"'));
    expect(names[0]).toMatch(/^ifCounterDiscontinuityTime/);
    expect(told((await next(up(118_000))).samples)).toEqual([]);
    expect(asked(DISCONTINUITY_TIME)).toBe(1);
  });

  test('is told from a 32-bit counter that wrapped', async () => {
    const narrow = (octets: number) => ({
      [`${IF}.10.3`]: counter32(octets),
      [`${IF}.8.3`]: integer(1),
    });
    const { next } = await watch({ ...two(100_000), ...narrow(4_294_000_000), ...disc(3, 700) });
    await next({});
    const { samples } = await next({ ...up(106_000), ...narrow(500) });
    expect(told(samples)).toEqual([]);
    expect([...samples].find(([name]) => name.startsWith('ifInOctets'))?.[1]).toBe(500);
  });

  test('is seen too when its names are read again', async () => {
    const { next } = await watch(two(100_000));
    await next({});
    const grown = { ...up(106_000), ...port(2, 'b', 90_000n), ...disc(2, 103_000) };
    expect(told((await next({ ...grown, ...port(3, 'new') })).samples)).toEqual([['b', 103_000]]);
  });

  test('costs a device that lacks the column one question, not one at every wrap', async () => {
    const { next, asked } = await watch(switchUp(100_000));
    await next({});
    for (let i = 1; i <= 4; i++) {
      await next({ ...up(100_000 + i * MINUTE_TICKS), ...port(1, 'a', BigInt(1_000 - i)) });
    }
    expect(asked(DISCONTINUITY_TIME)).toBe(1);
  });

  test('with the whole device is left to the uptime', async () => {
    const { next, asked } = await watch(two(100_000));
    await next({});
    const { didRestart } = await next({ ...up(50), ...port(1, 'a', 1n), ...disc(1, 20) });
    expect(didRestart).toBe(true);
    expect(asked(DISCONTINUITY_TIME)).toBe(0);
  });
});

describe('recordings on snmpsimd', () => {
  const recording = (upTicks: number, octets: number) => ({
    [`${SYS}.1.0`]: 'Recorded switch',
    [`${SYS}.3.0`]: upTicks,
    [`${IFX}.1.1`]: 'ge0',
    [`${IFX}.6.1`]: octets + 2 ** 33,
    [`${IF}.8.1`]: 1,
  });

  test('of a switch before and after it restarted', async (context) => {
    const program = needs('snmpsimd', context);
    const { folder, remove } = writeRecordings({ switch: recording(500_000, 900) });
    cleanups.push(remove);
    let simulator = await startSimulator(program, folder, 'switch');
    cleanups.push(() => simulator.stop());
    const credential = { version: '2c', community: 'switch' } as const;
    const one = await openDevice(target(simulator.port, { credential, timeoutMs: 5_000 }));
    cleanups.push(one.close);
    expect((await one.look()).didRestart).toBe(false);
    expect((await one.look()).didRestart).toBe(false);
    await simulator.stop();
    const after = writeRecordings({ switch: recording(700, 10) });
    cleanups.push(after.remove);
    simulator = await startSimulator(program, after.folder, 'switch', simulator.port);
    const { didRestart, upSeconds } = await one.look();
    expect(didRestart).toBe(true);
    expect(upSeconds).toBe(7);
  }, 60_000);
});
