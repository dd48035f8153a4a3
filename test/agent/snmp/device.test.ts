/** A device over real UDP: what it does wrong costs its own round, and never a wrong figure. */
import { afterEach, describe, expect, test } from 'vitest';
import { emitLook } from '../../../src/agent/snmp/emission.ts';
import { Flaps } from '../../../src/agent/snmp/flaps.ts';
import type { Profile } from '../../../src/agent/snmp/profile-schema.ts';
import type { Look } from '../../../src/agent/snmp/snmp.ts';
import { manualClock } from '../../support/manual-clock.ts';
import {
  type Answer,
  counter32,
  counter64,
  honest,
  honestAnswer,
  integer,
  oidBytes,
  openSimDevice,
  type Request,
  response,
  SimTable,
  type SimValue,
  TAG,
  text,
  ticks,
  tlv,
} from '../../support/snmp-device.ts';
import { IF, IFX, openDevice, port, profilesOf, recorder, SYS, system, target } from './devices.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

async function watch(answer: Answer, ...how: [more?: object, ...profiles: Profile[]]) {
  const [more = {}, ...profiles] = how;
  const sim = await openSimDevice(answer);
  const clock = manualClock();
  const opened = await openDevice(target(sim.port, more), profilesOf(...profiles), clock);
  cleanups.push(() => sim.close(), opened.close);
  return { sim, clock, ...opened };
}

/** A table that changes: every question sees the rows of the moment. */
function changing(rows: () => Readonly<Record<string, SimValue>>): Answer {
  return (request, send) => send(honestAnswer(new SimTable(rows()), request));
}

function samplesOf(look: Look, flaps = new Flaps(), nowMs = 0): Map<string, number> {
  const { samples, emit } = recorder();
  emitLook({ emit, look, flaps, address: '192.0.2.1', nowMs });
  return samples;
}

/** Whether it has ended; lets a turn of the event loop pass. */
const isOver = (looking: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    looking.then(() => true),
    new Promise<boolean>((resolve) => {
      setImmediate(() => resolve(false));
    }),
  ]);

const octetsIn = (look: Look): Record<string, number> =>
  Object.fromEntries(
    [...samplesOf(look)]
      .filter(([name]) => /^if(HC)?InOctets/.test(name))
      .map(([name, value]) => [/ifName="([^"]*)"/.exec(name)?.[1] ?? '', value]),
  );

describe('what a device answers', () => {
  test("becomes snmp_exporter's series with names, description and alias", async () => {
    const { look } = await watch(honest({ ...system(), ...port(7, 'Gi0/7', 12_345n) }));
    const samples = samplesOf(await look());
    const labels = '{ifIndex="7",ifName="Gi0/7",ifAlias="to Gi0/7",ifDescr="Ethernet Gi0/7"}';
    expect(Object.fromEntries([...samples].filter(([name]) => name.startsWith('if')))).toEqual({
      [`ifHCInOctets${labels}`]: 12_345,
      [`ifHCOutOctets${labels}`]: 24_690,
      [`ifHCInUcastPkts${labels}`]: 10,
      [`ifHCOutUcastPkts${labels}`]: 20,
      [`ifInErrors${labels}`]: 1,
      [`ifOutErrors${labels}`]: 2,
      [`ifInDiscards${labels}`]: 3,
      [`ifOutDiscards${labels}`]: 4,
      [`ifAdminStatus${labels}`]: 1,
      [`ifOperStatus${labels}`]: 1,
      [`ifHighSpeed${labels}`]: 1_000,
    });
    expect(samples.get('snmp_scrape_success')).toBe(1);
    expect(samples.get('sysUpTime')).toBe(100_000);
    expect(samples.get('snmp_scrape_pdus_returned')).toBeGreaterThan(1);
  });

  test('is read exactly above 2^53', async () => {
    const { look } = await watch(honest({ ...system(), ...port(1, 'a', 9_007_199_254_740_993n) }));
    const { reading } = await look();
    expect(reading.columns.get(`${IFX}.6`)?.get('1')).toBe(9_007_199_254_740_993n);
  });

  test('is read in 32 bits for ports that have no more', async () => {
    const narrow = { [`${IF}.10.2`]: counter32(77), [`${IF}.8.2`]: integer(1) };
    const { look } = await watch(honest({ ...system(), ...port(1, 'a'), ...narrow }));
    expect(octetsIn(await look())).toEqual({ a: 1_000, 2: 77 });
    expect(octetsIn(await look())).toEqual({ a: 1_000, 2: 77 });
  });

  test('moves from round to round', async () => {
    let octets = 18_446_744_073_709_551_500n;
    const { look } = await watch(
      honest({ ...system(), ...port(1, 'a'), [`${IFX}.6.1`]: () => counter64(octets) }),
    );
    const values: (bigint | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      const { reading } = await look();
      values.push(reading.columns.get(`${IFX}.6`)?.get('1') as bigint);
      octets = (octets + 500n) % 2n ** 64n;
    }
    expect(values).toEqual([18_446_744_073_709_551_500n, 384n, 884n]);
  });
});

