import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage, sample } from '../../stage.ts';

/** Names that would do something if they were not escaped (S33). */
const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  'javascript:alert(1)',
  '</td></table><h1>',
  '<!--',
  '&lt;b&gt;',
  '#{7*7}{{7*7}}',
];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  for (let step = 0; step < 30; step++) {
    const timeMs = stage.clock.now();
    await stage.write(
      token,
      PAYLOADS.flatMap((name) => [
        sample('cpu_used_ratio', name, { value: 0.97, timeMs }),
        sample('filesystem_used_bytes', name, { value: 40, timeMs, labels: { mountpoint: name } }),
        sample('filesystem_size_bytes', name, { value: 80, timeMs, labels: { mountpoint: name } }),
      ]),
    );
    await stage.clock.advance(15_000);
  }
});
afterAll(() => stage.close());

async function page(url = '/', headers: Record<string, string> = {}): Promise<string> {
  const answer = await stage.collector.web.local({ method: 'GET', url, headers });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  return answer.body;
}

test('hostile names are text: no element, no attribute, no script comes from them', async () => {
  const text = await page('/?lang=en');
  const elements = new Set(text.match(/<[a-z!/]+/gi)?.map((tag) => tag.toLowerCase()));
  expect(elements).not.toContain('<script');
  expect(elements).not.toContain('<img');
  expect(elements).not.toContain('<!--');
  expect(text).not.toMatch(/<[^>]* on\w+=/);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  // An address made of a name stays an address.
  expect(text).not.toContain('href="javascript:');
});

test('the page speaks the language that was asked for', async () => {
  expect(await page('/?lang=en')).toContain('<html lang="en">');
  expect(await page('/?lang=zh-CN')).toContain('未恢复故障');
  expect(await page('/', { 'accept-language': 'en-US,en;q=0.9' })).toContain('Open faults');
  expect(await page('/')).toContain('<html lang="zh-CN">');
});

test('it shows state, faults, figures and the two months of the report', async () => {
  const text = await page('/?lang=en');
  expect(text).toContain('on watch');
  expect(text.match(/class="level l3"/g)).toHaveLength(PAYLOADS.length);
  expect(text).toContain('97%');
  expect(text).toContain('50% <i>');
  expect(text).toContain('month=2026-01');
  expect(text).toContain('month=2025-12');
});

test('the style sheet is ours, allowed by the policy, and needs no inline style', async () => {
  const text = await page();
  expect(text).not.toMatch(/<style|style=/);
  const css = await stage.collector.web.remote({ method: 'GET', url: '/assets/page.css' });
  expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
});

test('thousands of devices are turned page by page, those in trouble first', async () => {
  const crowd = await openStage();
  const { token } = await crowd.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  const timeMs = crowd.clock.now();
  const names = Array.from({ length: 450 }, (_, i) => `d${String(i).padStart(3, '0')}`);
  await crowd.write(
    token,
    names.map((name) => sample('load1', name, { value: 1, timeMs })),
  );
  const get = async (url: string) => (await crowd.collector.web.local({ method: 'GET', url })).body;
  const first = await get('/?lang=en');
  expect(first).toContain('>d000<');
  expect(first).not.toContain('>d200<');
  expect(first).toContain('1/3');
  expect(await get('/?lang=en&page=3')).toContain('>d449<');
  // A page beyond the last is the last.
  expect(await get('/?lang=en&page=99')).toContain('3/3');
  await crowd.close();
});

test('the API page lists every route', async () => {
  const text = await page('/api/docs');
  expect(text).toContain('<code>/api/v1/faults/:id/respond</code>');
});
