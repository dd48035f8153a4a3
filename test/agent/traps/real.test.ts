/** Real senders against the real child, over loopback UDP. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../../support/parts.ts';
import { openRig, type TrapRig, V3_USER } from './rig.ts';
import { flat, IF_INDEX, LINK_DOWN, LINK_UP, send, V2C, v3 } from './snmptrap.ts';

/** The events so far, once there are `count` of them. */
async function heard({ traps, ear }: TrapRig, count: number) {
  await expect
    .poll(
      async () => {
        await traps.settled();
        return ear.events.length;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(count);
  return ear.events;
}

const addressOf = ({ traps }: TrapRig): string => `127.0.0.1:${traps.stats().port}`;

describe('traps of snmptrap', () => {
  test('v1: generic traps get their v2 names, the port its name', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    const args = ['-v1', '-c', 'secret-community', addressOf(rig), '1.3.6.1.4.1.2011', '10.9.9.9'];
    await send(program, [...args, '2', '0', '', ...flat([IF_INDEX])]);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({
      device: 'switch-1',
      kind: 'link_down',
      oid: LINK_DOWN,
      item: 'GigabitEthernet0/0/3',
      source: '127.0.0.1',
      verified: false,
      text: {
        en: 'Interface GigabitEthernet0/0/3 is down',
        zh: '接口 GigabitEthernet0/0/3 中断',
      },
      fields: { snmp: 'v1', ifIndex: '3' },
      fault: { action: 'confirm', rule: 'interface_down', severity: 'warning', urgency: 'medium' },
    });
  });

  test('v1: enterprise traps hang below their enterprise', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    const args = ['-v1', '-c', 'secret-community', addressOf(rig), '1.3.6.1.4.1.318', '127.0.0.1'];
    await send(program, [...args, '6', '5', '', '1.3.6.1.4.1.318.2.3.3.0', 's', 'UPS: On battery']);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({
      kind: 'ups_on_battery',
      oid: '1.3.6.1.4.1.318.0.5',
      fields: { mtrapargsString: 'UPS: On battery' },
      fault: { action: 'open', rule: 'ups_on_battery', severity: 'critical' },
    });
  });

  test('v2c: may end only what was opened so, and a port opens nothing', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    for (const oid of [LINK_DOWN, LINK_UP]) {
      await send(program, [...V2C, addressOf(rig), '', oid, ...flat([IF_INDEX])]);
    }
    const events = await heard(rig, 2);
    expect(events.map(({ kind, fault }) => [kind, fault?.action ?? null])).toEqual([
      ['link_down', 'confirm'],
      ['link_up', 'retract'],
    ]);
  });

  test('v3 with authentication is verified and may close', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    await send(program, [...v3(), addressOf(rig), '', LINK_UP, ...flat([IF_INDEX])]);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({
      verified: true,
      kind: 'link_up',
      fields: { snmp: 'v3' },
      fault: { action: 'clear', rule: 'interface_down' },
    });
  });

  test.for([
    ['SHA-384', 'sha384', 'AES-192', 'aes192b'],
    ['SHA-512', 'sha512', 'AES-256', 'aes256b'],
    ['SHA-224', 'sha224', 'AES', 'aes'],
  ] as const)('v3 with %s (%s) and %s', async ([authName, auth, privName, priv], context) => {
    const program = needs('snmptrap', context);
    const rig = await openRig({
      credentials: [
        {
          ...V3_USER,
          auth: { protocol: auth, key: 'authpass123' },
          priv: { protocol: priv, key: 'privpass123' },
        },
      ],
    });
    const how = ['-v3', '-e', '0x8000000001020304', '-l', 'authPriv', '-u', 'watch'];
    const keys = ['-a', authName, '-A', 'authpass123', '-x', privName, '-X', 'privpass123'];
    await send(program, [...how, ...keys, addressOf(rig), '', LINK_UP, ...flat([IF_INDEX])]);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({ verified: true, kind: 'link_up', fields: { snmp: 'v3' } });
  });

  test('unknown ones are kept, with everything they said', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    const said = [
      ['1.3.6.1.4.1.99999.1.1.0', 's', '机柜门被打开'],
      ['1.3.6.1.4.1.99999.1.2.0', 'x', '00ff10'],
      ['1.3.6.1.4.1.99999.1.3.0', 'a', '192.0.2.7'],
      ['1.3.6.1.4.1.99999.1.4.0', 'o', '1.3.6.1.2.1'],
    ] as const;
    await send(program, [...V2C, addressOf(rig), '', '1.3.6.1.4.1.99999.0.7', ...flat(said)]);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({
      kind: 'trap',
      oid: '1.3.6.1.4.1.99999.0.7',
      text: { en: 'Trap 1.3.6.1.4.1.99999.0.7' },
      fault: null,
      fields: {
        '1.3.6.1.4.1.99999.1.1.0': '机柜门被打开',
        '1.3.6.1.4.1.99999.1.2.0': '00:ff:10',
        '1.3.6.1.4.1.99999.1.3.0': '192.0.2.7',
        '1.3.6.1.4.1.99999.1.4.0': '1.3.6.1.2.1',
      },
    });
  });
});