describe('names', () => {
  test('are asked now and then, figures every round', async () => {
    const { look, sim, clock } = await watch(honest({ ...system(), ...port(1, 'a') }));
    const asksNames = async (): Promise<boolean> => {
      const before = sim.requests.length;
      await look();
      const name = Buffer.from([0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 1]);
      return sim.requests.slice(before).some(({ oids }) => oids.some((oid) => oid.equals(name)));
    };
    expect(await asksNames()).toBe(true);
    expect(await asksNames()).toBe(false);
    await clock.advance(600_000);
    expect(await asksNames()).toBe(true);
  });

  test('a round of figures takes few questions', async () => {
    const ports = Object.assign({}, ...Array.from({ length: 48 }, (_, i) => port(i + 1, `p${i}`)));
    const { look, sim } = await watch(honest({ ...system(), ...ports }));
    await look();
    const before = sim.requests.length;
    const { trouble } = await look();
    expect(trouble).toBeNull();
    // 11 columns of 48 rows and their ends: 539 varbinds, some fifty in an answer.
    expect(sim.requests.length - before).toBeLessThanOrEqual(14);
  });

  test('follow a port to another number: after a restart, and after a change of the table', async () => {
    let at = { index: 1, upTicks: 5_000, change: 1 };
    const rows = () => ({
      ...system({ [`${SYS}.3.0`]: ticks(at.upTicks) }),
      '1.3.6.1.2.1.31.1.5.0': ticks(at.change),
      ...port(at.index, 'uplink', 100n),
      ...port(at.index + 1, 'access', 200n),
    });
    const { look } = await watch(changing(rows));
    expect(octetsIn(await look())).toEqual({ uplink: 100, access: 200 });
    at = { index: 501, upTicks: 100, change: 1 };
    const restarted = await look();
    expect(restarted.didRestart).toBe(true);
    expect(octetsIn(restarted)).toEqual({ uplink: 100, access: 200 });
    at = { index: 502, upTicks: 200, change: 90 };
    const changed = await look();
    expect(changed.didRestart).toBe(false);
    expect(octetsIn(changed)).toEqual({ uplink: 100, access: 200 });
  });

  test('a port that was not there before is named in the round it appears', async () => {
    let ports: Record<string, SimValue> = port(1, 'a');
    const { look } = await watch(changing(() => ({ ...system(), ...ports })));
    await look();
    ports = { ...ports, ...port(9, 'new', 5n) };
    expect(octetsIn(await look())).toEqual({ a: 1_000, new: 5 });
  });

  test('hostile names are shown inert and cut to what the collector takes', async () => {
    const evil = `x\u001b[2J\u202e${'网'.repeat(300)}`;
    const { look } = await watch(
      honest({ ...system(), ...port(1, 'a'), [`${IFX}.18.1`]: text(evil) }),
    );
    const name = [...samplesOf(await look()).keys()].find((one) => one.startsWith('ifHCInOctets'));
    const alias = /ifAlias="([^"]*)"/.exec(name ?? '')?.[1] ?? '';
    expect(alias.startsWith('x [2J 网')).toBe(true);
    expect(Buffer.byteLength(alias)).toBeLessThanOrEqual(256);
  });
});

