import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, openDatabase } from '../../../src/collector/faults/database.ts';
import { type Faults, loadLevels, openFaults } from '../../../src/collector/faults/faults.ts';
import { createLog, silentLog } from '../../../src/shared/log.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { context } from './context.ts';
import { breached, ok, START_MS } from './verdicts.ts';

const levels = loadLevels(projectFile('config/levels.yaml'));
const clock = manualClock(START_MS);
let directory: string;
let raw: Connection;
let faults: Faults;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  faults = await openFaults({ directory, clock, log: silentLog, levels });
  raw = openDatabase(directory);
});

afterEach(async () => {
  await faults.close();
  raw.close();
  rmSync(directory, { recursive: true });
});

const HOUR_MS = 3_600_000;

/** Six faults on three devices, an hour apart; even ones recover half an hour after they began. */
async function history(): Promise<void> {
  for (let i = 1; i <= 6; i++) {
    const place = { device: `web-${i % 3}`, item: `/${i}` };
    const beganMs = START_MS + i * HOUR_MS;
    await faults.apply(
      [breached('critical', { ...place, sinceMs: beganMs })],
      context({ impactOf: () => 'high' }),
    );
    if (i % 2 === 0) {
      const recovery = ok({ ...place, sinceMs: beganMs + HOUR_MS / 2 });
      await faults.apply([recovery], context({ impactOf: () => 'high' }));
    }
  }
}

const ids = async (filter: Parameters<Faults['list']>[0]): Promise<number[]> =>
  (await faults.list(filter)).map(({ id }) => Number(id.slice(2)));

describe('the list of faults', () => {
  beforeEach(history);

  it('is newest first, and comes in pages', async () => {
    expect(await ids({})).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await ids({ limit: 2 })).toEqual([6, 5]);
    expect(await ids({ limit: 2, after: 'F-000005' })).toEqual([4, 3]);
    expect(await ids({ limit: 2, after: 'F-000001' })).toEqual([]);
  });

  it('is filtered by state: what goes on and what is over make the whole', async () => {
    expect(await ids({ state: 'open' })).toEqual([5, 3, 1]);
    expect(await ids({ state: 'closed' })).toEqual([6, 4, 2]);
    expect(await ids({ state: 'all' })).toEqual([6, 5, 4, 3, 2, 1]);
    expect(faults.open().map(({ id }) => id)).toEqual(['F-000005', 'F-000003', 'F-000001']);
  });

  it('is filtered by device, never by more than its name', async () => {
    expect(await ids({ device: 'web-1' })).toEqual([4, 1]);
    expect(await ids({ device: "web-1' OR '1'='1" })).toEqual([]);
  });

  it('is filtered by the time in which they went on', async () => {
    const at = (hours: number): number => START_MS + hours * HOUR_MS;
    expect(await ids({ fromMs: at(2), toMs: at(3) })).toEqual([2, 1]);
    expect(await ids({ fromMs: at(2.6), toMs: at(3) })).toEqual([1]);
    expect(await ids({ toMs: at(1) })).toEqual([]);
    expect(await ids({ fromMs: at(100) })).toEqual([5, 3, 1]);
  });

  it('has an end', async () => {
    expect(await ids({ limit: 0 })).toEqual([6]);
    expect(await ids({ limit: 1e9 })).toHaveLength(6);
  });
});

describe('the ledger', () => {
  beforeEach(history);

  it('cannot be changed or thinned out', () => {
    for (const sql of [
      "UPDATE fault_ledger SET note = 'nothing happened'",
      'DELETE FROM fault_ledger WHERE number = 1',
      'DELETE FROM fault_ledger',
    ]) {
      expect(() => raw.exec(sql)).toThrow(/append-only/);
    }
  });

  it('is stored with synchronous=FULL in a write-ahead log', () => {
    expect(raw.pragma('synchronous', { simple: true })).toBe(2);
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  it('makes the table of faults anew when that is behind', async () => {
    const before = await faults.list({});
    const openBefore = faults.open();
    await faults.close();
    raw.exec("UPDATE fault_snapshot SET last = 1, state = 'closed', record = '{}' WHERE fault = 6");
    raw.exec('DELETE FROM fault_snapshot WHERE fault = 3');
    const lines: string[] = [];
    const log = createLog({ write: (line) => void lines.push(line) });
    faults = await openFaults({ directory, clock, log, levels });
    expect(await faults.list({})).toEqual(before);
    expect(faults.open()).toEqual(openBefore);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('behind the ledger');
  });

  it('holds one active fault per device, rule and item even against ourselves', () => {
    const columns = 'last, device, rule, item, state, level, began_ms, ended_ms, cause, record';
    const copy = `INSERT INTO fault_snapshot (fault, ${columns}) SELECT 99, ${columns} FROM fault_snapshot`;
    expect(() => raw.exec(`${copy} WHERE fault = 5`)).toThrow(/UNIQUE/);
    raw.exec(`${copy} WHERE fault = 6`);
  });
});
