import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { labelsOf } from '../../../../src/collector/reports/render/html/labels.ts';
import { type Locale, makeReport } from '../../../../src/collector/reports/reports.ts';
import { needs } from '../../../support/parts.ts';
import { policy, restraint } from '../support/cases.ts';
import { FLEET_MONTH, FLEET_ZONE, fleetReaders } from '../support/fleet.ts';
import { expectGolden } from '../support/golden.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { device, type Fleet, report, SMALL_LOAD, seriesOf, single } from '../support/report.ts';

const pages = new Map<Locale, string>();

async function fleetPage(locale: Locale): Promise<string> {
  const own = policy((p) => {
    p.exclusions.push({
      devices: ['db-0?'],
      resources: ['memory'],
      kind: 'fixed_allocation',
      reason: 'Oracle SGA 48 GB',
      until: '2027-06-30',
      decided_by: '张伟',
    });
  });
  const { content } = await makeReport(
    {
      name: 'capacity',
      month: FLEET_MONTH,
      timezone: FLEET_ZONE,
      locale,
      format: 'html',
      policy: own,
      organisation: '某市信息中心',
    },
    fleetReaders(),
  );
  return content;
}

beforeAll(async () => {
  for (const locale of ['zh-CN', 'en'] as const) pages.set(locale, await fleetPage(locale));
}, 120_000);

const page = (locale: Locale = 'zh-CN'): string => pages.get(locale) ?? '';
/** The text between the tags. */
const textOf = (html: string): string =>
  html.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/<[^>]*>/g, ' ');

describe.each(['zh-CN', 'en'] as const)('the page in %s', (locale) => {
  const labels = labelsOf(locale);

  test('has every chapter, also those without data, which say why', () => {
    for (const heading of Object.values(labels.chapters)) expect(page(locale)).toContain(heading);
    expect(page(locale)).toContain(labels.texts.noFollowUp);
    expect(page(locale)).toContain(labels.texts.noAvailability);
  });

  test('names its language, title and organisation', () => {
    expect(page(locale)).toContain(`<html lang="${locale}">`);
    expect(page(locale)).toContain(`<title>${labels.title} 2026-03</title>`);
    expect(page(locale)).toContain('某市信息中心');
  });

  test('marks demo devices, and says so on the cover', () => {
    expect(page(locale)).toContain(labels.demoNote);
    expect(page(locale)).toMatch(
      new RegExp(`demo-01[^<]*<span class="demo">${labels.demo}</span>`),
    );
  });

  test('has boxes to sign', () => {
    for (const who of [labels.cover.prepared, labels.cover.reviewed, labels.cover.approved]) {
      expect(page(locale)).toContain(`<b>${who}</b>`);
    }
  });

  test('lists exclusions with reason, date and who decided', () => {
    const text = textOf(page(locale).slice(page(locale).indexOf('id="insufficient"')));
    expect(text).toContain('Oracle SGA 48 GB');
    expect(text).toContain('2027-06-30');
    expect(text).toContain('张伟');
  });

  test('tells the faults beside what it says of the device', () => {
    const text = textOf(page(locale).slice(page(locale).indexOf('id="faults"')));
    expect(text).toContain('F-000012');
    expect(text).toContain(labels.texts.open);
    expect(text).toContain(locale === 'en' ? 'CPU use above 90 %' : 'CPU 使用率高于 90%');
  });

  test('shows no NaN, undefined or Infinity', () => {
    expect(textOf(page(locale))).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
  });
});

