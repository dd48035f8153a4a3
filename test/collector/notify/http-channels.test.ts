/** Webhook, SMS gateway, Alertmanager's API, and what all HTTP channels share. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alertOf } from '../../../src/collector/notify/channels/alertmanager.ts';
import {
  judgeStatus,
  outgoingComplaint,
  plainReason,
} from '../../../src/collector/notify/http-post.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { BEGAN, message, openChannel } from './channels.ts';
import { openReceiver, type Receiver } from './receiver.ts';

const clock = manualClock(Date.parse('2026-01-05T01:00:00Z'));
let service: Receiver;
beforeAll(async () => {
  service = await openReceiver('{}');
});
afterAll(() => service.close());
beforeEach(() => {
  service.received.length = 0;
  service.answers.length = 0;
});

const webhook = (secrets: Record<string, string> = {}, allow?: string[]) =>
  openChannel(
    { kind: 'webhook', url_file: 'url', secret_file: 'secret', plain_http: true },
    {
      clock,
      secrets: { url: `${service.url}/hook`, secret: 'shared', ...secrets },
      ...(allow ? { allow } : {}),
    },
  );

describe('the webhook', () => {
  test('is signed over time and body, so that neither can be changed', async () => {
    expect(await webhook().send(message({ to: 'wang' }))).toEqual({
      outcome: 'accepted',
      reason: '',
    });
    const { headers, body, json } = service.received[0]!;
    const timestamp = String(headers['x-watchkeeper-timestamp']);
    expect(timestamp).toBe('1767574800');
    const mac = createHmac('sha256', 'shared').update(`${timestamp}.${body}`).digest('hex');
    expect(headers['x-watchkeeper-signature']).toBe(`sha256=${mac}`);
    expect(headers['idempotency-key']).toBe('a'.repeat(32));
    expect(json).toMatchObject({
      to: 'wang',
      faults: [
        {
          fault: 'F-000001',
          device: 'sw-1',
          level: 1,
          step: 'opened',
          began: '2026-01-05T00:30:00Z',
          ended: null,
        },
      ],
    });
    expect(body).not.toContain('shared');
  });

  test.each([
    [301, 'refused'],
    [302, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('that answers %i is %s', async (status, outcome) => {
    const headers = { location: `${service.url}/elsewhere` };
    service.answers.push({ status, body: 'no', headers });
    expect(await webhook().send(message())).toMatchObject({ outcome });
    // Redirects are not followed: the address that was checked is the one that is called.
    expect(service.received).toHaveLength(1);
  });

  test('an address that the operator did not list is not called', async () => {
    const result = await webhook({}, []).send(message());
    expect(result).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('loopback'),
    });
    expect(service.received).toHaveLength(0);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:127.0.0.1]/',
    'file:///etc/passwd',
    'http://user:pass@127.0.0.1/',
    'not a url',
  ])('%s is refused', async (url) => {
    const secrets = { url: url.replaceAll(' ', '') };
    const result = await webhook(secrets, ['10.0.0.0/8']).send(message());
    expect(result.outcome).toBe('refused');
  });

  test('a port where nobody listens is tried again', async () => {
    const gone = await openReceiver();
    await gone.close();
    expect(await webhook({ url: gone.url }).send(message())).toMatchObject({
      outcome: 'retry',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('an answer without end is cut off', async () => {
    service.answers.push({ status: 200, body: 'x'.repeat(1024 * 1024) });
    expect(await webhook().send(message())).toMatchObject({ outcome: 'retry' });
  });
});

test('http needs a word of the operator; https does not', () => {
  expect(outgoingComplaint('http://a.example/', false)).toContain('not https');
  expect(outgoingComplaint('http://a.example/', true)).toBeNull();
  expect(outgoingComplaint('https://a.example/', false)).toBeNull();
});

test('what the other side says is shown in one harmless line', () => {
  expect(plainReason('a\u001b[2Jb\r\nc\u202e')).toBe('a [2Jb c');
  expect(plainReason('x'.repeat(1_000))).toHaveLength(200);
  expect(judgeStatus({ status: 204, body: '' })).toBeNull();
});

describe('an SMS gateway', () => {
  const BODY = '{"key": "{{secret}}", "mobile": "{{to}}", "content": "{{text}}", "ref": "{{id}}"}';
  const gateway = (more: object = {}) =>
    openChannel(
      {
        kind: 'sms',
        url_file: 'url',
        secret_file: 'secret',
        body: BODY,
        plain_http: true,
        ...more,
      },
      { clock, secrets: { url: `${service.url}/sms`, secret: 'k3y' } },
    );

  test('gets its own fields, escaped for JSON', async () => {
    const short = 'a "quoted"\nline \\ 值守';
    expect(await gateway().send(message({ to: '13800000001', short }))).toMatchObject({
      outcome: 'accepted',
    });
    expect(service.received[0]?.json).toEqual({
      key: 'k3y',
      mobile: '13800000001',
      content: short,
      ref: 'a'.repeat(32),
    });
  });

  test('or as a form', async () => {
    const body = 'm={{to}}&t={{text}}';
    await gateway({ type: 'form', body }).send(
      message({ to: '+8613800000001', short: 'a&b=c 值' }),
    );
    const { headers, body: sent } = service.received[0]!;
    expect(headers['content-type']).toContain('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(sent))).toEqual({
      m: '+8613800000001',
      t: 'a&b=c 值',
    });
  });

  test('that says no inside a 200 has said no', async () => {
    const accepted = { field: 'code', equals: '0' };
    const send = (body: string) => {
      service.answers.push({ status: 200, body });
      return gateway({ accepted }).send(message({ to: '13800000001' }));
    };
    expect(await send('{"code": 0}')).toMatchObject({ outcome: 'accepted' });
    expect(await send('{"code": "E12", "msg": "no balance"}')).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('E12'),
    });
    expect(await send('<html>')).toMatchObject({ outcome: 'refused' });
  });
});

describe("Alertmanager's API", () => {
  const am = (more: object = {}) =>
    openChannel(
      { kind: 'alertmanager', url: `${service.url}/`, plain_http: true, ...more },
      { clock },
    );
  const alerts = (index: number) => JSON.parse(service.received[index]?.body ?? '[]');

  test('a fault fires with an end in the future, and is resolved with its end', async () => {
    await am().send(message());
    expect(service.received[0]?.url.pathname).toBe('/api/v2/alerts');
    expect(alerts(0)).toEqual([
      {
        labels: {
          alertname: 'reachable',
          instance: 'sw-1',
          fault: 'F-000001',
          severity: 'critical',
        },
        annotations: { summary: 'sw-1 does not answer', description: 'sw-1 无应答', level: '1' },
        startsAt: '2026-01-05T00:30:00Z',
        endsAt: '2026-01-05T01:04:00Z',
      },
    ]);
    const over = message();
    const [notice] = over.notices;
    await am().send({
      ...over,
      notices: [{ ...notice!, alert: { ...notice!.alert, endedMs: BEGAN + 60_000 } }],
    });
    expect(alerts(1)[0].endsAt).toBe('2026-01-05T00:31:00Z');
  });

  test('many faults go in several requests, each fault once', async () => {
    const one = message().notices[0]!;
    const notices = Array.from({ length: 1_200 }, (_, n) => ({
      ...one,
      alert: { ...one.alert, fault: `F-${n % 1_001}`, item: String(n) },
    }));
    await am().send(message({ notices }));
    expect(service.received.map((_, index) => alerts(index).length)).toEqual([500, 500, 1]);
  });

  test('the labels of a fault do not change with its level', () => {
    const { alert } = message().notices[0]!;
    const labels = (level: 1 | 3) =>
      (alertOf({ ...alert, level }, BEGAN) as { labels: object }).labels;
    expect(labels(1)).toEqual(labels(3));
  });

  test('a refusal is told', async () => {
    service.answers.push({ status: 400, body: '"bad"' });
    expect(await am().send(message())).toMatchObject({ outcome: 'refused' });
  });
});
