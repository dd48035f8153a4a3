import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { duration } from '../../src/shared/config.ts';
import { flawless, readParts, wholeOf } from '../../src/shared/config-parts.ts';

const schema = z.strictObject({
  zone: z.string(),
  digest: z.string().default('08:00'),
  roles: z.record(
    z.string().regex(/^[a-z]+$/, 'is not a name'),
    z.strictObject({ people: z.array(z.string()).min(1), by: z.array(z.string()).optional() }),
  ),
  limit: z.union([
    z.literal('none'),
    duration,
    z.strictObject({ within: duration, calendar: z.string() }),
    z.strictObject({ within: duration, outside: duration, hours: z.string() }),
  ]),
});

const GOOD = {
  zone: 'UTC',
  roles: { duty: { people: ['wang', 'li'] } },
  limit: { within: '2h', outside: '4h', hours: 'office' },
};
const read = (data: unknown) => readParts(schema, data, 'x.yaml');

describe('what a configuration holds besides its mistakes', () => {
  it('is everything where there is none, with its defaults', () => {
    const { value, problems } = read(GOOD);
    expect(problems).toEqual([]);
    expect(value).toEqual(schema.parse(GOOD));
    expect(flawless(read(GOOD))).toEqual(value);
  });

  it('keeps places: a hole moves nothing', () => {
    const { value } = read({ ...GOOD, roles: { duty: { people: ['wang', 3, 'li'] } } });
    expect(value.roles?.duty?.people).toEqual(['wang', undefined, 'li']);
  });

  it('keeps the names of what has mistakes', () => {
    const { value, problems } = read({ ...GOOD, roles: { duty: 3, 'the Chief': GOOD.roles.duty } });
    expect(Object.keys(value.roles ?? {})).toEqual(['duty', 'the Chief']);
    expect(problems.map(({ path }) => path)).toEqual(['roles.duty', 'roles.the Chief']);
  });

  it('goes on below an unknown key', () => {
    const { value, problems } = read({ ...GOOD, colour: 'red', zone: 3 });
    expect(value).toMatchObject({ roles: GOOD.roles, digest: '08:00' });
    expect(value.zone).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual(['zone', '']);
  });

  it('reads the branch of a union that was meant', () => {
    const limit = { within: 'two hours', outside: '4h', hours: 'office' };
    expect(read({ ...GOOD, limit }).value.limit).toEqual({
      ...{ within: undefined, outside: 4 * 3_600_000, hours: 'office' },
    });
    expect(read({ ...GOOD, limit: 'two hours' }).value.limit).toBeUndefined();
  });

  it.each([[null], [3], ['text'], [[]]])('is nothing where the file is %j', (data) => {
    const { value, problems } = read(data);
    expect(value).toEqual({});
    expect(problems.length).toBeGreaterThan(0);
  });

  it('throws every problem once it has to be flawless', () => {
    expect(() => flawless(read({ roles: 3 }))).toThrow(/zone: is missing[\s\S]*roles: must be/);
  });
});

describe('only of the whole can be said that something is missing', () => {
  it('what was left out and may be is no hole', () => {
    expect(wholeOf(read(GOOD).value.roles)).toEqual(GOOD.roles);
  });

  it('a required key that is missing is one', () => {
    expect(wholeOf(read({ ...GOOD, roles: { duty: { by: ['sms'] } } }).value.roles)).toBeNull();
    expect(wholeOf(undefined)).toBeNull();
  });
});

it('whatever is in a file, reading it throws nothing, and no problem means no hole', () => {
  fc.assert(
    fc.property(
      fc.record({ zone: fc.json(), roles: fc.jsonValue(), limit: fc.jsonValue() }),
      (d) => {
        const { value, problems } = read(d);
        if (problems.length === 0) expect(wholeOf(value)).toEqual(schema.parse(d));
        else expect(schema.safeParse(d).success).toBe(false);
      },
    ),
  );
});