describe('informs of snmpinform', () => {
  test('are acknowledged, v2c and v3 with discovery of our engine', async (context) => {
    const rig = await openRig();
    const program = needs('snmpinform', context);
    const tail = [addressOf(rig), '', LINK_DOWN, ...flat([IF_INDEX])];
    expect(await send(program, [...V2C, ...tail])).toBe(0);
    const up = [addressOf(rig), '', LINK_UP, ...flat([IF_INDEX])];
    expect(await send(program, [...v3({ engine: '' }), ...up])).toBe(0);
    const events = await heard(rig, 2);
    expect(events.map(({ fields, verified }) => [fields.snmp, verified])).toEqual([
      ['v2 inform', false],
      ['v3 inform', true],
    ]);
  });

  test('with a wrong community or user get no answer', async (context) => {
    const rig = await openRig();
    const program = needs('snmpinform', context);
    const patience = ['-t', '1', '-r', '0'];
    const tail = [addressOf(rig), '', LINK_DOWN];
    expect(await send(program, [...patience, '-v2c', '-c', 'wrong', ...tail])).toBe(1);
    expect(await send(program, [...patience, ...v3({ authKey: 'wrongpass1' }), ...tail])).toBe(1);
    await expect.poll(() => rig.traps.stats().dropped.credentials).toBeGreaterThanOrEqual(2);
    expect(rig.logged.join('')).toContain('its community is in no credential');
    expect(rig.logged.join('')).not.toContain('"wrong"');
    expect(rig.ear.events).toEqual([]);
    // What the digest should have been is nobody's business.
    expect(rig.logged.join('')).not.toMatch(/digest/i);
  });
});

