import { expect, test } from 'vitest';
import { DeviceState } from '../../../src/collector/store/device-state.ts';
import { openSound } from '../../../src/collector/store/recover.ts';
import { Rollups } from '../../../src/collector/store/rollups.ts';
import { createLog } from '../../../src/shared/log.ts';
import { DAY_MS } from '../../../src/shared/units.ts';
import { T0, temporaryDirectory } from './rig.ts';

const device = new DeviceState(1, 'a');
const other = new DeviceState(2, 'b');

function table() {
  const log = createLog({ write: () => {} });
  const database = openSound(`${temporaryDirectory()}/samples.db`, log, (opened) => opened);
  const rollups = new Rollups(database, log);
  for (const [i, one] of [device, device, device, device, other].entries()) {
    rollups.write(one, {
      device: one.name,
      dayMs: T0 + (i % 4) * DAY_MS,
      rollups: Uint8Array.of(i, 1),
      histograms: Uint8Array.of(i, 2),
    });
  }
  return { database, rollups };
}

const shown = (rollups: Rollups, one = device) =>
  rollups
    .days(one, T0, T0 + 9 * DAY_MS)
    .map((day) => [(day.dayMs - T0) / DAY_MS, day.rollups.length, day.histograms.length]);

test('days of a device, ascending, those of others apart', () => {
  const { rollups } = table();
  expect(shown(rollups)).toEqual([
    [0, 2, 2],
    [1, 2, 2],
    [2, 2, 2],
    [3, 2, 2],
  ]);
  expect(shown(rollups, other)).toEqual([[0, 2, 2]]);
});

test('first rollups go, later histograms, some days at a time', () => {
  const { rollups } = table();
  const limits = { rollupsBeforeMs: T0 + 3 * DAY_MS, histogramsBeforeMs: T0 + DAY_MS };
  expect(rollups.hasPastTerm(device, limits)).toBe(true);
  rollups.prune(device, limits, 1);
  expect(shown(rollups)).toEqual([
    [1, 0, 2],
    [2, 2, 2],
    [3, 2, 2],
  ]);
  expect(rollups.hasPastTerm(device, limits)).toBe(true);
  rollups.prune(device, limits, 1);
  expect(shown(rollups)).toEqual([
    [1, 0, 2],
    [2, 0, 2],
    [3, 2, 2],
  ]);
  expect(rollups.hasPastTerm(device, limits)).toBe(false);
  expect(rollups.corrupt).toBe(0);
  expect(shown(rollups, other)).toHaveLength(1);
});

test('a removed device leaves no day', () => {
  const { rollups } = table();
  rollups.remove(device);
  expect([shown(rollups), shown(rollups, other)]).toEqual([[], [[0, 2, 2]]]);
});

test('a day that was moved to another device is not believed', () => {
  const { rollups, database } = table();
  database.exec('UPDATE rollups SET device = 2 WHERE device = 1 AND day_ms > 0 LIMIT 0');
  database.exec(`UPDATE rollups SET day_ms = ${T0 + 8 * DAY_MS} WHERE day_ms = ${T0 + 3 * DAY_MS}`);
  expect(shown(rollups).at(-1)).toEqual([8, 0, 0]);
  expect(rollups.corrupt).toBe(2);
});