describe('a device that does wrong', () => {
  test('silent: one time-out for each try, and nothing but its failure', async () => {
    const { look, sim } = await watch(() => {}, { timeoutMs: 200, retries: 2 });
    const seen = await look();
    expect(sim.requests).toHaveLength(3);
    expect(seen.trouble?.kind).toBe('silent');
    const samples = samplesOf(seen);
    expect([...samples.keys()].sort()).toEqual([
      'snmp_scrape_answered',
      'snmp_scrape_duration_seconds',
      'snmp_scrape_pdus_returned',
      'snmp_scrape_success',
    ]);
    expect(samples.get('snmp_scrape_success')).toBe(0);
  });

  test('a wrong community is silence', async () => {
    const { look } = await watch(honest(system(), 'other'), { timeoutMs: 300 });
    expect((await look()).trouble?.kind).toBe('silent');
  });

  test('answers from another port are nobody’s', async () => {
    const table = new SimTable({ ...system(), ...port(1, 'a') });
    const { look, sockets } = await watch(
      (request, _send, { stranger }, from) =>
        stranger.send(honestAnswer(table, request), from.port, from.address),
      { timeoutMs: 400 },
    );
    expect((await look()).trouble?.kind).toBe('silent');
    expect(sockets.counts().strangers).toBeGreaterThan(0);
  });

  test('answers to another question are not taken', async () => {
    const table = new SimTable({ ...system(), [`${SYS}.5.0`]: text('liar') });
    const { look } = await watch(
      (request, send) => send(honestAnswer(table, { ...request, id: Buffer.from([1, 2, 3]) })),
      { timeoutMs: 400 },
    );
    expect((await look()).trouble?.kind).toBe('silent');
  });

  test.each([1, 2, 20, 60])('an answer cut off after %i bytes is no answer', async (bytes) => {
    const table = new SimTable({ ...system(), ...port(1, 'a') });
    const { look, sockets } = await watch(
      (request, send) => send(honestAnswer(table, request).subarray(0, bytes)),
      { timeoutMs: 400 },
    );
    expect((await look()).trouble?.kind).toBe('silent');
    expect(sockets.counts().malformed).toBeGreaterThan(0);
  });

  test('one whose answer was lost once is asked again', async () => {
    const answer = honest({ ...system(), ...port(1, 'a') });
    let asked = 0;
    const { look } = await watch(
      (request, send, device, from) => {
        if (++asked % 4 !== 0) answer(request, send, device, from);
      },
      { retries: 1, timeoutMs: 400 },
    );
    expect((await look()).trouble).toBeNull();
  });

  test('goes silent in the middle: what was read is kept, and the failure told', async () => {
    const table = new SimTable({ ...system(), ...port(1, 'a') });
    let left = 100;
    const { look } = await watch(
      (request, send) => {
        if (left-- > 0) send(honestAnswer(table, request));
      },
      { timeoutMs: 300 },
    );
    expect((await look()).trouble).toBeNull();
    left = 1;
    const seen = await look();
    expect(seen.trouble?.kind).toBe('silent');
    const samples = samplesOf(seen);
    expect(samples.get('sysUpTime')).toBe(100_000);
    expect(samples.get('snmp_scrape_success')).toBe(0);
    expect([...samples.keys()].some((name) => name.startsWith('ifHC'))).toBe(false);
  });

  test('a stop ends the look at once', async () => {
    const { device } = await watch(() => {}, { timeoutMs: 60_000 });
    const abort = new AbortController();
    const looking = device.look(abort.signal);
    setImmediate(() => abort.abort());
    expect((await looking).trouble?.kind).toBe('stopped');
  });

  test('too slow for its round: it is there all the same, and the next look goes on', async () => {
    const table = new SimTable({ ...system(), ...port(1, 'a') });
    let left = 4;
    const { device, sim } = await watch(
      (request, send) => {
        if (left-- > 0) send(honestAnswer(table, request));
      },
      { timeoutMs: 60_000 },
    );
    const rounds: Map<string, number>[] = [];
    for (let round = 0; round < 12 && rounds.at(-1)?.get('snmp_scrape_success') !== 1; round++) {
      left = 4;
      const abort = new AbortController();
      const looking = device.look(abort.signal);
      const asked = sim.requests.length;
      // The fifth question of a round stays without an answer: its time is over.
      while (sim.requests.length < asked + 5 && !(await isOver(looking))) {}
      abort.abort();
      rounds.push(samplesOf(await looking));
    }
    expect(rounds.length).toBeGreaterThan(1);
    expect(rounds[0]?.get('snmp_scrape_success')).toBe(0);
    expect(rounds.every((samples) => samples.get('snmp_scrape_answered') === 1)).toBe(true);
    expect(rounds.at(-1)?.get('snmp_scrape_success')).toBe(1);
  });

  test('does not increase: the column ends, the others are read', async () => {
    const table = new SimTable({ ...system(), ...port(1, 'a'), ...port(2, 'b') });
    const stuck = Buffer.from([0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 18]);
    const { look } = await watch((request, send) => {
      const isStuck = request.oids.some((oid) => oid.subarray(0, stuck.length).equals(stuck));
      if (!isStuck || request.kind !== TAG.bulk) return send(honestAnswer(table, request));
      const first: Request = { ...request, oids: [stuck], maxRepetitions: 1 };
      const again = Buffer.concat([stuck, Buffer.from([1])]);
      const varbind = table.varbind(table.exact(again));
      send(response(first, Array(request.oids.length * 3).fill(varbind)));
    });
    const { cut, reading, trouble } = await look();
    expect(trouble).toBeNull();
    expect(cut).toContain(`${IFX}.18`);
    expect(reading.columns.get(`${IFX}.6`)?.size).toBe(2);
  });
});

