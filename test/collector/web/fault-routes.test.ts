/** The faults of the API over real rooms: opening, answering, guarding, attaching, reporting. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStage, type Stage } from '../stage.ts';

interface FaultJson {
  readonly id: string;
  readonly state: string;
  readonly level: number;
  readonly version: number;
  readonly clocks: readonly { clock: string; state: string; deadline: string | null }[];
}
interface Shown {
  readonly fault: FaultJson;
  readonly ledger: readonly { kind: string; by: string }[];
  readonly attachments: readonly { sha256: string; name: string }[];
}

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const REPORT = { device: '报表系统', phenomenon: '无法登录', reporter: '李雷 8042', by: '值班员' };
const open = (more: object = {}): Promise<FaultJson> =>
  stage.ask<FaultJson>('POST', '/api/v1/faults', { ...REPORT, ...more });

interface Sent {
  readonly headers?: Record<string, string>;
  readonly payload?: object | Buffer;
}
const send = (method: 'GET' | 'POST', url: string, { headers = {}, payload }: Sent = {}) =>
  stage.collector.web.local({
    method,
    url: `/api/v1${url}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });

test('a fault that a person reports has a number, clocks and can be looked up by it', async () => {
  const fault = await open({ urgency: 'high' });
  expect(fault).toMatchObject({
    id: 'F-000001',
    state: 'open',
    level: 2,
    clocks: [{ clock: 'respond', state: 'running' }, {}, {}],
  });
  await stage.clock.advance(11 * 60_000);
  const shown = await stage.ask<Shown>('GET', '/api/v1/faults/F-000001');
  expect(shown.fault).toMatchObject({ level: 1, clocks: [{ state: 'missed' }, {}, {}] });
  expect(shown.ledger.map(({ kind }) => kind)).toEqual([
    ...['opened', 'clock', 'clock', 'clock', 'clock', 'promoted'],
  ]);
});

test('steps have a person, a time, a note; grave faults close only when they are explained', async () => {
  const { id } = await open({ urgency: 'high' });
  const step = (verb: string, body: object) =>
    send('POST', `/faults/${id}/${verb}`, { payload: body });
  const when = new Date(stage.clock.now()).toISOString();
  await stage.clock.advance(60_000);
  for (const verb of ['respond', 'arrive', 'repair', 'verify']) {
    const answer = await step(verb, { by: '王工', note: '已处理', when });
    expect(answer.statusCode, verb).toBe(200);
    expect(answer.json()).toMatchObject({ by: '王工', detail: { whenMs: Date.parse(when) } });
  }
  const refused = await step('close', { by: '王工' });
  expect(refused.json().error).toMatchObject({
    code: 'bad_request',
    detail: { missing: ['causeClass', 'cause', 'measures', 'result'] },
  });
  const record = { cause_class: 'software', cause: 'a', measures: 'b', result: 'c' };
  expect((await step('close', { by: '王工', ...record })).statusCode).toBe(200);
  const { fault } = await stage.ask<Shown>('GET', `/api/v1/faults/${id}`);
  expect(fault).toMatchObject({ state: 'closed', record });
});

test('pause, level, correction, merge, split and link are steps as well', async () => {
  await open();
  await open({ item: 'login' });
  const step = async (verb: string, body: object): Promise<string> => {
    const answer = await send('POST', `/faults/F-000001/${verb}`, {
      payload: { by: 'x', note: 'y', ...body },
    });
    return answer.statusCode === 200 ? answer.json().kind : `${answer.statusCode}`;
  };
  const [from, to] = [-120_000, -60_000].map((by) =>
    new Date(stage.clock.now() + by).toISOString(),
  );
  expect(await step('pause', { reason: 'agreed' })).toBe('paused');
  expect(await step('pause', { reason: 'tea' })).toBe('400');
  expect(await step('resume', {})).toBe('resumed');
  expect(await step('level', { level: 1 })).toBe('levelled');
  expect(await step('level', { level: 5 })).toBe('400');
  expect(await step('correct', { began: from })).toBe('corrected');
  const excluded = { from, to, reason: 'force_majeure' };
  expect(await step('correct', { excluded })).toBe('corrected');
  expect(await step('link', { to: 'F-000002' })).toBe('linked');
  expect(await step('merge', { into: 'F-000002' })).toBe('merged');
  expect(await step('split', {})).toBe('split');
  expect(await step('merge', { into: 'F-000009' })).toBe('404');
});

test('an ETag guards against lost updates', async () => {
  const { id } = await open();
  const { headers } = await send('GET', `/faults/${id}`);
  const comment = (match: string) =>
    send('POST', `/faults/${id}/comment`, {
      headers: { 'if-match': match },
      payload: { by: 'x', note: 'seen' },
    });
  expect((await comment(String(headers.etag))).statusCode).toBe(200);
  const late = await comment(String(headers.etag));
  expect([late.statusCode, late.json().error.code]).toEqual([412, 'stale']);
  expect((await comment('*')).statusCode).toBe(200);
  expect((await comment('yesterday')).statusCode).toBe(400);
});

test('an idempotency key makes a report one fault, however often and late it is sent', async () => {
  const post = (payload: object) =>
    send('POST', '/faults', { headers: { 'idempotency-key': 'call-17' }, payload });
  const first = await post(REPORT);
  await stage.restart();
  await stage.clock.advance(2_000);
  const again = await post(REPORT);
  expect([first.json().id, again.json().id]).toEqual(['F-000001', 'F-000001']);
  expect((await post({ ...REPORT, device: 'other' })).statusCode).toBe(409);
  const { entries } = await stage.ask<{ entries: { action: string }[] }>('GET', '/api/v1/audit');
  expect(entries.filter(({ action }) => action === 'fault open')).toHaveLength(1);
});

test('the list comes in pages that lose nothing, and by state, level and device', async () => {
  for (let i = 0; i < 7; i++) await open({ urgency: i % 2 === 0 ? 'high' : 'low' });
  const ids: string[] = [];
  let after = '';
  do {
    const page = await stage.ask<{ faults: FaultJson[]; next: string | null }>(
      'GET',
      `/api/v1/faults?limit=3${after}`,
    );
    ids.push(...page.faults.map(({ id }) => id));
    after = page.next === null ? '' : `&after=${page.next}`;
  } while (after !== '');
  expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => `F-00000${n}`));
  const count = async (query: string): Promise<number> =>
    (await stage.ask<{ faults: object[] }>('GET', `/api/v1/faults?${query}`)).faults.length;
  expect(await count('level=2')).toBe(4);
  expect(await count('level=4&state=announced')).toBe(3);
  expect(await count('state=suppressed')).toBe(0);
  expect(await count('cause=F-000001&state=all')).toBe(0);
  expect((await send('GET', '/faults?level=9')).statusCode).toBe(400);
  // The most that can be shown leaves room for the one that says whether there are more.
  expect((await send('GET', '/faults?limit=999')).statusCode).toBe(200);
  expect((await send('GET', '/faults?limit=1000')).statusCode).toBe(400);
});

test('files are attached and come back as they were, never to be shown in place', async () => {
  const { id } = await open();
  const attach = (name: string, type: string, payload: Buffer) =>
    send('POST', `/faults/${id}/attachments?name=${encodeURIComponent(name)}&by=x`, {
      headers: { 'content-type': type },
      payload,
    });
  const kept = await attach('日志.txt', 'text/plain; charset=utf-8', Buffer.from('disk failed'));
  expect(kept.json()).toMatchObject({ name: '日志.txt', type: 'text/plain', bytes: 11 });
  const { attachments } = await stage.ask<Shown>('GET', `/api/v1/faults/${id}`);
  expect(attachments).toEqual([kept.json()]);
  const back = await send('GET', `/faults/${id}/attachments/${kept.json().sha256}`);
  expect(back.body).toBe('disk failed');
  expect(back.headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''%E6/);
  expect((await attach('x.html', 'text/html', Buffer.from('<b>'))).statusCode).toBe(415);
  const big = await attach('big.txt', 'text/plain', Buffer.alloc(11 * 1024 * 1024, 65));
  expect(big.statusCode).toBe(413);
});

test('the report is a page or a Word document, in the language that is asked for', async () => {
  const { id } = await open();
  const html = await send('GET', `/faults/${id}/report?locale=zh-CN&timezone=Asia/Shanghai`);
  expect(html.headers['content-type']).toContain('text/html');
  expect(html.body).toContain('故障报告 F-000001');
  const docx = await send('GET', `/faults/${id}/report?format=docx&locale=en`);
  expect(docx.rawPayload.subarray(0, 2).toString()).toBe('PK');
  expect((await send('GET', `/faults/${id}/report?timezone=Mars`)).statusCode).toBe(400);
  expect((await send('GET', '/faults/F-000009/report')).statusCode).toBe(404);
});

test('a fault that a person reports has begun: the future is refused, and nothing is opened', async () => {
  const began = new Date(stage.clock.now() + 60_000).toISOString();
  const answer = await send('POST', '/faults', { payload: { ...REPORT, began } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toMatchObject({
    code: 'bad_request',
    message: 'the fault cannot have happened later than now',
    hint: expect.stringContaining('now is 20'),
  });
  expect((await open()).id).toBe('F-000001');
});

test('lists with numbers page by after and next, as those with ids do', async () => {
  for (const number of [1, 2, 3]) await open({ item: String(number), urgency: 'high' });
  const audit = '/api/v1/audit?limit=2';
  const first = await stage.ask<{ entries: object[]; next: number }>('GET', audit);
  expect(first).toMatchObject({ entries: [{ number: 1 }, { number: 2 }], next: 2 });
  const rest = await stage.ask<object>('GET', `${audit}&after=${first.next}`);
  expect(rest).toMatchObject({ entries: [{ number: 3 }], next: null });
  const faults = await stage.ask<object>('GET', '/api/v1/faults?limit=2');
  expect(faults).toMatchObject({ faults: [{}, {}], next: 'F-000002' });
  for (const path of ['notices', 'events', 'duty/swaps', 'duty/handovers']) {
    expect(await stage.ask<object>('GET', `/api/v1/${path}?after=9`)).toMatchObject({ next: null });
  }
});
