import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  calendarsJsonSchema,
  inspectCalendars,
  loadCalendars,
} from '../../../src/collector/calendars/calendars.ts';
import { checkCalendars } from '../../../src/collector/calendars/calendars-file.ts';
import type { ConfigProblem } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';

const BAD = projectFile('test/collector/calendars/bad-config');
const HOUR_MS = 3_600_000;

describe('a bad calendars file is refused with file, path, reason and mend, all in one run', () => {
  it.each(readdirSync(BAD))('%s', (name) => {
    const file = `${BAD}/${name}`;
    const lines = readFileSync(file, 'utf8').split('\n');
    const end = lines.findIndex((line) => !line.startsWith('# '));
    let thrown: unknown;
    try {
      loadCalendars(file);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    const problems = (thrown as Failure).detail.problems as readonly ConfigProblem[];
    expect(problems.map(({ path, reason }) => `# ${path}: ${reason}`)).toEqual(lines.slice(0, end));
    expect(new Set(problems.map((problem) => problem.file))).toEqual(new Set([file]));
  });
});

describe('the shipped calendars', () => {
  const calendars = loadCalendars(projectFile('config/calendars.yaml'));
  const at = (text: string): number => Date.parse(`${text}+08:00`);
  const office = calendars.get('office')!;

  it('are around the clock, office hours, the day desk and inspection', () => {
    expect(calendars.names).toEqual(['always', 'office', 'day_desk', 'inspection']);
    expect(calendars.get('always')).toMatchObject({ always: true });
    expect(office).toMatchObject({ name: 'office', zone: 'Asia/Shanghai', always: false });
    expect(calendars.get('nights')).toBeUndefined();
  });

  it.each<[string, boolean]>([
    ['2026-09-30T08:29:59', false],
    ['2026-09-30T08:30:00', true],
    ['2026-09-30T12:00:00', false],
    ['2026-09-30T17:29:59', true],
    // National Day, a Thursday; and the Saturday that is worked for it.
    ['2026-10-01T09:00:00', false],
    ['2026-10-08T09:00:00', true],
    ['2026-10-10T09:00:00', true],
    ['2026-10-11T09:00:00', false],
    // Spring Festival, and the weekend that was worked for it.
    ['2026-02-17T09:00:00', false],
    ['2026-02-14T09:00:00', true],
  ])('office hours at %s: %s', (text, open) => {
    expect(office.isOpen(at(text))).toBe(open);
  });

  it('walk over lunch, night and a week of holidays', () => {
    const deadline = (from: string, hours: number) =>
      new Date((office.deadline(at(from), hours * HOUR_MS) ?? 0) + 8 * HOUR_MS)
        .toISOString()
        .slice(0, 16);
    expect(deadline('2026-09-29T11:30:00', 0.5)).toBe('2026-09-29T12:00');
    expect(deadline('2026-09-29T11:30:00', 1)).toBe('2026-09-29T14:00');
    expect(deadline('2026-09-29T12:30:00', 1)).toBe('2026-09-29T14:30');
    expect(deadline('2026-09-29T17:00:00', 1)).toBe('2026-09-30T09:00');
    expect(deadline('2026-09-30T17:00:00', 1)).toBe('2026-10-08T09:00');
    // New Year's holidays end with a Sunday that is worked.
    expect(deadline('2025-12-31T17:00:00', 1)).toBe('2026-01-04T09:00');
  });

  it('count 248 working days of 2026, as announced', () => {
    const open = office.openBetween(at('2026-01-01T00:00:00'), at('2027-01-01T00:00:00'));
    expect(open / (7.5 * HOUR_MS)).toBe(248);
  });
});

describe('a file of one’s own', () => {
  const holidays = {
    china: {
      shipped: 'china',
      off: ['2026-12-24..2026-12-25'],
      worked: ['2026-12-26', '2026-10-01'],
      plain: ['2026-10-02'],
    },
  };
  const base = { name: { en: 'Office', zh: '工作时间' }, zone: 'Asia/Shanghai', holidays: 'china' };
  const read = (more: object) =>
    checkCalendars({ holidays, calendars: { office: { ...base, ...more } } }, 'c.yaml');
  const spans = (more: object, date: string): string[] => {
    const from = Date.parse(`${date}T00:00:00+08:00`);
    return (
      read(more)
        .get('office')
        ?.spans(from, from + 24 * HOUR_MS) ?? []
    ).map(({ fromMs, toMs }) => `${(fromMs - from) / HOUR_MS}-${(toMs - from) / HOUR_MS}`);
  };

  it('changes the shipped holidays', () => {
    const hours = { hours: { workdays: ['08:00-12:00', '14:00-18:00'] } };
    const open = (date: string) => spans(hours, date).length > 0;
    expect(open('2026-12-24')).toBe(false);
    expect(open('2026-12-26')).toBe(true);
    expect(open('2026-10-01')).toBe(true);
    expect(open('2026-10-02')).toBe(true);
    expect(open('2026-10-05')).toBe(false);
  });

  it('has other hours on make-up days, on holidays and on a weekday of its own', () => {
    const hours = {
      hours: { workdays: ['08:00-12:00'], friday: ['09:00-11:00'], weekend: [] },
      make_up_hours: ['10:00-11:00'],
      holiday_hours: ['00:00-24:00'],
    };
    expect(spans(hours, '2026-09-23')).toEqual(['8-12']);
    expect(spans(hours, '2026-09-18')).toEqual(['9-11']);
    expect(spans(hours, '2026-10-10')).toEqual(['10-11']);
    expect(spans(hours, '2026-10-03')).toEqual(['0-24']);
    expect(spans(hours, '2026-10-17')).toEqual([]);
  });

  it('joins spans that touch, also over midnight', () => {
    const hours = { hours: { every_day: ['18:30-24:00', '00:00-07:30'] }, holidays: undefined };
    const from = Date.parse('2026-03-02T12:00:00+08:00');
    expect(
      read(hours)
        .get('office')
        ?.spans(from, from + 24 * HOUR_MS),
    ).toEqual([{ fromMs: from + 6.5 * HOUR_MS, toMs: from + 19.5 * HOUR_MS }]);
  });
});

it('is published as JSON Schema, and a file that cannot be read stands in for every name', () => {
  expect(JSON.stringify(calendarsJsonSchema())).toContain('make_up_hours');
  const { value, problems } = inspectCalendars('/nowhere/calendars.yaml');
  expect(value.get('whatever')?.always).toBe(true);
  expect(problems).toHaveLength(1);
});

it('a mistake of the schema hides nothing that stands beside it', () => {
  const problems = problemsOf({
    calendars: {
      office: {
        ...{ name: { en: 'Office', zh: '办公' }, zone: 'Mars/Olympus', holidays: 'nowhere' },
        hours: { workdays: ['08:00-12:00', 3, '11:00-13:00'] },
        colour: 'red',
      },
      desk: { name: { en: 'Desk' }, zone: 'UTC', hours: { saturday: ['9-5'] } },
    },
  });
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^calendars\.office: unknown key "colour"/),
      expect.stringMatching(/^calendars\.office\.hours\.workdays\[1\]: must be text/),
      expect.stringMatching(/^calendars\.office\.hours\.workdays\[2\]: .* overlaps/),
      expect.stringMatching(/^calendars\.office\.zone: "Mars/),
      expect.stringMatching(/^calendars\.office\.holidays: there is no list "nowhere"/),
      expect.stringMatching(/^calendars\.desk\.name\.zh: is missing/),
      expect.stringMatching(/^calendars\.desk\.hours\.saturday\[0\]: /),
    ]),
  );
  expect(problems).toHaveLength(7);
});

function problemsOf(data: unknown): string[] {
  try {
    checkCalendars(data, 'c.yaml');
  } catch (error) {
    const found = (error as Failure).detail.problems as readonly ConfigProblem[];
    return found.map(({ path, reason }) => `${path}: ${reason}`);
  }
  return [];
}
