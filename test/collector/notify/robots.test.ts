/**
 * The robots against a receiver that checks what the services' documents ask for, with the
 * signatures computed here a second time.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signedUrl } from '../../../src/collector/notify/channels/dingtalk.ts';
import { signOf } from '../../../src/collector/notify/channels/feishu.ts';
import { cutBytes } from '../../../src/collector/notify/channels/robot-answer.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { message, openChannel } from './channels.ts';
import { openReceiver, type Receiver } from './receiver.ts';

const clock = manualClock(Date.parse('2026-01-05T01:00:00.123Z'));
let service: Receiver;
beforeAll(async () => {
  service = await openReceiver('{"errcode":0,"errmsg":"ok"}');
});
afterAll(() => service.close());
beforeEach(() => {
  service.received.length = 0;
  service.answers.length = 0;
});

const robot = (kind: string, path: string, secret?: string) =>
  openChannel(
    { kind, url_file: 'url', plain_http: true, ...(secret ? { secret_file: 'secret' } : {}) },
    { clock, secrets: { url: `${service.url}${path}`, secret: secret ?? 'x' } },
  );
const only = () => {
  expect(service.received).toHaveLength(1);
  return service.received[0]!;
};

describe('DingTalk', () => {
  const SECRET = 'SEC10d6e79b42bd94be0d0d603843651aa2';
  const ding = () => robot('dingtalk', '/robot/send?access_token=abc', SECRET);

  test('gets markdown with title and text, by POST as JSON', async () => {
    expect(await ding().send(message())).toEqual({ outcome: 'accepted', reason: '' });
    const { method, headers, json } = only();
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json).toEqual({
      msgtype: 'markdown',
      markdown: { title: '[值守][一级] 新故障:sw-1', text: '**新故障** sw-1' },
      at: { atMobiles: [], isAtAll: false },
    });
  });

  test('verifies the signature: base64 of HMAC-SHA256 over time and secret, time in ms', async () => {
    await ding().send(message());
    const { searchParams } = only().url;
    const timestamp = searchParams.get('timestamp') ?? '';
    expect(searchParams.get('access_token')).toBe('abc');
    expect(Number(timestamp)).toBe(clock.now());
    const mac = createHmac('sha256', Buffer.from(SECRET))
      .update(`${timestamp}\n${SECRET}`)
      .digest();
    const sign = Buffer.from(searchParams.get('sign') ?? '', 'base64');
    expect(timingSafeEqual(sign, mac)).toBe(true);
  });

  test('is asked to remind the person, who is named in the text', async () => {
    await ding().send(message({ to: '13800000001' }));
    const { at, markdown } = only().json as { at: object; markdown: { text: string } };
    expect(at).toEqual({ atMobiles: ['13800000001'], isAtAll: false });
    expect(markdown.text).toContain('@13800000001');
  });

  test.each([
    ['{"errcode":310000,"errmsg":"sign not match"}', 'refused', 'errcode 310000 sign not match'],
    ['{"errcode":130101,"errmsg":"send too fast"}', 'retry', 'errcode 130101 send too fast'],
    ['{"errcode":-1,"errmsg":"system busy"}', 'retry', 'errcode -1 system busy'],
    ['<html>portal</html>', 'retry', 'errcode undefined'],
  ])('answers %s: %s', async (body, outcome, reason) => {
    service.answers.push({ status: 200, body });
    expect(await ding().send(message())).toEqual({ outcome, reason });
  });

  test('without a secret the address is used as it is', async () => {
    await robot('dingtalk', '/robot/send?access_token=abc').send(message());
    expect(only().url.search).toBe('?access_token=abc');
  });

  test('a sign with + and / survives the query', () => {
    for (let ms = 0; ms < 200; ms++) {
      const sign = new URL(signedUrl('https://x.example/?a=1', SECRET, ms)).searchParams.get(
        'sign',
      );
      expect(sign).toBe(createHmac('sha256', SECRET).update(`${ms}\n${SECRET}`).digest('base64'));
    }
  });
});

describe('WeCom', () => {
  test('gets markdown of at most 4,096 bytes', async () => {
    const wecom = robot('wecom', '/cgi-bin/webhook/send?key=k');
    expect(await wecom.send(message())).toEqual({ outcome: 'accepted', reason: '' });
    expect(only().json).toEqual({ msgtype: 'markdown', markdown: { content: '**新故障** sw-1' } });
    expect(only().url.search).toBe('?key=k');
    service.received.length = 0;
    await wecom.send(message({ markdown: '故障'.repeat(2_000), to: 'wang' }));
    const { content } = only().json.markdown as { content: string };
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096);
    expect(content.startsWith('<@wang>\n故障')).toBe(true);
    expect(content).not.toContain('\ufffd');
  });

  test.each([
    ['{"errcode":93000,"errmsg":"invalid webhook url"}', 'refused'],
    ['{"errcode":45009,"errmsg":"api freq out of limit"}', 'retry'],
  ])('answers %s: %s', async (body, outcome) => {
    service.answers.push({ status: 200, body });
    expect(await robot('wecom', '/send').send(message())).toMatchObject({ outcome });
  });
});

describe('Feishu', () => {
  const SECRET = 'gD0xXyZ';

  test('gets a card, signed in the body, time in seconds', async () => {
    service.answers.push({ status: 200, body: '{"code":0,"msg":"success","data":{}}' });
    const feishu = robot('feishu', '/open-apis/bot/v2/hook/x', SECRET);
    expect(await feishu.send(message())).toEqual({ outcome: 'accepted', reason: '' });
    const { timestamp, sign, msg_type, card } = only().json;
    expect(msg_type).toBe('interactive');
    expect(card).toEqual({
      header: {
        title: { tag: 'plain_text', content: '[值守][一级] 新故障:sw-1' },
        template: 'red',
      },
      elements: [{ tag: 'div', text: { tag: 'lark_md', content: '**新故障** sw-1' } }],
    });
    expect(timestamp).toBe(String(Math.floor(clock.now() / 1_000)));
    const mac = createHmac('sha256', Buffer.from(`${timestamp}\n${SECRET}`))
      .update('')
      .digest();
    expect(Buffer.from(String(sign), 'base64').equals(mac)).toBe(true);
    expect(sign).toBe(signOf(String(timestamp), SECRET));
  });

  test('a recovery is green', async () => {
    service.answers.push({ status: 200, body: '{"StatusCode":0,"StatusMessage":"success"}' });
    const feishu = robot('feishu', '/hook');
    expect(await feishu.send(message({ over: true, to: 'ou_1' }))).toMatchObject({
      outcome: 'accepted',
    });
    const { card, sign } = only().json as {
      card: { header: object; elements: object[] };
      sign?: string;
    };
    expect(card.header).toMatchObject({ template: 'green' });
    expect(JSON.stringify(card.elements)).toContain('<at id=ou_1></at>');
    expect(sign).toBeUndefined();
  });

  test.each([
    ['{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}', 'refused'],
    ['{"code":11232,"msg":"frequency limited"}', 'retry'],
  ])('answers %s: %s', async (body, outcome) => {
    service.answers.push({ status: 200, body });
    expect(await robot('feishu', '/hook').send(message())).toMatchObject({ outcome });
  });
});

test('a text is cut between characters and never longer than allowed', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 8, max: 60 }),
      (text, most) => {
        const cut = cutBytes(text, most);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most);
        if (Buffer.byteLength(text) <= most) expect(cut).toBe(text);
        else expect(cut).not.toContain('\ufffd');
      },
    ),
  );
});
