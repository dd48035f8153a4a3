/** Reports in a worker thread: the same bytes as in this one, and failures that keep their words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPolicies } from '../../src/collector/policies.ts';
import { openReporter } from '../../src/collector/reporting.ts';
import { loadReportPolicy, type ReportRequest } from '../../src/collector/reports/reports.ts';
import { projectFile } from '../support/parts.ts';
import { openStage, type Stage, sample, shippedPolicies } from './stage.ts';

const MAIN = pathToFileURL(projectFile('src/collector/main.ts'));
const policy = loadReportPolicy(projectFile('config/capacity.yaml'));

const request = (over: Partial<ReportRequest> = {}): ReportRequest => ({
  name: 'capacity',
  month: '2026-01',
  timezone: 'UTC',
  locale: 'en',
  format: 'json',
  policy,
  organisation: '',
  ...over,
});

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const { token } = await stage.ask<{ token: string }>('POST', '/api/v1/agents', {
    name: 'prom',
    kind: 'remote-write',
  });
  const end = stage.clock.now();
  const samples = Array.from({ length: 48 * 12 }, (_, i) => {
    const timeMs = end - (48 * 12 - i) * 300_000;
    return [
      sample('cpu_used_ratio', 'web', { value: 0.2 + (i % 12) / 100, timeMs }),
      sample('cpu_cores', 'web', { value: 4, timeMs }),
    ];
  }).flat();
  expect(await stage.write(token, samples)).toBe(204);
});
afterAll(() => stage.close());

const sources = {
  desk: {
    devices: () => [
      {
        name: 'web',
        kind: 'unknown' as const,
        firstSeenMs: 0,
        agents: [],
        facts: {},
        labels: {},
        status: 'live' as const,
      },
    ],
  },
  faults: { list: async () => [] },
};

test('a worker makes the same bytes as the thread that has the store open', async () => {
  const here = await stage.collector.web.local({
    method: 'GET',
    url: '/api/v1/reports/capacity?month=2026-01&timezone=UTC&locale=en',
  });
  expect(here.statusCode).toBe(200);
  expect(here.headers['content-disposition']).toMatch(/^inline; filename="capacity-2026-01/);
  const there = await openReporter(MAIN, stage.directory, sources).make(request());
  expect(there.content).toBe(here.body);
  expect(JSON.parse(there.content).devices).toMatchObject([{ device: 'web' }]);
});

test('several are made one after the other, in the order they were asked for', async () => {
  const reporter = openReporter(MAIN, stage.directory, sources);
  const order: string[] = [];
  const ask = async (format: 'json' | 'csv'): Promise<void> => {
    const { fileName } = await reporter.make(request({ format }));
    order.push(fileName.split('.').at(-1) ?? '');
  };
  await Promise.all([ask('json'), ask('csv'), ask('json')]);
  expect(order).toEqual(['json', 'csv', 'json']);
});

test('too many waiting are turned away', async () => {
  const silent = join(mkdtempSync(join(tmpdir(), 'worker-')), 'silent.mjs');
  writeFileSync(silent, 'await new Promise((resolve) => setTimeout(resolve, 100));');
  const reporter = openReporter(pathToFileURL(silent), stage.directory, sources);
  const asked = Array.from({ length: 8 }, () => reporter.make(request()).catch(() => {}));
  expect(() => reporter.make(request())).toThrow(
    expect.objectContaining({ code: 'overloaded' }) as Error,
  );
  await Promise.all(asked);
  // When they are done there is room again.
  await expect(reporter.make(request())).rejects.toMatchObject({ code: 'internal' });
  rmSync(join(silent, '..'), { recursive: true, force: true });
});

test.each([
  ['another report', { name: 'wealth' }, 'not_found'],
  ['a zone that does not exist', { timezone: 'Mars/Olympus' }, 'usage'],
])('%s fails in the worker with the words of the room', async (_what, over, code) => {
  const made = openReporter(MAIN, stage.directory, sources).make(request(over));
  await expect(made).rejects.toMatchObject({ code, message: expect.stringMatching(/\w/) });
});

test('a worker that dies or says nothing is a failure of ours, not a hang', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'worker-'));
  const dying = join(directory, 'dying.mjs');
  writeFileSync(dying, 'throw new Error("out of luck");');
  const silent = join(directory, 'silent.mjs');
  writeFileSync(silent, 'export {};');
  for (const [file, message] of [
    [dying, 'out of luck'],
    [silent, 'without a word'],
  ] as const) {
    const made = openReporter(pathToFileURL(file), directory, sources).make(request());
    await expect(made).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(message),
    });
  }
  rmSync(directory, { recursive: true, force: true });
});

test('the policy is plain data: it crosses to the worker unchanged', () => {
  const { capacity } = loadPolicies({ policies: shippedPolicies() });
  expect(structuredClone(capacity)).toEqual(capacity);
});