describe('the page stands alone', () => {
  test('without scripts, handlers, links or images from anywhere', () => {
    const html = page();
    expect(html).not.toMatch(/<script|<iframe|<link|<img|<object|<embed|<form/i);
    expect(html).not.toMatch(/\son\w+\s*=/i);
    expect(html).not.toMatch(/\b(src|href|xlink:href)\s*=\s*"(?!#)/i);
    expect(html).not.toMatch(/@import|url\((?!#)/i);
    expect(
      html.match(/https?:\/\/[^"\s<]+/g)?.filter((url) => !url.includes('www.w3.org')) ?? [],
    ).toEqual([]);
  });

  test('with every tag well formed: no quote ends an attribute early', () => {
    const formed = /^<\/?[a-z][\w:-]*(\s+[\w:-]+="[^"<>]*")*\s*\/?>$/i;
    const tags =
      page()
        .replace(/<style>[\s\S]*?<\/style>/, '')
        .match(/<[^>]*>/g) ?? [];
    expect(tags.filter((tag) => !formed.test(tag) && tag !== '<!doctype html>')).toEqual([]);
    expect(tags.length).toBeGreaterThan(1_000);
  });

  test('with a policy that would stop them', () => {
    expect(page()).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  });

  test('and prints on A4 with repeated heads and a landscape table', () => {
    expect(page()).toContain('size: A4 portrait');
    expect(page()).toContain('size: A4 landscape');
    expect(page()).toContain('display: table-header-group');
    expect(page()).toMatch(/<section class="chapter wide" id="usage">/);
  });
});

describe('charts', () => {
  test('are drawn on the server, and described', () => {
    const svgs = page().match(/<svg role="img"[^>]*>/g) ?? [];
    expect(svgs.length).toBeGreaterThan(8);
    for (const svg of svgs) expect(svg).toMatch(/aria-label="[^"]+"/);
  });

  test('have identifiers of their own: none twice, none counted by the library', () => {
    const ids = [...page().matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page()).not.toMatch(/zr\d+-/);
    for (const [, used] of page().matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(used);
  });

  test('give every server of the table a sparkline where a year is known', () => {
    expect(page().match(/<svg class="spark"/g)?.length).toBe(12);
  });
});

test('the same data give the same bytes, also the second time in one process', async () => {
  expect(await fleetPage('zh-CN')).toBe(page('zh-CN'));
}, 60_000);

test('a small report is as a person has read it', async () => {
  const own = single({ ...SMALL_LOAD, cpu_used_ratio: () => 0.125, memory_used_bytes: () => 5e9 });
  for (const locale of ['zh-CN', 'en'] as const) {
    expectGolden(`small.${locale}.html`, await report(own, { format: 'html', locale }));
  }
});

test('charts are bounded on a large fleet, and the page says what it left out', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `srv-${i}`);
  const hot = seriesOf({ ...SMALL_LOAD, cpu_used_ratio: () => 0.97 });
  const fleet: Fleet = {
    devices: names.map((name) => device(name)),
    series: new Map(names.map((name) => [name, hot])),
  };
  const own = policy((p) => {
    p.report.strips = 5;
    p.report.actions = 3;
  });
  const html = await report(fleet, { format: 'html', policy: own });
  // One strip each for CPU and memory is asked for; five are drawn in all.
  expect(html.match(/aria-label="srv-\d+ ·/g)).toHaveLength(5);
  expect(html).toContain('3 of 24 shown');
  expect(html).toContain('5 of 12 shown');
});

test('an empty fleet is a page that says so', async () => {
  const html = await report({ devices: [], series: new Map() }, { format: 'html' });
  const { texts } = labelsOf('en');
  for (const text of [
    texts.noActions,
    texts.noAdd,
    texts.noReduce,
    texts.noStorage,
    texts.noNetwork,
    texts.noFaults,
  ]) {
    expect(html).toContain(text);
  }
});

describe('hostile names', () => {
  const fleetOf = (names: readonly string[]): Fleet => ({
    devices: names.map((name) =>
      device(name, { labels: { business: name, owner: name, address: name, importance: name } }),
    ),
    series: new Map(
      names.map((name, i) => [
        name,
        seriesOf({
          ...SMALL_LOAD,
          cpu_used_ratio: () => (i % 2 === 0 ? 0.97 : 0.1),
          [`filesystem_used_bytes|/${name}`]: (ms) => (ms / 86_400_000 - 20_400) * 1e9,
          [`filesystem_size_bytes|/${name}`]: () => 120e9,
          [`network_receive_bytes_per_second|${name}`]: () => 1e6,
        }),
      ]),
    ),
    faults: names.map((name, i) => ({
      id: `F-${i}`,
      device: name,
      level: 1,
      phenomenon: { en: name, zh: name },
      beganMs: Date.UTC(2026, 2, 5),
      recoveredMs: null,
    })),
  });
  const names = HOSTILE_NAMES.filter((name) => name.length < 100);
  const html = (own: readonly string[], organisation: string): Promise<string> =>
    report(fleetOf(own), {
      format: 'html',
      organisation,
      policy: policy((p) => {
        const { kind, reason, until, decidedBy } = restraint({ reason: organisation });
        p.exclusions.push({
          devices: ['*'],
          resources: ['memory'],
          kind: kind as 'licence',
          reason,
          until,
          decided_by: `${decidedBy}${organisation}`,
        });
      }),
    });

  test('add no element, attribute, comment or style to the page', async () => {
    // The same fleet with harmless names in the same order has the same tags.
    const harmless = [...names].sort().map((_, i) => `name-${String(i).padStart(3, '0')}`);
    const tags = (text: string): string[] =>
      (text.match(/<[a-z!/][^>]*>/gi) ?? []).map((tag) =>
        tag.replace(/ (d|x|y|transform|aria-label|cx|cy|points)="[^"]*"/g, ''),
      );
    const evil = await html([...names].sort(), names[0] ?? '');
    const plain = await html(harmless, 'organisation');
    const count = (own: readonly string[], pattern: RegExp): number =>
      own.filter((tag) => pattern.test(tag)).length;
    for (const element of [
      'script',
      'img',
      'iframe',
      'svg',
      'style',
      'table',
      'tr',
      'td',
      'h2',
      'span',
      'a',
    ]) {
      const pattern = new RegExp(`^<${element}[ >]`, 'i');
      expect(count(tags(evil), pattern), element).toBe(count(tags(plain), pattern));
    }
    expect(evil).not.toMatch(/<!--|<!\[CDATA|<script/i);
    expect(tags(evil).some((tag) => /\son\w+=/i.test(tag))).toBe(false);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not be there.
    expect(evil).not.toMatch(/[\0\u001b\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
  }, 120_000);

  test('run nothing in a browser', async (context) => {
    const chromium = needs('chromium', context);
    const directory = mkdtempSync(join(tmpdir(), 'report-page-'));
    try {
      const file = join(directory, 'page.html');
      writeFileSync(file, await html([...names].sort(), names[2] ?? ''));
      const { stdout } = await promisify(execFile)(
        chromium,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          `--user-data-dir=${join(directory, 'profile')}`,
          '--dump-dom',
          `file://${file}`,
        ],
        { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
      );
      expect(stdout).toContain('id="appendix"');
      const bare = stdout.replace(/="[^"]*"/g, '=""');
      expect(bare).not.toMatch(/<(script|img|iframe|object|embed|form|input|base|link|a)[\s>]/i);
      expect(bare).not.toMatch(/<[^>]+\son\w+=/i);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }, 120_000);
});
