/**
 * A business function, end to end: a small real application with a login form, a token against
 * forged forms, a session cookie that ends, an API, and pages worth finding a text on.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeAll, figuresOf, file, look, place, web } from '../parts.ts';

const PASSWORD = 'correct horse & battery';

class Application {
  readonly sessions = new Set<string>();
  readonly forms = new Set<string>();
  /** What is wrong with it today. */
  sessionsEnd = false;
  orders = '12 open orders';

  handle = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/login' && request.method === 'GET') return this.form(answer);
    if (pathname === '/login') return this.login(request, answer);
    const session = /(?:^|; )sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (!this.sessions.has(session)) {
      answer.writeHead(302, { location: '/login' }).end();
      return;
    }
    if (pathname === '/home') answer.end(`<h1>Welcome</h1><a href="/orders/7">${this.orders}</a>`);
    else if (pathname === '/orders/7') answer.end('Order 7: two chairs');
    else if (pathname === '/api/token')
      answer.end(JSON.stringify({ data: { token: `t-${session}` } }));
    else if (pathname === '/api/me') this.me(request, session, answer);
    else answer.writeHead(404).end();
  };

  private form(answer: ServerResponse): void {
    const token = randomBytes(8).toString('hex');
    this.forms.add(token);
    answer.setHeader('set-cookie', `form=${token}; Path=/login; HttpOnly`);
    answer.end(`<form><input name="csrf" value="${token}"></form>`);
  }

  private async login(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const fields = new URLSearchParams(text);
    const csrf = fields.get('csrf') ?? '';
    const isKnown = this.forms.has(csrf) && request.headers.cookie?.includes(`form=${csrf}`);
    const isRight = fields.get('user') === 'watch' && fields.get('password') === PASSWORD;
    if (!isKnown || !isRight) return void answer.writeHead(403).end('no');
    const session = randomBytes(8).toString('hex');
    if (!this.sessionsEnd) this.sessions.add(session);
    const cookies = [`sid=${session}; Path=/; HttpOnly`, 'form=; Max-Age=0; Path=/login'];
    answer.writeHead(302, { 'set-cookie': cookies, location: '/home' }).end();
  }

  private me(request: IncomingMessage, session: string, answer: ServerResponse): void {
    const ok = request.headers.authorization === `Bearer t-${session}`;
    answer.writeHead(ok ? 200 : 401).end(JSON.stringify({ name: 'watch', roles: ['reader'] }));
  }
}

let application: Application;
let url: string;
beforeEach(async () => {
  application = new Application();
  url = await web((request, answer) => void application.handle(request, answer));
});
afterEach(closeAll);

const open = () => ({
  name: 'open the login page',
  url: `${url}/login`,
  capture: { csrf: { body: 'name="csrf" value="([^"]+)"' } },
});
const login = {
  name: 'log in',
  url: '/login',
  form: { user: 'watch', password: place('password'), csrf: place('csrf') },
  expect: { status: 302 },
  capture: { next: { header: 'Location' }, session: { cookie: 'sid' } },
};
const home = {
  name: 'find the orders',
  url: place('next'),
  expect: { body: ['\\d+ open orders'], body_not: ['(?i)error'] },
  capture: { order: { body: 'href="/orders/(\\d+)"' } },
};
const order = {
  name: 'open one',
  url: `/orders/${place('order')}`,
  expect: { body: ['two chairs'] },
};
const token = {
  name: 'ask for a token',
  url: '/api/token',
  capture: { token: { json: '/data/token' } },
};
const me = {
  name: 'use it',
  url: '/api/me',
  headers: { Authorization: `Bearer ${place('token')}` },
  expect: { json: [{ at: 'roles[0]', equals: 'reader' }] },
};

const spec = (...steps: object[]): object => ({
  kind: 'flow',
  secrets: { password: { file: file('password', `${PASSWORD}\n`) } },
  steps: [open(), login, ...steps],
});

test('logs in, opens a page, finds the text', async () => {
  const report = await look(spec(home, order, token, me));
  expect(report).toMatchObject({ outcome: 'success', reason: 'ok', step: '' });
  const figures = figuresOf(report);
  for (const name of ['open the login page', 'log in', 'find the orders', 'open one', 'use it']) {
    expect(figures[`probe_step_success{step=${name}}`]).toBe(1);
    expect(figures[`probe_step_duration_seconds{step=${name}}`]).toBeGreaterThan(0);
  }
  expect(figures.probe_http_status_code).toBe(200);
  expect(report.checks.every(({ ok }) => ok)).toBe(true);
});

