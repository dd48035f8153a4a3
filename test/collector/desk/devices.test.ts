import { describe, expect, it } from 'vitest';
import { nextStatus } from '../../../src/collector/desk/devices.ts';
import { ACTOR, rig } from './rig.ts';

describe('the ledger of devices', () => {
  it('fills itself from what is seen, each agent once', async () => {
    const { desk, clock } = await rig();
    const firstSeenMs = clock.now();
    desk.sawDevice('web1', 'agent-a', firstSeenMs);
    desk.sawDevice('web1', 'agent-a', firstSeenMs + 5);
    desk.sawDevice('web1', 'agent-b', firstSeenMs + 9);
    desk.sawDevice('db1', 'agent-a', firstSeenMs + 9);
    expect(desk.devices()).toEqual([
      expect.objectContaining({ name: 'db1' }),
      {
        name: 'web1',
        kind: 'unknown',
        firstSeenMs,
        agents: ['agent-a', 'agent-b'],
        facts: {},
        labels: {},
        status: 'live',
      },
    ]);
    expect(desk.device('web2')).toBeUndefined();
  });

  it('is written within a second or two, with an audit entry for each device', async () => {
    const { desk, clock, query } = await rig();
    desk.sawDevice('web1', 'agent-a', clock.now());
    desk.setFacts('web1', { os_id: 'debian' });
    expect(query('SELECT name FROM desk_devices')).toEqual([]);
    await clock.advance(1_000);
    expect(query('SELECT name, facts FROM desk_devices')).toEqual([
      { name: 'web1', facts: '{"os_id":"debian"}' },
    ]);
    expect(await desk.auditEntries(10)).toMatchObject([
      { who: 'agent-a', action: 'device.add', subject: 'web1', detail: { status: 'live' } },
      { who: 'system', action: 'device.facts', subject: 'web1', detail: { os_id: 'debian' } },
    ]);
  });

  it('does not write what it knows already', async () => {
    const { desk, clock } = await rig();
    for (let index = 0; index < 100; index++) {
      desk.sawDevice('web1', 'agent-a', clock.now());
      desk.setFacts('web1', { os_id: 'debian' });
      desk.setKind('web1', 'server');
      await clock.advance(1_000);
    }
    expect(await desk.auditEntries(1_000)).toHaveLength(3);
    const list = desk.devices();
    desk.sawDevice('web1', 'agent-a', clock.now());
    expect(desk.devices()).toBe(list);
  });

  it('comes back after a restart as it was', async () => {
    const made = await rig();
    made.desk.sawDevice('交换机-1', 'site', 5, 'imported');
    made.desk.setKind('交换机-1', 'network');
    made.desk.setFacts('交换机-1', { a: '1', b: '2' });
    made.desk.setFacts('交换机-1', { b: '3' });
    await made.desk.setLabels('交换机-1', { room: 'B2' }, ACTOR);
    const before = made.desk.devices();
    expect(before[0]).toMatchObject({ facts: { a: '1', b: '3' }, labels: { room: 'B2' } });
    expect((await made.restart()).devices()).toEqual(before);
  });

  it('ignores facts and kinds of devices it does not know', async () => {
    const { desk } = await rig();
    desk.setFacts('ghost', { a: 'b' });
    desk.setKind('ghost', 'server');
    expect(desk.devices()).toEqual([]);
  });

  it('lets an operator label and remove, durably and audited', async () => {
    const { desk, query } = await rig();
    desk.sawDevice('web1', 'agent-a', 5);
    await desk.setLabels('web1', { tier: 'gold' }, ACTOR);
    expect(query('SELECT labels FROM desk_devices')).toEqual([{ labels: '{"tier":"gold"}' }]);
    await desk.removeDevice('web1', ACTOR);
    expect(query('SELECT name FROM desk_devices')).toEqual([]);
    expect(desk.devices()).toEqual([]);
    await desk.flush();
    expect(query('SELECT name FROM desk_devices')).toEqual([]);
    const actions = (await desk.auditEntries(10)).map(({ who, action }) => `${who} ${action}`);
    expect(actions).toEqual(['li.wei device.labels', 'li.wei device.remove', 'agent-a device.add']);
    desk.sawDevice('web1', 'agent-a', 9);
    expect(desk.device('web1')?.labels).toEqual({});
  });

  it('refuses labels that are none, and devices that are not there', async () => {
    const { desk } = await rig();
    desk.sawDevice('web1', 'agent-a', 5);
    await expect(desk.setLabels('web1', { 'a b': 'x' }, ACTOR)).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(desk.setLabels('web1', { a: 'x'.repeat(257) }, ACTOR)).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(desk.setLabels('web2', {}, ACTOR)).rejects.toMatchObject({ code: 'not_found' });
    await expect(desk.removeDevice('web2', ACTOR)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('hands out records that nobody can change', async () => {
    const { desk } = await rig();
    desk.sawDevice('web1', 'agent-a', 5);
    const device = desk.device('web1') as unknown as { name: string; agents: string[] };
    expect(() => {
      device.name = 'x';
    }).toThrow();
    expect(() => device.agents.push('x')).toThrow();
  });
});

describe('the status of a device', () => {
  it.each([
    ['live', 'imported', 'live'],
    ['live', 'demo', 'live'],
    ['imported', 'live', 'live'],
    ['imported', 'imported', 'imported'],
    ['demo', 'live', 'live'],
    ['demo', 'imported', 'demo'],
    ['retired', 'live', 'retired'],
  ] as const)('%s, seen as %s, is %s', (now, seen, next) => {
    expect(nextStatus(now, seen)).toBe(next);
  });

  it('has the labels agents reported under those people set, also after a restart', async () => {
    const made = await rig();
    made.desk.sawDevice('web1', 'a1', 1);
    made.desk.setReportedLabels('web1', { site: 'hq', impact: 'low' });
    expect(made.desk.device('web1')?.labels).toEqual({ site: 'hq', impact: 'low' });
    await made.desk.setLabels('web1', { impact: 'high' }, ACTOR);
    expect(made.desk.device('web1')?.labels).toEqual({ site: 'hq', impact: 'high' });
    const desk = await made.restart();
    expect(desk.device('web1')?.labels).toEqual({ site: 'hq', impact: 'high' });
    await desk.setLabels('web1', {}, ACTOR);
    expect(desk.device('web1')?.labels).toEqual({ site: 'hq', impact: 'low' });
  });
});
