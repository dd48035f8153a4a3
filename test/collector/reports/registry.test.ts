import { describe, expect, test } from 'vitest';
import { makeReport, reportNames } from '../../../src/collector/reports/reports.ts';
import { policy } from './support/cases.ts';
import { fakeHistory } from './support/fake-history.ts';
import { report, SMALL_LOAD, single } from './support/report.ts';

const readers = {
  devices: async () => [],
  history: fakeHistory(new Map()),
  faults: async () => [],
};
const request = {
  name: 'capacity',
  month: '2026-03',
  timezone: 'UTC',
  locale: 'en',
  format: 'json',
  policy: policy(),
  organisation: '',
} as const;

test('the reports have names', () => {
  expect(reportNames()).toEqual(['capacity']);
});

test.each([
  ['json', 'capacity-2026-03.en.json', 'application/json; charset=utf-8'],
  ['csv', 'capacity-2026-03.en.csv', 'text/csv; charset=utf-8'],
  ['html', 'capacity-2026-03.en.html', 'text/html; charset=utf-8'],
] as const)('%s has a file name and a media type', async (format, fileName, mediaType) => {
  const rendering = await makeReport({ ...request, format }, readers);
  expect(rendering).toMatchObject({ fileName, mediaType });
  expect(rendering.content.length).toBeGreaterThan(100);
});

describe('refusals', () => {
  test.each([
    ['an unknown report', { name: 'inventory' }, 'not_found', 'inventory', 'capacity'],
    ['an unknown format', { format: 'docx' as 'json' }, 'usage', 'docx', 'html'],
    ['a month that is none', { month: '2026-00' }, 'usage', '2026-00', 'YYYY-MM'],
    ['an unknown zone', { timezone: 'Mars/Olympus' }, 'usage', 'Mars/Olympus', 'IANA'],
  ])('%s is refused with the mend', async (_, change, code, named, mend) => {
    await expect(makeReport({ ...request, ...change }, readers)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(named),
      hint: expect.stringContaining(mend),
    });
  });

  test('a reader that fails fails the report: no half report', async () => {
    const broken = {
      ...readers,
      devices: async () => {
        throw new Error('ledger is gone');
      },
    };
    await expect(makeReport(request, broken)).rejects.toThrow('ledger is gone');
  });
});

test('the policy crosses a thread as plain data', () => {
  expect(structuredClone(policy())).toEqual(policy());
});

test('nothing of the moment is in a report: a day later it is the same', async () => {
  const fleet = single(SMALL_LOAD);
  const texts = new Set<string>();
  for (let i = 0; i < 3; i++) texts.add(await report(fleet));
  expect(texts.size).toBe(1);
});