describe('damaged answers', () => {
  /** Deterministic: a failure can be repeated. */
  function damage(seed: number): (datagram: Buffer) => Buffer {
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % below;
    };
    return (datagram) => {
      const hurt = Buffer.from(datagram);
      // The outer length stays right, else nothing behind the first check is reached.
      for (let i = 0; i <= next(4); i++) hurt[4 + next(hurt.length - 4)] = next(256);
      return hurt;
    };
  }

  test.each(Array.from({ length: 12 }, (_, i) => i))(
    'of kind %i never end more than their own round, and never hang it',
    async (seed) => {
      const table = new SimTable({ ...system(), ...port(1, 'a'), ...port(2, 'b') });
      const hurt = damage(seed);
      const { look } = await watch((request, send) => send(hurt(honestAnswer(table, request))), {
        timeoutMs: 30,
      });
      for (let i = 0; i < 4; i++) {
        const samples = samplesOf(await look());
        expect([0, 1]).toContain(samples.get('snmp_scrape_success'));
        for (const value of samples.values()) expect(Number.isFinite(value)).toBe(true);
      }
    },
  );

  test('what the reader falls over is told at once, without waiting', async () => {
    const { look, sockets } = await watch(
      (request, send) => send(response(request, [Buffer.from([0x30, 2, 0x06, 0])])),
      { timeoutMs: 60_000 },
    );
    const looking = look();
    const { trouble } = await looking;
    expect(trouble).not.toBeNull();
    expect(sockets.counts().strangers).toBe(0);
  });
});

