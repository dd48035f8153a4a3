/** Alerts of other systems become faults with clocks; the same alert twice changes nothing. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectFile } from '../../support/parts.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { MORNING, type NotifyStage, notifyPolicy, openNotifyStage } from './stage.ts';

const CHANNELS = `
channels:
  mail: { kind: webhook, url_file: url, secret_file: url, plain_http: true }
  sms: { kind: webhook, url_file: url, secret_file: url, plain_http: true }
allow: [127.0.0.1/32]
`;
let stage: NotifyStage;
let chat: Receiver;
beforeEach(async () => {
  chat = await openReceiver();
  stage = await openNotifyStage({
    channels: CHANNELS,
    secrets: { url: chat.url },
  });
});
afterEach(async () => {
  await stage.close();
  await chat.close();
});

type Form = 'alertmanager' | 'zabbix' | 'generic';
const send = (form: Form, body: unknown) => stage.notify.receive(form, body, 'other-system');
const fault = async (id: string) => (await stage.faults.show(id)).fault;

/** As Alertmanager 0.25 sent it, with two alerts in one group. */
const recorded = () =>
  JSON.parse(readFileSync(projectFile('test/collector/notify/fixtures/alertmanager.json'), 'utf8'));

describe('Alertmanager', () => {
  test('each alert of a group is a fault with its device, urgency and beginning', async () => {
    expect(await send('alertmanager', recorded())).toMatchObject({
      faults: ['F-000001', 'F-000002'],
      raised: 2,
      ignored: [],
    });
    expect(await fault('F-000001')).toMatchObject({
      ...{ origin: 'inbound', device: 'db-1', rule: 'DiskFull', item: '6c9f5b1a2d3e4f50' },
      ...{ urgency: 'high', severity: 'critical', state: 'open' },
      phenomenon: { en: '/var is 96% full', zh: '/var 已用96%' },
      beganMs: MORNING - 600_000,
    });
    expect(await fault('F-000002')).toMatchObject({ device: 'web-2', urgency: 'medium' });
    // The desk's clocks run for it like for any other.
    expect((await fault('F-000001')).clocks.find(({ clock }) => clock === 'respond')?.state).toBe(
      'running',
    );
  });

  test('again it is confirmed, resolved it is cleared, resolved again it is nothing', async () => {
    await send('alertmanager', recorded());
    expect(await send('alertmanager', recorded())).toMatchObject({ raised: 0, confirmed: 2 });
    const resolved = recorded();
    resolved.status = 'resolved';
    for (const alert of resolved.alerts) {
      alert.status = 'resolved';
      alert.endsAt = new Date(MORNING).toISOString();
    }
    expect(await send('alertmanager', resolved)).toMatchObject({ cleared: 2 });
    expect((await fault('F-000001')).state).toBe('recovered');
    expect(await send('alertmanager', resolved)).toMatchObject({
      cleared: 0,
      ignored: [expect.stringContaining('no fault of it goes on'), expect.anything()],
    });
  });

  test('an alert without a name is left out with its reason, logged, and the others count', async () => {
    const body = recorded();
    body.alerts[0].labels = { instance: 'db-1' };
    expect(await send('alertmanager', body)).toMatchObject({
      raised: 1,
      ignored: [' of db-1: it has no alertname'],
    });
    expect(stage.logged.filter((line) => line.includes('alerts were left out'))).toHaveLength(1);
  });

  test('an alert that names no device is a fault of a device named after the token', async () => {
    const body = recorded();
    body.alerts[0].labels = { alertname: 'Watchdog' };
    expect(await send('alertmanager', body)).toMatchObject({ raised: 2, ignored: [] });
    expect(await fault('F-000001')).toMatchObject({ device: 'other-system', rule: 'Watchdog' });
    body.alerts[0].status = 'resolved';
    expect(await send('alertmanager', body)).toMatchObject({ cleared: 1 });
  });

  test('or left out, where that is configured', async () => {
    const { settings, templates } = notifyPolicy({
      channels: CHANNELS,
      secrets: { url: chat.url },
    }).policy;
    const inbound = { ...settings.inbound, unnamed: 'ignore' as const };
    stage.notify.reload({ templates, settings: { ...settings, inbound } });
    const body = recorded();
    body.alerts[0].labels = { alertname: 'Watchdog' };
    expect(await send('alertmanager', body)).toMatchObject({
      raised: 1,
      ignored: ['Watchdog of no device: nothing names its device'],
    });
  });

  test('a group of more than 500 is worked off, and others get their turn in between', async () => {
    const [one] = recorded().alerts;
    const alerts = Array.from({ length: 501 }, (_, n) => ({ ...one, fingerprint: `print-${n}` }));
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    expect(await send('alertmanager', { alerts })).toMatchObject({ raised: 501 });
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  test('what begins in our future begins now: their clock is not ours', async () => {
    const body = recorded();
    body.alerts[0].startsAt = new Date(MORNING + 3_600_000).toISOString();
    await send('alertmanager', body);
    expect((await fault('F-000001')).beganMs).toBe(MORNING);
  });
});

describe('Zabbix', () => {
  const problem = {
    ...{ host: 'sw-3', trigger_id: '13926', event_id: '4711', event_value: '1' },
    ...{ event_name: 'Interface Gi0/1: Link down', event_severity: 'Average' },
    event_time: String(MORNING / 1_000 - 30),
  };
  test('a problem is a fault, its recovery ends it', async () => {
    expect(await send('zabbix', problem)).toMatchObject({ raised: 1, faults: ['F-000001'] });
    expect(await fault('F-000001')).toMatchObject({
      ...{ device: 'sw-3', rule: 'zabbix', item: 'trigger 13926', urgency: 'medium' },
      phenomenon: { en: 'Interface Gi0/1: Link down' },
      beganMs: MORNING - 30_000,
    });
    expect(await send('zabbix', { ...problem, update: '1' })).toMatchObject({
      raised: 0,
      confirmed: 0,
    });
    expect(await send('zabbix', { ...problem, event_value: '0' })).toMatchObject({ cleared: 1 });
  });
  test('numbers for texts are taken, and unknown parameters are theirs', async () => {
    const body = { ...problem, trigger_id: 13_926, event_value: 1, url: 'https://zabbix.example' };
    expect(await send('zabbix', body)).toMatchObject({ raised: 1 });
  });
});

describe('generic', () => {
  const one = { device: 'ups-1', rule: 'on battery', status: 'firing', severity: 'Critical' };
  test('one alert or a list', async () => {
    expect(await send('generic', one)).toMatchObject({ raised: 1 });
    const list = { alerts: [one, { ...one, item: 'phase 2', summary: 'phase 2 lost' }] };
    expect(await send('generic', list)).toMatchObject({ raised: 1, confirmed: 1 });
    expect((await fault('F-000002')).phenomenon.en).toBe('phase 2 lost');
  });
  test('an unknown key is refused: the form is ours', async () => {
    await expect(send('generic', { ...one, devise: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('devise'),
    });
  });
});

test.each<[Form, unknown]>([
  ['alertmanager', {}],
  ['alertmanager', { alerts: [{ status: 'firing' }] }],
  [
    'alertmanager',
    { alerts: Array(5001).fill({ status: 'firing', labels: {}, fingerprint: 'x' }) },
  ],
  ['zabbix', { host: 'x' }],
  ['zabbix', []],
  ['generic', 'hello'],
  ['generic', null],
])('%s refuses a body that is not of its form: %.60j', async (form, body) => {
  await expect(send(form, body)).rejects.toMatchObject({ code: 'bad_request' });
  expect(stage.faults.open()).toEqual([]);
});

test('hostile names are kept as harmless texts', async () => {
  const text = 'x\u001b[2J\r\n\u202e<script>alert(1)</script>';
  const alert = { device: text, rule: text, status: 'firing', summary: text };
  expect(await send('generic', alert)).toMatchObject({ raised: 1 });
  const { device, rule, phenomenon } = await fault('F-000001');
  for (const kept of [device, rule, phenomenon.en])
    expect(kept).toBe('x [2J <script>alert(1)</script>');
});

test('whatever is sent, the answer is an outcome or a refusal', async () => {
  const label = fc.constantFrom('instance', 'alertname', 'severity', '__proto__', 'fault');
  const alert = fc.record({
    status: fc.constantFrom('firing', 'resolved', 'x'),
    labels: fc.dictionary(label, fc.string({ maxLength: 300 }), { maxKeys: 5 }),
    fingerprint: fc.string({ maxLength: 20 }),
    startsAt: fc.string({ maxLength: 30 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(alert, { maxLength: 4 }), async (alerts) => {
      const outcome = await send('alertmanager', { alerts }).catch(
        (error: { code: string }) => error,
      );
      if ('code' in outcome) expect(outcome.code).toBe('bad_request');
      else
        expect(outcome.raised + outcome.confirmed + outcome.cleared + outcome.ignored.length).toBe(
          alerts.length,
        );
    }),
    { numRuns: 60 },
  );
});
