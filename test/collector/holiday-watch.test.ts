/** The log says it once a day, and again as soon as the calendars are read anew. */
import { expect, test } from 'vitest';
import { type Calendars, loadCalendars } from '../../src/collector/calendars/calendars.ts';
import { makeHolidayWatch } from '../../src/collector/holiday-watch.ts';
import { createLog } from '../../src/shared/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { projectFile } from '../support/parts.ts';

const HOUR_MS = 3_600_000;
const read = (): Calendars => loadCalendars(projectFile('config/calendars.yaml'));

test('a year without known holidays is told of once a day', async () => {
  const clock = manualClock(Date.UTC(2026, 10, 30, 0));
  const logged: string[] = [];
  let calendars = read();
  const watch = makeHolidayWatch(
    clock,
    createLog({ write: (line) => void logged.push(line), now: clock.now }),
    () => calendars,
  );
  const passes = async (hours: number): Promise<number> => {
    for (let hour = 0; hour < hours; hour++) {
      await clock.advance(HOUR_MS);
      expect(await watch()).toBe(false);
    }
    return logged.splice(0).length;
  };
  expect(await watch()).toBe(false);
  // Known for more than a month, until 16:00 UTC, when it is December in Shanghai.
  expect(await passes(23)).toBe(0);
  expect(await passes(1)).toBe(2);
  expect(await passes(23)).toBe(0);
  expect(await passes(2)).toBe(2);
  calendars = read();
  expect(await passes(1)).toBe(2);
});
