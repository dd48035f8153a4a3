/** Events and dependencies through the API and the commands of a whole collector. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceEvent } from '../../src/shared/device-event.ts';
import { openStage, type Stage, sample } from './stage.ts';

let stage: Stage;
let token: string;
beforeEach(async () => {
  stage = await openStage();
  ({ token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name: 'site-a' }));
});
afterEach(() => stage.close());

const OWN = { agent: 'site-a', job: 'snmp' };

function info(device: string, name: string, labels: Record<string, string>) {
  return sample(name, device, {
    value: 1,
    timeMs: stage.clock.now(),
    labels: { ...OWN, ...labels },
  });
}

function event(id: string, more: Partial<DeviceEvent> = {}): DeviceEvent {
  return {
    ...{ id, device: 'core-1', kind: 'fan_failed', atMs: stage.clock.now(), item: 'FAN 1' },
    ...{ source: '192.0.2.1', verified: true, oid: '1.3.6.1.4.1.9.9.13.3.0.4', fields: {} },
    ...{ text: { en: 'Fan FAN 1 has failed', zh: '风扇 FAN 1 故障' }, repeats: 0 },
    fault: { action: 'open', rule: 'fan_failed', severity: 'critical', urgency: 'high' },
    ...more,
  };
}

function post(payload: string | Buffer, headers: Record<string, string> = {}) {
  return stage.collector.web.remote({
    method: 'POST',
    url: '/api/v1/events',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    payload,
  });
}

const body = (...events: unknown[]): string => JSON.stringify({ events });

interface EventsAnswer {
  readonly events: readonly { readonly id: string; readonly number: number }[];
  readonly next: number | null;
}
const list = (query = ''): Promise<EventsAnswer> =>
  stage.ask<EventsAnswer>('GET', `/api/v1/events${query}`);

describe('events by the API', () => {
  beforeEach(() => stage.write(token, [info('core-1', 'ifOperStatus', {})]));

  test('are stored with our receipt, and open a fault on the next tick', async () => {
    const answer = await post(body(event('1'), event('2', { device: 'foreign' })));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['x-watchkeeper-receipt']).toBe('events');
    expect(answer.json()).toMatchObject({
      stored: 1,
      duplicates: 0,
      refused: [],
      later: [{ id: '2' }],
    });
    expect((await post(body(event('1')))).json()).toMatchObject({ stored: 0, duplicates: 1 });
    await stage.clock.advance(1_000);
    const { faults } = await stage.ask<{ faults: object[] }>('GET', '/api/v1/faults');
    expect(faults).toMatchObject([{ device: 'core-1', rule: 'fan_failed', item: 'FAN 1' }]);
  });

  test('come in pages', async () => {
    await post(body(...['1', '2', '3', '4', '5'].map((id) => event(id))));
    const first = await list('?limit=2');
    expect(first.events.map(({ id }) => id)).toEqual(['5', '4']);
    const second = await list(`?limit=2&after=${first.next}`);
    expect(second.events.map(({ id }) => id)).toEqual(['3', '2']);
    const last = await list(`?limit=2&after=${second.next}`);
    expect(last).toMatchObject({ events: [{ id: '1' }], next: null });
  });

  test.each([
    ['nonsense', 400],
    ['[]', 400],
    ['{"events":{}}', 400],
    ['{"events":[{}]}', 400],
    ['', 400],
    ['{"events":[]}', 200],
  ])('%j is answered with %i', async (payload, status) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    if (status !== 200) expect(answer.json().error.code).toBe('bad_request');
  });

  test.each<[string, object]>([
    ['an unknown key', { extra: 1 }],
    ['a number that is none', { repeats: -1 }],
    ['an id with spaces', { id: 'a b' }],
    ['a kind with capitals', { kind: 'FAN' }],
    ['an unknown action', { fault: { action: 'delete', rule: 'x', severity: 'warning' } }],
    ['too long a text', { text: { en: 'x'.repeat(2_000), zh: '' } }],
    [
      'too many fields',
      { fields: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, ''])) },
    ],
  ])('%s is refused', async (_, wrong) => {
    expect((await post(body({ ...event('1'), ...wrong }))).statusCode).toBe(400);
    expect((await list()).events).toEqual([]);
  });

  test('more than 500, or more than a megabyte, are refused', async () => {
    const many = Array.from({ length: 501 }, (_, i) => event(String(i)));
    expect((await post(body(...many))).statusCode).toBe(400);
    const large = await post(Buffer.alloc(1_100_000, 0x20));
    expect(large.statusCode).toBe(413);
  });

  test('with control characters are stored without them', async () => {
    await post(body(event('1', { item: 'a\u001b[31mb\u202ec', text: { en: 'x\ny', zh: '' } })));
    expect((await list()).events).toMatchObject([{ item: 'a [31mb c', text: { en: 'x y' } }]);
  });

  test('need the token of an agent', async () => {
    expect((await post(body(), { authorization: 'Bearer wrong-token' })).statusCode).toBe(401);
    const other = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
      name: 'prometheus',
      kind: 'remote-write',
    });
    const answer = await post(body(), { authorization: `Bearer ${other.token}` });
    expect(answer.statusCode).toBe(403);
  });
});

interface DependencyView {
  readonly child: string;
  readonly parent: string;
  readonly state: string;
}
const dependencies = async (): Promise<string[]> =>
  (
    await stage.ask<{ dependencies: DependencyView[] }>('GET', '/api/v1/dependencies')
  ).dependencies.map(({ child, parent, state }) => `${child}>${parent} ${state}`);

describe('dependencies', () => {
  /** A router at 10.0.0.1, a switch behind it, a server behind the switch. */
  async function network(): Promise<void> {
    await stage.write(token, [
      info('router', 'snmp_device_info', { sys_name: 'R1', address: '10.0.0.1' }),
      info('switch', 'snmp_device_info', { sys_name: 'SW1' }),
      info('server', 'snmp_device_info', { sys_name: 'SRV' }),
      info('switch', 'snmp_gateway_info', { address: '10.0.0.1' }),
      info('switch', 'snmp_neighbour_info', { protocol: 'lldp', neighbour: 'R1.example.com' }),
      info('switch', 'snmp_neighbour_info', { protocol: 'lldp', neighbour: 'SRV', ifName: '2' }),
    ]);
    // Maintenance looks at the network now and then.
    for (let i = 0; i < 12; i++) await stage.clock.advance(60_000);
  }

  test('are proposed from neighbours and gateways, and decided by people', async () => {
    await network();
    expect(await dependencies()).toEqual(['server>switch proposed', 'switch>router proposed']);
    await stage.ask('POST', '/api/v1/dependencies/confirm', { child: 'switch', parent: 'router' });
    await stage.ask('POST', '/api/v1/dependencies/reject', { child: 'server', parent: 'switch' });
    await stage.restart();
    for (let i = 0; i < 12; i++) await stage.clock.advance(60_000);
    expect(await dependencies()).toEqual(['server>switch rejected', 'switch>router confirmed']);
    const { entries } = await stage.ask<{ entries: { action: string }[] }>(
      'GET',
      '/api/v1/audit?limit=1000',
    );
    const actions = entries.map(({ action }) => action);
    expect(actions).toContain('dependency.confirmed');
    expect(actions).toContain('dependency.rejected');
  });

  test('can be asked for by state, and a circle is refused', async () => {
    await stage.write(token, [info('a', 'up', {}), info('b', 'up', {})]);
    await stage.ask('POST', '/api/v1/dependencies/confirm', { child: 'a', parent: 'b' });
    const only = await stage.ask<{ dependencies: object[] }>(
      'GET',
      '/api/v1/dependencies?state=proposed',
    );
    expect(only.dependencies).toEqual([]);
    const circle = stage.ask('POST', '/api/v1/dependencies/confirm', { child: 'b', parent: 'a' });
    await expect(circle).rejects.toThrow(/sits behind/);
  });
});
