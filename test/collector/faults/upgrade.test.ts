/** A ledger written before there were clocks: still folds, and nothing is missed at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFaults } from '../../../src/collector/faults/faults.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { context, RECORD } from './context.ts';
import { LEVELS } from './ledger-entries.ts';
import { said } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

/** The tables and entries of the first version, as they were written then. */
const OLD = `
CREATE TABLE fault_ledger (
  number INTEGER PRIMARY KEY, fault INTEGER NOT NULL, kind TEXT NOT NULL, at_ms INTEGER NOT NULL,
  by TEXT NOT NULL, note TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE fault_snapshot (
  fault INTEGER PRIMARY KEY, last INTEGER NOT NULL, device TEXT NOT NULL, rule TEXT NOT NULL,
  item TEXT NOT NULL, state TEXT NOT NULL, level INTEGER NOT NULL, began_ms INTEGER NOT NULL,
  ended_ms INTEGER, record TEXT NOT NULL
) STRICT;
INSERT INTO fault_snapshot VALUES
  (1, 3, 'web-1', 'disk_full', '/data', 'responded', 2, 5, NULL, '{"fault":{"id":"F-000001"}}');
`;
const BREACH = {
  ...{ severity: 'warning', urgency: 'medium', impact: 'medium', level: 3 },
  ...{ phenomenon: { en: 'Disk', zh: '磁盘' }, value: 0.92, limit: 0.9 },
};
const PLACE = { device: 'web-1', rule: 'disk_full', indicator: 'filesystem_used_bytes' };
const ENTRIES: readonly (readonly [number, string, object])[] = [
  [1, 'opened', { ...BREACH, ...PLACE, item: '/data', beganMs: START_MS, layer: 'default' }],
  [1, 'worsened', { ...BREACH, severity: 'critical', level: 2 }],
  [1, 'responded', {}],
  [2, 'opened', { ...BREACH, ...PLACE, item: '/', beganMs: START_MS, layer: 'default' }],
  [2, 'recovered', { recoveredMs: START_MS + 1, value: 0.5, reason: {} }],
  [1, 'comment', {}],
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  const old = new Database(join(directory, 'desk.db'));
  old.exec(OLD);
  const insert = old.prepare("INSERT INTO fault_ledger VALUES (?, ?, ?, ?, 'system', '', ?)");
  for (const [i, [fault, kind, detail]] of ENTRIES.entries()) {
    insert.run(i + 1, fault, kind, START_MS + i, JSON.stringify(detail));
  }
  old.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

it('goes on where it was, without clocks, until the fault comes back', async () => {
  const clock = manualClock(START_MS + 86_400_000);
  const faults = await openFaults({ directory, clock, log: silentLog, levels: LEVELS });
  expect(faults.open()).toMatchObject([
    {
      id: 'F-000001',
      state: 'responded',
      level: 2,
      policy: '',
      clocks: [],
      respondedMs: START_MS + 2,
    },
  ]);
  expect(said(await faults.advance(context()))).toEqual(['2 closed']);
  expect(said(await faults.apply([breached('critical', { item: '/data' })], context()))).toEqual(
    [],
  );
  await expect(
    faults.command({ fault: 'F-1', kind: 'paused', by: 'Ann', note: '', reason: 'agreed' }),
  ).rejects.toMatchObject({ code: 'conflict' });
  await faults.apply([ok({ item: '/data' })], context());
  await faults.apply([breached('critical', { item: '/data' })], context());
  expect(faults.open()).toMatchObject([
    { id: 'F-000001', policy: 'four_level', clocks: [{ startMs: clock.now() }, {}, {}] },
  ]);
  await faults.command({ fault: 'F-1', kind: 'closed', by: 'Ann', note: 'x', record: RECORD });
  await faults.close();
});