test('each run begins anew: no cookie and no value outlives it', async () => {
  expect((await look(spec(home))).outcome).toBe('success');
  expect((await look(spec(home))).outcome).toBe('success');
  expect(application.sessions.size).toBe(2);
});

describe('what fails, fails at the step named', () => {
  test('a session that has ended', async () => {
    application.sessionsEnd = true;
    const report = await look(spec(home, order));
    expect(report).toMatchObject({
      outcome: 'failure',
      reason: 'status',
      step: 'find the orders',
      message: 'not so: the status is 2xx; it is 302',
    });
    const figures = figuresOf(report);
    expect(figures['probe_step_success{step=log in}']).toBe(1);
    expect(figures['probe_step_success{step=find the orders}']).toBe(0);
    // What was never tried is neither 1 nor 0.
    expect(figures['probe_step_success{step=open one}']).toBeUndefined();
  });

  test('a wrong password', async () => {
    const wrong = { password: { file: file('password', 'guess') } };
    const report = await look({ ...spec(home), secrets: wrong });
    expect(report).toMatchObject({ step: 'log in', reason: 'status' });
  });

  test('a page without its text', async () => {
    application.orders = 'the service is being maintained';
    const report = await look(spec(home));
    expect(report).toMatchObject({ step: 'find the orders', reason: 'body' });
  });

  test('a value that is not there', async () => {
    const blind = { ...open(), capture: { csrf: { body: 'name="other" value="([^"]+)"' } } };
    const report = await look({ ...spec(), steps: [blind, login] });
    expect(report).toMatchObject({
      step: 'open the login page',
      reason: 'capture',
      message: 'not so: csrf is found',
    });
  });

  test.each<[object, string]>([
    [{ json: '/data' }, 'capture'],
    [{ json: '/data/none' }, 'capture'],
    [{ cookie: 'none' }, 'capture'],
    [{ header: 'x-none' }, 'capture'],
  ])('a capture of %j', async (from, reason) => {
    const report = await look(spec({ ...token, capture: { token: from } }));
    expect(report).toMatchObject({ step: 'ask for a token', reason });
  });

  test('a step that takes the whole time', async () => {
    const slow = await web(() => {});
    const report = await look({ ...spec({ name: 'wait', url: slow }), timeout: '400ms' });
    expect(report).toMatchObject({ step: 'wait', reason: 'timeout' });
  });

  test('a captured address that leads where nothing may go', async () => {
    const trap = await web((_, answer) =>
      answer.setHeader('location', 'http://169.254.169.254/').end(),
    );
    const steps = [
      { name: 'a', url: trap, capture: { next: { header: 'location' } } },
      { name: 'b', url: place('next') },
    ];
    const report = await look({ kind: 'flow', steps });
    expect(report).toMatchObject({ step: 'b', reason: 'address_not_allowed' });
  });

  test('a captured address that is none', async () => {
    const trap = await web((_, answer) => answer.setHeader('location', 'file:///etc/passwd').end());
    const steps = [
      { name: 'a', url: trap, capture: { next: { header: 'location' } } },
      { name: 'b', url: place('next') },
    ];
    const report = await look({ kind: 'flow', steps });
    expect(report).toMatchObject({ step: 'b', reason: 'capture' });
    expect(report.message).not.toContain('passwd');
  });
});

test('values are sent as values: no quoting is escaped, no header is added', async () => {
  const seen: string[] = [];
  const echo = await web((request, answer) => {
    seen.push(`${request.method} ${request.url}`);
    answer.setHeader('x-value', 'a b&c=d#e/f?g\'"').end();
  });
  const steps = [
    { name: 'a', url: echo, capture: { value: { header: 'x-value' } } },
    { name: 'b', url: `/find?q=${place('value')}` },
  ];
  expect((await look({ kind: 'flow', steps })).outcome).toBe('success');
  expect(seen[1]).toBe(`GET /find?q=a%20b%26c%3Dd%23e%2Ff%3Fg%27%22`);
});

test('nothing secret and nothing captured is in a report', async () => {
  const leaky = {
    ...me,
    expect: { headers: { 'x-none': '.' }, json: [{ at: '/token', exists: true }] },
  };
  for (const steps of [
    [home, order, token, me],
    [token, leaky],
    [home, { ...order, expect: { status: 500 } }],
  ]) {
    const text = JSON.stringify(await look(spec(...steps)));
    expect(text).not.toContain('horse');
    for (const session of application.sessions) expect(text).not.toContain(session);
    for (const form of application.forms) expect(text).not.toContain(form);
  }
});
