import { describe, expect, test } from 'vitest';
import type { ReportPolicy } from '../../../../src/collector/reports/policy.ts';
import { definitionsOf } from '../../../../src/collector/reports/render/html/definitions.ts';
import { labelsOf } from '../../../../src/collector/reports/render/html/labels.ts';
import { GIB, policy } from '../support/cases.ts';
import {
  dayOf,
  device,
  type Figures,
  type Fleet,
  report,
  SMALL_LOAD,
  seriesOf,
} from '../support/report.ts';

const LOCALES = ['zh-CN', 'en'] as const;

/** The HTML of one chapter of a fleet of stories. */
async function chapter(
  id: string,
  stories: Readonly<Record<string, Figures>>,
  change: {
    readonly labels?: Readonly<Record<string, Record<string, string>>>;
    readonly policy?: ReportPolicy;
  } = {},
): Promise<string> {
  const fleet: Fleet = {
    devices: Object.keys(stories).map((name) =>
      device(name, { labels: change.labels?.[name] ?? {} }),
    ),
    series: new Map(Object.entries(stories).map(([name, figures]) => [name, seriesOf(figures)])),
  };
  const html = await report(fleet, {
    format: 'html',
    ...(change.policy ? { policy: change.policy } : {}),
  });
  const from = html.indexOf(`id="${id}"`);
  expect(from, `chapter ${id}`).toBeGreaterThan(0);
  return html.slice(from, html.indexOf('</section>', from));
}

/** Cells of the table rows, tags removed. */
function rows(html: string): string[][] {
  const body = html.slice(html.indexOf('<tbody>'));
  return [...body.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, cells = '']) =>
    [...cells.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = '']) =>
      cell
        .replace(/<svg[\s\S]*?<\/svg>/g, '~')
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  );
}

const cpu = (share: number): Figures => ({
  ...SMALL_LOAD,
  memory_used_bytes: () => 12 * GIB,
  cpu_used_ratio: () => share,
});

describe('the usage table', () => {
  const stories = { 'a-keep': cpu(0.5), 'b-urgent': cpu(0.97), 'c-cut': cpu(0.1) };

  test('has every server on one line, the worst first', async () => {
    const lines = rows(await chapter('usage', stories));
    expect(lines.map(([number, name]) => [number, name])).toEqual([
      ['1', 'b-urgent'],
      ['2', 'a-keep'],
      ['3', 'c-cut'],
    ]);
    for (const line of lines) expect(line).toHaveLength(21);
  });

  test('shows the figures of the JSON rendering as percentages', async () => {
    const [line] = rows(await chapter('usage', { only: cpu(0.5) }));
    expect(line?.slice(4, 10)).toEqual(['8 / 16 GB / —', '50.0', '50.0', '50.0', '50.0', '50.0']);
    expect(line?.slice(10, 14)).toEqual(['0 (0)', '75.0', '75.0', '75.0']);
    expect(line?.[17]).toBe('0.0');
    expect(line?.[19]).toBe('100%');
  });

  test('groups by business where one is recorded; those without come last', async () => {
    const lines = rows(
      await chapter('usage', stories, {
        labels: { 'a-keep': { business: 'portal' }, 'c-cut': { business: 'archive' } },
      }),
    );
    const { noBusiness } = labelsOf('en');
    expect(lines.map(([first, second]) => second ?? first)).toEqual([
      'archive（1）',
      'c-cut',
      'portal（1）',
      'a-keep',
      `${noBusiness}（1）`,
      'b-urgent',
    ]);
  });

  test('tells the change against the month before, with its sign', async () => {
    const change = async (before: number, now: number): Promise<string | undefined> => {
      const figures = {
        ...cpu(now),
        cpu_used_ratio: (ms: number) => (dayOf(ms) < 0 ? before : now),
      };
      return rows(await chapter('usage', { only: figures }))[0]?.[17];
    };
    expect(await change(0.4, 0.5)).toBe('+10.0');
    expect(await change(0.5, 0.42)).toBe('−8.0');
    expect(await change(0.5, 0.50001)).toBe('0.0');
  });

  test('shows the fullest disk, the growth of all and the busiest link', async () => {
    const [line] = rows(
      await chapter('usage', {
        only: {
          ...cpu(0.5),
          'filesystem_used_bytes|/': (ms) => (30 + 0.2 * dayOf(ms)) * GIB,
          'filesystem_size_bytes|/': () => 100 * GIB,
          'filesystem_used_bytes|/data': () => 82 * GIB,
          'filesystem_size_bytes|/data': () => 100 * GIB,
          'network_receive_bytes_per_second|eth0': () => 40e6,
          'network_speed_bytes_per_second|eth0': () => 125e6,
        },
      }),
    );
    expect(line?.[4]).toBe('8 / 16 GB / 200 GB');
    expect(line?.slice(14, 17)).toEqual(['82.0', '6.2 GB', '32.0%']);
  });
});