describe('who is around', () => {
  const ARP = '1.3.6.1.2.1.4.22.1.2';
  const CACHE = '1.3.6.1.2.1.4.35.1.4';
  const mac = (last: number): SimValue => text(Buffer.from([0, 27, 33, 0, 0, last]));
  const address = (...bytes: number[]): SimValue => tlv(TAG.address, Buffer.from(bytes));
  const oldRoute = {
    '1.3.6.1.2.1.4.21.1.7.0.0.0.0': address(192, 0, 2, 254),
    '1.3.6.1.2.1.4.21.1.2.0.0.0.0': integer(7),
  };
  const newRoute = { '1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0.2.0.0.1.4.192.0.2.254': integer(7) };
  const own = {
    '1.3.6.1.2.1.4.20.1.2.127.0.0.1': integer(1),
    '1.3.6.1.2.1.4.20.1.2.192.0.2.9': integer(7),
    [`${IF}.6.7`]: mac(9),
  };
  const told = (look: Look, metric: string) =>
    [...samplesOf(look).keys()].filter((name) => name.startsWith(metric));

  test.each<[string, Record<string, SimValue>, string]>([
    ['the old tables', { ...oldRoute, [`${ARP}.7.192.0.2.254`]: mac(1) }, '00:1b:21:00:00:01'],
    ['the new ones', { ...newRoute, [`${CACHE}.7.1.4.192.0.2.254`]: mac(2) }, '00:1b:21:00:00:02'],
    ['no ARP table', newRoute, ''],
    ['a row that is not finished', { ...oldRoute, [`${ARP}.7.192.0.2.254`]: text('') }, ''],
  ])('its gateway has a MAC address from %s', async (_what, rows, wanted) => {
    const { look } = await watch(honest({ ...system(), ...port(7, 'a'), ...rows }), {
      neighbours: true,
    });
    const seen = await look();
    expect(seen.trouble).toBeNull();
    expect(told(seen, 'snmp_gateway_info')).toEqual([
      `snmp_gateway_info{address="192.0.2.254",mac="${wanted}"}`,
    ]);
    expect(seen.unanswered.filter((oid) => oid.startsWith(ARP))).toEqual([]);
  });

  test('one row of the ARP table is asked, not the table', async () => {
    const table = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`${ARP}.7.192.0.2.${i}`, mac(i)]),
    );
    const rows = { ...system(), ...port(7, 'a'), ...oldRoute, ...table };
    const { look, sim } = await watch(honest(rows), { neighbours: true });
    await look();
    const arp = oidBytes(ARP);
    const asked = sim.requests.flatMap(({ kind, oids }) =>
      oids.filter((oid) => oid.subarray(0, arp.length).equals(arp)).map(() => kind),
    );
    expect(asked).toEqual([TAG.get]);
  });

  test('it says at which addresses it is itself', async () => {
    const rows = { ...system(), ...port(7, 'a'), ...own };
    const { look } = await watch(honest(rows), { neighbours: true });
    expect(told(await look(), 'snmp_address_info')).toEqual([
      'snmp_address_info{address="192.0.2.9",mac="00:1b:21:00:00:09"}',
    ]);
  });

  test('nobody who is not asked for', async () => {
    const { look } = await watch(honest({ ...system(), ...oldRoute, ...own }));
    const seen = await look();
    expect([...told(seen, 'snmp_gateway'), ...told(seen, 'snmp_address')]).toEqual([]);
  });
});

describe('SNMP v1', () => {
  const v1 = { credential: { version: '1', community: 'public' } };

  test('is walked row by row, and missing scalars spoil nothing', async () => {
    const { look, sim } = await watch(
      honest({ ...system(), ...port(1, 'a'), ...port(2, 'b') }),
      v1,
    );
    const seen = await look();
    expect(seen.trouble).toBeNull();
    expect(octetsIn(seen)).toEqual({ a: 1_000, b: 1_000 });
    expect(sim.requests.some(({ kind }) => kind === TAG.bulk)).toBe(false);
  });
});

