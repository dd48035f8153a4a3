/** Problems, changes and knowledge through the API of a whole collector. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHANGE_ROUTES } from '../../../src/collector/web/routes/changes.ts';
import { KNOWLEDGE_ROUTES } from '../../../src/collector/web/routes/knowledge.ts';
import { PROBLEM_ROUTES } from '../../../src/collector/web/routes/problems.ts';
import { openStage, type Stage } from '../stage.ts';
import { expectShape } from './shape.ts';

const HOUR = 3_600_000;
let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const at = (hours: number): string => new Date(stage.clock.now() + hours * HOUR).toISOString();

async function send(
  method: 'POST' | 'PUT',
  url: string,
  payload: object,
  headers: Record<string, string> = {},
) {
  const answer = await stage.collector.web.local({ method, url, payload, headers });
  return { status: answer.statusCode, etag: answer.headers.etag, json: answer.json() };
}

const change = (rest: object = {}): object => ({
  title: 'New kernel',
  content: 'apt upgrade',
  purpose: 'CVE-2026-1',
  scope: { devices: ['web-*'] },
  risk: 'low',
  risk_text: 'may not boot',
  rollback: 'old kernel',
  verification: 'uname -r',
  planned_from: at(1),
  planned_to: at(3),
  by: 'wang',
  ...rest,
});

test('a problem from its opening to its closing', async () => {
  await stage.ask('POST', '/api/v1/faults', { device: 'ups-1', phenomenon: 'beeps', by: 'li' });
  const opened = await send('POST', '/api/v1/problems', {
    title: 'UPS batteries are old',
    faults: ['F-000001'],
    by: 'wang',
  });
  expect(opened).toMatchObject({ status: 200, etag: '"1"', json: { state: 'investigating' } });
  const steps: [string, object, string][] = [
    ['root-cause', { text: 'eight years old' }, 'cause_known'],
    ['solve', { text: 'new ones' }, 'solution_known'],
    ['comment', { note: 'ordered' }, 'solution_known'],
    ['verify', {}, 'verifying'],
  ];
  for (const [verb, payload, state] of steps) {
    const taken = await send('POST', `/api/v1/problems/P-000001/${verb}`, payload);
    expect(taken).toMatchObject({ status: 200, json: { state } });
  }
  const early = await send('POST', '/api/v1/problems/P-000001/close', {});
  expect(early).toMatchObject({ status: 409 });
  expect(early.json.error.message).toContain('must not recur until');
  for (const url of [
    '/api/v1/problems',
    '/api/v1/problems?fault=F-000001&state=verifying',
    '/api/v1/problems/P-000001',
  ]) {
    expectShape(PROBLEM_ROUTES, url, await stage.ask('GET', url));
  }
  expect(await stage.ask('GET', '/api/v1/problems?state=proposed')).toEqual({
    problems: [],
    next: null,
  });
});

test('a change from its request to its report, with its window', async () => {
  const asked = await send('POST', '/api/v1/changes', change());
  expect(asked).toMatchObject({ status: 200, json: { id: 'C-000001', kind: 'change' } });
  const step = (verb: string, payload: object) =>
    send('POST', `/api/v1/changes/C-000001/${verb}`, payload);
  const said = { note: 'done' };
  await step('assess', { by: 'zhao', note: 'fine' });
  await step('approve', { by: 'zhao' });
  const announced = await step('announce', { by: 'wang', announcement: 'at 09:00' });
  expect(announced.json).toMatchObject({ state: 'announced', window: 'W-000001' });
  expect(await stage.ask('GET', '/api/v1/windows/W-000001')).toMatchObject({
    planned: true,
    origin: 'C-000001',
    schedule: { from: at(1), to: at(3) },
  });
  expect(await step('start', {})).toMatchObject({ status: 400 });
  await stage.clock.advance(HOUR);
  for (const verb of ['start', 'finish', 'verify']) {
    expect(await step(verb, said)).toMatchObject({ status: 200 });
  }
  expect(await stage.ask('GET', '/api/v1/windows/W-000001')).toMatchObject({ state: 'past' });
  const closed = await step('close', { ...said, result: 'success' });
  expect(closed).toMatchObject({ etag: '"8"', json: { state: 'closed', result: 'success' } });
  for (const url of ['/api/v1/changes', '/api/v1/changes/C-000001']) {
    expectShape(CHANGE_ROUTES, url, await stage.ask('GET', url));
  }
});

test('a release that is announced too late is refused with the field and the count', async () => {
  await send('POST', '/api/v1/changes', change({ kind: 'release', planned_from: at(2) }));
  await send('POST', '/api/v1/changes/C-000001/assess', { by: 'zhao', note: 'fine' });
  await send('POST', '/api/v1/changes/C-000001/approve', { by: 'zhao' });
  const late = await send('POST', '/api/v1/changes/C-000001/announce', { announcement: 'now' });
  expect(late.status).toBe(400);
  expect(late.json.error).toMatchObject({
    code: 'bad_request',
    message: expect.stringMatching(/^planned_from: is \d working days ahead: a release .* 2 /),
    detail: { mistakes: [{ field: 'planned_from' }] },
  });
});

test('lost updates and repeats are caught on every write', async () => {
  await send('POST', '/api/v1/changes', change());
  const assess = { by: 'zhao', note: 'fine' };
  const seen = { 'if-match': '"1"', 'idempotency-key': 'k-1' };
  const url = '/api/v1/changes/C-000001/assess';
  const first = await send('POST', url, assess, seen);
  expect(first.status).toBe(200);
  expect((await send('POST', url, assess, seen)).json).toEqual(first.json);
  expect(await send('POST', url, assess, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
  const other = await send('POST', url, { ...assess, note: 'not so fine' }, seen);
  expect(other).toMatchObject({ status: 409 });
});

test('what is not known to a step is refused', async () => {
  await send('POST', '/api/v1/changes', change());
  const answer = await send('POST', '/api/v1/changes/C-000001/approve', { result: 'success' });
  expect(answer.status).toBe(400);
  expect(answer.json.error.message).toContain('unknown key "result"');
});

test('a note is written, found, rewritten and archived', async () => {
  const note = { title: '磁盘被日志写满', symptom: '/var 增长', solution: 'logrotate', by: 'wang' };
  const made = await send('POST', '/api/v1/knowledge', { ...note, words: ['磁盘'] });
  expect(made).toMatchObject({ status: 200, etag: '"1"', json: { id: 'K-000001', cause: '' } });
  const words = encodeURIComponent('日志');
  for (const url of [
    '/api/v1/knowledge',
    '/api/v1/knowledge/K-000001',
    `/api/v1/knowledge/search?words=${words}`,
  ]) {
    expectShape(KNOWLEDGE_ROUTES, url, await stage.ask('GET', url));
  }
  const found = `/api/v1/knowledge/search?words=${words}`;
  expect(await stage.ask('GET', found)).toMatchObject({ notes: [{ id: 'K-000001' }] });
  const at1 = { 'if-match': '"1"' };
  const anew = await send('PUT', '/api/v1/knowledge/K-000001', note, at1);
  expect(anew).toMatchObject({ status: 200, json: { version: 2, words: [] } });
  expect(await send('PUT', '/api/v1/knowledge/K-000001', note, at1)).toMatchObject({ status: 412 });
  await send('POST', '/api/v1/knowledge/K-000001/archive', { by: 'zhao' });
  expect(await stage.ask('GET', found)).toEqual({ notes: [] });
});

test('a fault is offered what fits it', async () => {
  const fault = await stage.ask<{ id: string }>('POST', '/api/v1/faults', {
    device: 'switch-3',
    phenomenon: '三楼交换机大量丢包',
    by: 'wang',
  });
  const texts = { symptom: 's', solution: 'c', by: 'wang' };
  await send('POST', '/api/v1/knowledge', { ...texts, title: '光模块老化', words: ['丢包'] });
  await send('POST', '/api/v1/knowledge', { ...texts, title: '内存不足', words: ['内存'] });
  const url = `/api/v1/knowledge/offers?fault=${fault.id}`;
  const answer = await stage.ask('GET', url);
  expectShape(KNOWLEDGE_ROUTES, url, answer);
  expect(answer).toMatchObject({
    offers: [{ note: { title: '光模块老化' }, because: ['word:丢包'] }],
  });
});

test('long lists are read to their end page by page', async () => {
  for (let number = 0; number < 5; number++) {
    await send('POST', '/api/v1/problems', { title: `p${number}`, by: 'wang' });
    await send('POST', '/api/v1/changes', change({ title: `c${number}` }));
    const texts = { title: `k${number}`, symptom: 's', solution: 'c', by: 'wang' };
    await send('POST', '/api/v1/knowledge', texts);
  }
  for (const [path, items, letter] of [
    ['problems', 'problems', 'P'],
    ['changes', 'changes', 'C'],
    ['knowledge', 'notes', 'K'],
  ] as const) {
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${next}`;
      const page: Record<string, unknown> = await stage.ask(
        'GET',
        `/api/v1/${path}?limit=2${after}`,
      );
      seen.push(...(page[items] as { id: string }[]).map(({ id }) => id));
      next = page.next as string | null;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1].map((number) => `${letter}-00000${number}`));
  }
});

test('every write has its entry in the audit trail, whose chain holds', async () => {
  await send('POST', '/api/v1/problems', { title: 'p', by: 'wang' });
  await send('POST', '/api/v1/changes', change());
  await send('POST', '/api/v1/changes/C-000001/assess', { by: 'zhao', note: 'fine' });
  await send('POST', '/api/v1/changes/C-000001/approve', { by: 'wang' });
  const { entries } = await stage.ask<{ entries: { action: string; subject: string }[] }>(
    'GET',
    '/api/v1/audit?limit=100',
  );
  const mine = entries.filter(({ subject }) => /^[PCKW]-/.test(subject));
  expect(mine.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    'problem.open P-000001',
    'change.request C-000001',
    'change.assess C-000001',
  ]);
});

test('what recurs in the ledger of faults becomes a problem by itself', async () => {
  for (let number = 0; number < 3; number++) {
    await stage.ask('POST', '/api/v1/faults', { device: 'd', phenomenon: 'x', by: 'wang' });
  }
  await stage.clock.advance(3_000);
  // What people report does not recur by its name.
  expect(await stage.ask('GET', '/api/v1/problems')).toEqual({ problems: [], next: null });
});

test('devices, rules and faults that are not there are refused, the nearest name is offered', async () => {
  const refused = async (url: string, payload: object): Promise<string> => {
    const { status, json } = await send('POST', url, payload);
    expect(status).toBe(400);
    return json.error.message;
  };
  const problem = { title: 'p', by: 'wang', rule: 'cpu_bsy', device: 'web', faults: ['F-9'] };
  expect(await refused('/api/v1/problems', problem)).toMatch(
    /rule "cpu_bsy".*did you mean "cpu_busy".*no device "web".*no fault "F-9"/,
  );
  const note = { title: 'n', symptom: 's', solution: 'c', by: 'wang', rules: ['reachble'] };
  expect(await refused('/api/v1/knowledge', note)).toMatch(/no rule "reachble"/);
  expect(await stage.ask('GET', '/api/v1/problems')).toEqual({ problems: [], next: null });
});