/** Stands between a sender and the receiver, and keeps what the sender said. */
async function recorder(port: number): Promise<{ port: number; said: Buffer[]; socket: Socket }> {
  const said: Buffer[] = [];
  const socket = createSocket('udp4');
  let sender: RemoteInfo | null = null;
  socket.on('message', (bytes, from) => {
    if (from.port !== port) {
      said.push(bytes);
      sender = from;
      socket.send(bytes, port, '127.0.0.1');
    } else if (sender !== null) socket.send(bytes, sender.port, sender.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return { port: socket.address().port, said, socket };
}

describe('a recorded v3 inform that is sent again', () => {
  test('is answered, but is no second event', async (context) => {
    const rig = await openRig({ repeatMs: 0 });
    const program = needs('snmpinform', context);
    const { port } = rig.traps.stats();
    const between = await recorder(port);
    const up = [`127.0.0.1:${between.port}`, '', LINK_UP, ...flat([IF_INDEX])];
    expect(await send(program, [...v3({ engine: '' }), ...up])).toBe(0);
    await heard(rig, 1);
    const recorded = between.said.at(-1) ?? Buffer.alloc(0);
    between.socket.send(recorded, port, '127.0.0.1');
    await expect.poll(() => rig.traps.stats().dropped.replayed).toBe(1);
    // The same words said anew are news.
    expect(await send(program, [...v3({ engine: '' }), ...up])).toBe(0);
    expect((await heard(rig, 2)).map(({ verified }) => verified)).toEqual([true, true]);
    expect(rig.traps.stats().dropped.replayed).toBe(1);
  });

  test('is not taken by the next receiver either', async (context) => {
    const first = await openRig();
    const program = needs('snmpinform', context);
    const between = await recorder(first.traps.stats().port);
    const up = [`127.0.0.1:${between.port}`, '', LINK_UP, ...flat([IF_INDEX])];
    expect(await send(program, [...v3({ engine: '' }), ...up])).toBe(0);
    await heard(first, 1);
    const next = await openRig();
    const recorded = between.said.at(-1) ?? Buffer.alloc(0);
    between.socket.send(recorded, next.traps.stats().port, '127.0.0.1');
    await expect.poll(() => next.traps.stats().dropped.replayed).toBe(1);
    expect(next.ear.events).toEqual([]);
  });
});

test('a v3 inform with a wrong time of our engine is told the time, and then taken', async (context) => {
  const rig = await openRig();
  const program = needs('snmpinform', context);
  const { port } = rig.traps.stats();
  const between = await recorder(port);
  const up = [`127.0.0.1:${between.port}`, '', LINK_UP, ...flat([IF_INDEX])];
  expect(await send(program, [...v3({ engine: '' }), ...up])).toBe(0);
  await heard(rig, 1);
  const said = between.said.at(-1)?.toString('hex') ?? '';
  const engine = /8000b98380[0-9a-f]{24}/.exec(said)?.[0] ?? '';
  const late = [...v3({ engine: `0x${engine}` }), '-Z', '1,90000', ...up.slice(0, 2), LINK_DOWN];
  expect(await send(program, late)).toBe(0);
  expect((await heard(rig, 2)).map(({ kind }) => kind)).toEqual(['link_up', 'link_down']);
  await expect.poll(() => rig.traps.stats().dropped.replayed).toBe(1);
});

describe('who is not listened to', () => {
  test('addresses outside the list: counted, no event, no device', async (context) => {
    const rig = await openRig({ sources: ['192.0.2.0/24'] });
    const program = needs('snmptrap', context);
    await send(program, [...V2C, addressOf(rig), '', LINK_DOWN]);
    await expect.poll(() => rig.traps.stats().dropped.unlisted).toBe(1);
    expect(rig.traps.stats().unlisted).toEqual({ '127.0.0.1': 1 });
    expect(rig.logged.join('')).toContain('add it to traps.sources');
    await rig.traps.settled();
    expect(rig.ear.requests).toBe(0);
  });

  test('a wrong user, a wrong key, and a v3 trap of a user without a name', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    const tail = [addressOf(rig), '', LINK_DOWN];
    await send(program, [...v3({ user: 'nobody' }), ...tail]);
    await send(program, [...v3({ authKey: 'wrongpass1' }), ...tail]);
    const bare = ['-v3', '-e', '0x8000000001020304', '-l', 'noAuthNoPriv', '-u', 'watch'];
    await send(program, [...bare, ...tail]);
    await expect.poll(() => rig.traps.stats().dropped.credentials).toBe(3);
    expect(rig.ear.events).toEqual([]);
    const said = rig.logged.filter((line) => line.includes('a trap is refused'));
    expect(said.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ source: '127.0.0.1', reason: expect.stringContaining('"nobody"') }),
      expect.objectContaining({ version: 'v3', mend: expect.stringContaining('compare auth') }),
      expect.objectContaining({ mend: expect.stringContaining('authPriv') }),
    ]);
  });

  test('a v3 trap of the past of its engine (RFC 3414)', async (context) => {
    const rig = await openRig();
    const program = needs('snmptrap', context);
    // Boots and seconds of the sender's engine; the window is 150 seconds.
    const times = ['5,1000', '5,2000', '5,1900', '5,1000', '4,9999', '6,1', '5,2001'];
    for (const [index, time] of times.entries()) {
      const port = [`1.3.6.1.2.1.2.2.1.1.${index}`, 'i', String(index)];
      await send(program, [...v3(), '-Z', time, addressOf(rig), '', LINK_DOWN, ...port]);
    }
    const events = await heard(rig, 4);
    expect(events.map(({ fields }) => fields.ifIndex)).toEqual(['0', '1', '2', '5']);
    await expect.poll(() => rig.traps.stats().dropped.replayed).toBe(3);
  });

  test('an address without a device: an event of no device, which opens nothing', async (context) => {
    const rig = await openRig({}, {});
    const program = needs('snmptrap', context);
    await send(program, [...v3(), addressOf(rig), '', LINK_DOWN, ...flat([IF_INDEX])]);
    const [event] = await heard(rig, 1);
    expect(event).toMatchObject({ device: '', kind: 'link_down', item: 'ifIndex 3', fault: null });
  });

  test('a forged origin is believed of listed relays only', async (context) => {
    const forged = [['1.3.6.1.6.3.18.1.3.0', 'a', '10.0.0.7']] as const;
    const program = needs('snmptrap', context);
    const devices = { '10.0.0.7': 'far-switch' };
    const stranger = await openRig({}, devices);
    await send(program, [...V2C, addressOf(stranger), '', LINK_DOWN, ...flat(forged)]);
    expect((await heard(stranger, 1))[0]).toMatchObject({ source: '127.0.0.1', device: '' });
    const relay = await openRig({ relays: ['127.0.0.1'] }, devices);
    await send(program, [...V2C, addressOf(relay), '', LINK_DOWN, ...flat(forged)]);
    expect((await heard(relay, 1))[0]).toMatchObject({ source: '10.0.0.7', device: 'far-switch' });
  });
});