describe('profiles', () => {
  const CPU = '1.3.6.1.4.1.99999.3.1';
  const rows = {
    [`${CPU}.5.1`]: integer(20),
    [`${CPU}.5.2`]: integer(60),
    [`${CPU}.7.1`]: text('board 1'),
    [`${CPU}.7.2`]: text('board 2'),
    '1.3.6.1.4.1.99999.1.1.0': text('AX-1'),
  };
  const profile: Profile = {
    id: 'example',
    title: 'Example',
    match: [{ sysObjectID: ['1.3.6.1.4.1.99999.2'] }],
    category: 'switch',
    use: ['part'],
    facts: { vendor: 'Example', model: { oid: '1.3.6.1.4.1.99999.1.1.0' } },
    cpu: [{ table: CPU, percent: { column: 5 }, label: { column: 7 }, combine: 'max' }],
  };
  const part: Profile = {
    id: 'part',
    title: 'Part',
    cpu: [{ percent: { oid: '1.3.6.1.4.1.99999.9.0' } }],
    memory: [{ percent: { oid: '1.3.6.1.4.1.99999.8.0' } }],
  };

  test('are chosen by identity; own blocks replace those of parts, parts fill the rest', async () => {
    const more = {
      '1.3.6.1.4.1.99999.9.0': integer(99),
      '1.3.6.1.4.1.99999.8.0': integer(40),
    };
    const { look } = await watch(honest({ ...system(), ...rows, ...more }), {}, profile, part);
    const seen = await look();
    const samples = samplesOf(seen);
    expect(seen.known?.choice.reason).toContain('1.3.6.1.4.1.99999.2');
    expect(samples.get('cpu_used_ratio')).toBe(0.6);
    expect(samples.get('snmp_cpu_used_ratio{cpu="board 1"}')).toBe(0.2);
    expect(samples.get('memory_used_ratio')).toBe(0.4);
    expect([...samples.keys()].find((name) => name.startsWith('snmp_device_info'))).toBe(
      'snmp_device_info{sys_name="core-1",sys_descr="Example OS 1.2",' +
        'sys_object_id="1.3.6.1.4.1.99999.2.7",vendor="Example",model="AX-1",profile="example",' +
        'category="switch",address="192.0.2.1"}',
    );
  });

  test('a vendor that nobody knows is read by standard means', async () => {
    const { look } = await watch(honest({ ...system(), ...port(1, 'a') }));
    const seen = await look();
    expect(seen.known?.choice.profile.id).toBe('generic');
    expect(octetsIn(seen)).toEqual({ a: 1_000 });
  });

  test('a probe finds what identity does not tell', async () => {
    const found: Profile = {
      id: 'camera',
      title: 'Camera',
      match: [{ probe: [{ oid: '1.3.6.1.4.1.99999.1.1.0', matches: '^AX' }] }],
    };
    const { look } = await watch(honest(rows), {}, found);
    const { known } = await look();
    expect(known?.choice).toMatchObject({ reason: '1.3.6.1.4.1.99999.1.1.0 answers' });
    expect(known?.choice.profile.id).toBe('camera');
  });

  test('another identity at the same address is found out again', async () => {
    let descr = 'Example OS 1.2';
    const other: Profile = { id: 'other', title: 'Other', match: [{ sysDescr: ['^Other'] }] };
    const identity = () => ({ ...system(), [`${SYS}.2.0`]: text(''), [`${SYS}.1.0`]: text(descr) });
    const { look } = await watch(changing(identity), {}, other);
    expect((await look()).known?.choice.profile.id).toBe('generic');
    descr = 'Other OS';
    expect((await look()).known?.choice.profile.id).toBe('other');
  });

  test('a profile named for the target is taken unseen', async () => {
    const { look } = await watch(honest(system()), { profile: 'part' }, profile, part);
    expect((await look()).known?.choice.reason).toBe('named in the configuration');
  });

  test('no_getbulk is kept', async () => {
    const old = { ...profile, transport: { no_getbulk: true } };
    const { look, sim } = await watch(honest({ ...system(), ...rows, ...port(1, 'a') }), {}, old);
    expect((await look()).trouble).toBeNull();
    expect(sim.requests.some(({ kind }) => kind === TAG.bulk)).toBe(false);
  });
});
