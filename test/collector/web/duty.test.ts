/** The roster and its people through the API: who may, once however often, on what was seen. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DUTY_ROUTES } from '../../../src/collector/web/routes/duty.ts';
import { DUTY, PEOPLE, policyFiles } from '../people/policies.ts';
import { openStage, type Stage, sample, shippedPolicies } from '../stage.ts';
import { expectShape } from './shape.ts';

const HOUR = 3_600_000;
/** The shipped channels are the log only. */
const LOGGED = PEOPLE.replaceAll(/channels: \[.*\]/g, 'channels: [{ channel: log }]');
let stage: Stage;
beforeEach(async () => {
  const files = policyFiles(LOGGED, DUTY.replace('by: [sms]', 'by: [log]'));
  stage = await openStage({ settings: { policies: { ...shippedPolicies(), ...files } } });
});
afterEach(() => stage.close());

async function send(url: string, payload: object, headers: Record<string, string> = {}) {
  const answer = await stage.collector.web.local({ method: 'POST', url, payload, headers });
  return { status: answer.statusCode, etag: answer.headers.etag, json: answer.json() };
}
const at = (hours: number): string => new Date(stage.clock.now() + hours * HOUR).toISOString();
const slot = (): object => {
  const date = new Date(stage.clock.now() + 48 * HOUR).toISOString().slice(0, 10);
  return { role: 'duty', shift: 'night', date };
};
const key = (name: string) => ({ 'idempotency-key': name });

describe('a swap', () => {
  const ask = (by: string, headers = {}) =>
    send('/api/v1/duty/swaps', { ...slot(), to: 'li', by }, headers);

  test('is asked once for a key, and decided on the version that was seen', async () => {
    const first = await ask('night', key('k-1'));
    expect(first).toMatchObject({ status: 200, etag: '"1"', json: { number: 1, version: 1 } });
    expect(await ask('night', key('k-1'))).toEqual(first);
    expect(await ask('wang', key('k-1'))).toMatchObject({ status: 409 });
    for (const url of ['/api/v1/duty/swaps', '/api/v1/duty/swaps/1']) {
      expectShape(DUTY_ROUTES, url, await stage.ask('GET', url));
    }
    const approve = (headers: Record<string, string>) =>
      send('/api/v1/duty/swaps/1/approve', { by: 'chief' }, headers);
    expect(await approve({ 'if-match': '"7"' })).toMatchObject({ status: 412 });
    expect(await approve({ 'if-match': 'nonsense' })).toMatchObject({ status: 400 });
    const approved = await approve({ 'if-match': '"1"', ...key('k-2') });
    expect(approved).toMatchObject({ status: 200, etag: '"2"', json: { state: 'approved' } });
    expect(await approve({ 'if-match': '"1"', ...key('k-2') })).toEqual(approved);
    expect(await approve({ 'if-match': '"2"' })).toMatchObject({ status: 409 });
    const { duty } = await stage.ask<{ duty: { person: string; changed: boolean }[] }>(
      'GET',
      '/api/v1/duty/roster',
    );
    expect(duty.filter(({ changed }) => changed)).toMatchObject([{ person: 'li' }]);
  });

  test('by nobody who is known is refused, with the nearest name', async () => {
    const refused = await ask('nigth');
    expect(refused.status).toBe(404);
    expect(refused.json.error.message).toBe(
      'there is no person "nigth" in people.yaml (did you mean "night"?)',
    );
    expect(await stage.ask('GET', '/api/v1/duty/swaps')).toMatchObject({ swaps: [] });
  });
});

test('a hand-over is noted once for a key', async () => {
  const note = { ...slot(), by: 'night', note: 'nothing open' };
  const first = await send('/api/v1/duty/handovers', note, key('k'));
  expect(first).toMatchObject({ status: 200, json: { number: 1, from: 'night' } });
  expect(await send('/api/v1/duty/handovers', note, key('k'))).toEqual(first);
  const url = '/api/v1/duty/handovers';
  const answer = await stage.ask<{ handovers: object[] }>('GET', url);
  expectShape(DUTY_ROUTES, url, answer);
  expect(answer.handovers).toHaveLength(1);
});