describe('the storage table', () => {
  const disk = (start: number, perDay: number, gib = 100): Figures => ({
    ...cpu(0.5),
    'filesystem_used_bytes|/data': (ms) => (start + perDay * dayOf(ms)) * GIB,
    'filesystem_size_bytes|/data': () => gib * GIB,
  });

  test('puts the one that fills first on top, those without a date by how full they are', async () => {
    const lines = rows(
      await chapter('storage', {
        slow: disk(40, 0.3),
        fast: disk(50, 1),
        'static-high': disk(92, 0),
        'static-low': disk(20, 0),
      }),
    );
    expect(lines.map(([name]) => name?.split(' ')[0])).toEqual([
      'fast',
      'slow',
      'static-high',
      'static-low',
    ]);
  });

  test('gives dates, ranges and probabilities, or says why not', async () => {
    const [fast, still] = rows(await chapter('storage', { fast: disk(50, 1), still: disk(20, 0) }));
    expect(fast?.slice(1, 4)).toEqual(['100 GB', '81.0%', '31 GB']);
    expect(fast?.[4]).toBe('1 GB');
    expect(fast?.[6]).toMatch(/^20 d \(20–20\)$/);
    expect(fast?.[7]).toBe('100 / 100 / 100%');
    expect(fast?.[8]).toMatch(/^\+\d+ GB$/);
    expect(still?.slice(4, 9)).toEqual(['0', '—', 'no clear growth', '0 / 0 / 0%', '—']);
  });

  test('is bounded and says what it left out', async () => {
    const own = policy((p) => {
      p.report.storage_rows = 2;
    });
    const stories = { a: disk(20, 0), b: disk(30, 0), c: disk(40, 0) };
    const html = await chapter('storage', stories, { policy: own });
    expect(rows(html)).toHaveLength(2);
    expect(html).toContain('2 of 3 shown');
  });
});

describe('the network table', () => {
  const link = (megabits: number, share: number, more: Figures = {}): Figures => ({
    'network_receive_bytes_per_second|p': () => share * 125e6,
    ...(megabits > 0 ? { 'network_speed_bytes_per_second|p': () => megabits * 125_000 } : {}),
    ...more,
  });

  test('puts the busiest link on top, those without a speed last', async () => {
    const lines = rows(
      await chapter('network', { a: link(1000, 0.2), b: link(1000, 0.6), c: link(0, 0.9) }),
    );
    expect(lines.map(([name]) => name?.split(' ')[0])).toEqual(['b', 'a', 'c']);
    expect(lines[2]?.slice(1, 5)).toEqual(['—', '—', '—', '—']);
    expect(lines[2]?.[5]).toContain('Mbit/s');
  });

  test('shows errors with two decimals', async () => {
    const errors = { 'network_errors_ratio|p': () => 0.0023 };
    const [line] = rows(await chapter('network', { a: link(1000, 0.2, errors) }));
    expect(line?.[8]).toBe('0.23%');
  });
});

describe('the chapter of increases', () => {
  test('tells what will be, and what is only watched', async () => {
    const peaks = {
      ...cpu(0.5),
      cpu_used_ratio: (ms: number) => (ms % 86_400_000 < 600_000 ? 0.97 : 0.5),
    };
    const html = await chapter('add', { hot: cpu(0.97), peaky: peaks });
    const [first, says] = rows(html);
    expect(first?.slice(1, 5)).toEqual(['hot', 'Urgent: add', 'CPU 8 vCPU → 16 vCPU', 'P95 49%']);
    expect(says?.[1]).toContain('5-minute averages of March');
    expect(says?.[1]).not.toContain('Urgent: add');
    expect(html).toContain(labelsOf('en').texts.watch);
    expect(html).toContain('peaky');
  });
});

describe('the chapter of reductions', () => {
  test('sums what comes back', async () => {
    const cut = { ...SMALL_LOAD };
    const html = await chapter('reduce', { a: cut, b: cut });
    expect(html).toContain('gives back 8 vCPU and 16 GB of memory');
  });
});

describe('the appendix', () => {
  test.each(LOCALES)('in %s prints the limits in force', (locale) => {
    const text = (own: ReportPolicy): string => JSON.stringify(definitionsOf(own, locale));
    const shipped = text(policy());
    const other = text(
      policy((p) => {
        p.cpu.add_p95 = 0.77;
        p.memory.target_max = 0.66;
        p.storage.flag_probability = 0.33;
        p.network.add_p95 = 0.61;
        p.quality.high.days = 27;
      }),
    );
    for (const figure of ['77%', '66%', '33%', '61%', '27']) {
      expect(other).toContain(figure);
      expect(shipped).not.toContain(figure === '27' ? '≥27' : figure);
    }
  });

  test('has the same rules and terms in both languages', () => {
    const [zh, en] = LOCALES.map((locale) => definitionsOf(policy(), locale));
    expect(zh?.rules.length).toBe(en?.rules.length);
    expect(zh?.glossary.length).toBe(en?.glossary.length);
    expect(zh?.scope.length).toBe(en?.scope.length);
  });
});

describe('labels', () => {
  const paths = (value: unknown, at = ''): string[] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => paths(inner, `${at}.${key}`))
      : [at];

  test('are the same in both languages', () => {
    expect(paths(labelsOf('en')).sort()).toEqual(paths(labelsOf('zh-CN')).sort());
  });

  test('are never empty', () => {
    for (const locale of LOCALES) {
      const texts = JSON.stringify(labelsOf(locale));
      expect(texts).not.toContain('""');
    }
  });
});

test('coverage is shown in classes that hold every device once', async () => {
  const holed = {
    ...cpu(0.5),
    cpu_used_ratio: (ms: number) => (dayOf(ms) >= 5 && dayOf(ms) < 7 ? NaN : 0.5),
  };
  const html = await chapter('method', { a: cpu(0.5), b: cpu(0.5), c: holed });
  const counts = [...html.matchAll(/<\/i><span>(\d+)<\/span>/g)].map((match) => Number(match[1]));
  expect(counts).toEqual([2, 0, 1, 0, 0]);
});