test('an import on a roster that somebody changed since the export is stale', async () => {
  const url = `/api/v1/duty/calendar?from=${at(24)}&to=${at(96)}`;
  const exported = await stage.collector.web.local({ method: 'GET', url });
  const etag = String(exported.headers.etag);
  const edited = exported.body.replace(/night: Night phone/, 'night: li');
  const take = (headers: Record<string, string>) =>
    send('/api/v1/duty/calendar', { calendar: edited }, headers);
  const taken = await take({ 'if-match': etag, ...key('k') });
  expect(taken).toMatchObject({ status: 200, json: { assigned: 1 } });
  expect(taken.etag).not.toBe(etag);
  expect(await take({ 'if-match': etag, ...key('k') })).toMatchObject({ json: { assigned: 1 } });
  expect(await take({ 'if-match': etag })).toMatchObject({ status: 412 });
  expect(await take({})).toMatchObject({ status: 200, json: { assigned: 0 } });
});

describe('who approves', () => {
  const covers = { devices: ['web-*'] };
  const window = (approver: string, by = 'wang') => ({
    ...{ covers, schedule: { from: at(1), to: at(2) }, reason: 'patch' },
    ...{ approver, by },
  });

  test('a window is a person of the file, and not whoever registers it under another name', async () => {
    const refused = async (approver: string, by?: string): Promise<string> => {
      const { status, json } = await send('/api/v1/windows', window(approver, by));
      expect(status).toBe(400);
      return json.error.message;
    };
    expect(await refused('cheif')).toBe(
      'approver: there is no person "cheif" in people.yaml (did you mean "chief"?)',
    );
    expect(await refused('王工')).toMatch(/is wang, who registers it/);
    expect(await refused('wang', '王工')).toMatch(/is 王工, who registers it/);
    expect(await send('/api/v1/windows', window('Chief'))).toMatchObject({ status: 200 });
  });

  test('a window that is ended twice with one key is ended once', async () => {
    await send('/api/v1/windows', window('chief'));
    const end = (headers: Record<string, string>) =>
      send('/api/v1/windows/W-000001/end', { by: 'wang', note: 'done' }, headers);
    const ended = await end({ 'if-match': '"1"', ...key('k') });
    expect(ended).toMatchObject({ status: 200, etag: '"2"', json: { state: 'past' } });
    expect(await end({ 'if-match': '"1"', ...key('k') })).toEqual(ended);
    expect(await end({})).toMatchObject({ status: 409 });
  });

  test('a change is a person of the file, and not whoever requested it', async () => {
    const change = {
      ...{ title: 'New kernel', content: 'apt', purpose: 'CVE', risk: 'low', risk_text: 'boot' },
      ...{ scope: covers, rollback: 'old kernel', verification: 'uname', by: '王工' },
      ...{ planned_from: at(1), planned_to: at(3) },
    };
    await send('/api/v1/changes', change);
    await send('/api/v1/changes/C-000001/assess', { by: 'li', note: 'fine' });
    const approve = (by: string) => send('/api/v1/changes/C-000001/approve', { by });
    const messages: string[] = [];
    for (const by of ['zhao', 'administrator', 'wang']) {
      const { status, json } = await approve(by);
      expect(status).toBe(400);
      messages.push(json.error.message);
    }
    expect(messages).toEqual([
      'by: there is no person "zhao" in people.yaml',
      'by: there is no person "administrator" in people.yaml',
      'by: wang requested it: somebody else must approve (changes.four_eyes)',
    ]);
    expect(await approve('Chief')).toMatchObject({
      status: 200,
      json: { state: 'approved', approvers: ['chief'] },
    });
  });
});

test('a dependency is decided once for a key, on the version that was seen', async () => {
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', { name: 'a' });
  const pair = { child: 'access-1', parent: 'core-1' };
  const decide = (verb: string, headers: Record<string, string> = {}) =>
    send(`/api/v1/dependencies/${verb}`, pair, headers);
  const strange = await decide('confirm');
  expect(strange).toMatchObject({ status: 404 });
  expect(strange.json.error.message).toContain('no device "access-1"');
  const timeMs = stage.clock.now();
  const labels = { agent: 'a', job: 'snmp' };
  await stage.write(
    token,
    Object.values(pair).map((name) => sample('up', name, { value: 1, timeMs, labels })),
  );
  const first = await decide('confirm', { 'if-match': '"0"', ...key('k') });
  expect(first).toMatchObject({ status: 200, etag: '"2"', json: { version: 2 } });
  expect(await decide('confirm', { 'if-match': '"0"', ...key('k') })).toEqual(first);
  expect(await decide('reject', { 'if-match': '"0"' })).toMatchObject({ status: 412 });
  expect(await decide('reject', key('k'))).toMatchObject({ status: 409 });
  expect(await decide('reject', { 'if-match': '"2"' })).toMatchObject({ etag: '"3"' });
});
