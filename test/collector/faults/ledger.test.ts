import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/collector/evaluate/evaluate.ts';
import {
  type FaultCommand,
  type Faults,
  type Impact,
  type LedgerEntry,
  loadLevels,
  openFaults,
} from '../../../src/collector/faults/faults.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { context } from './context.ts';
import { breached, ok, START_MS, unknown } from './verdicts.ts';

const levels = loadLevels(projectFile('config/levels.yaml'));
const MINUTE_MS = 60_000;
let directory: string;
let clock: ManualClock;
let faults: Faults;

const open = (): Promise<Faults> => openFaults({ directory, clock, log: silentLog, levels });
const medium = context();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'));
  clock = manualClock(START_MS);
  faults = await open();
});

afterEach(async () => {
  await faults.close();
  rmSync(directory, { recursive: true });
});

async function restart(): Promise<void> {
  await faults.close();
  faults = await open();
}

/** Applies verdicts and says what was written: `F-000001 opened`. */
async function apply(...verdicts: readonly Verdict[]): Promise<string[]> {
  const applied = await faults.apply(verdicts, medium);
  return said([...applied, ...(await faults.advance(medium))]);
}

function said(entries: readonly LedgerEntry[]): string[] {
  return entries.map(({ fault, kind }) => `${fault} ${kind}`);
}

function command(kind: FaultCommand['kind'], note = '', fault = 'F-000001') {
  return faults.command({ fault, kind, by: '王芳', note });
}

const stateOf = async (fault: string): Promise<string> => (await faults.show(fault)).fault.state;

describe('verdicts', () => {
  it('open a fault, change it, recover it', async () => {
    expect(await apply(breached())).toEqual(['F-000001 opened']);
    expect(await apply(breached('critical'))).toEqual(['F-000001 worsened']);
    expect(faults.open()).toMatchObject([{ id: 'F-000001', severity: 'critical', level: 2 }]);
    expect(await apply(breached())).toEqual(['F-000001 eased']);
    expect(await apply(ok())).toEqual(['F-000001 recovered']);
    expect(faults.open()).toEqual([]);
    expect(await stateOf('F-000001')).toBe('recovered');
  });

  it('write nothing the second time, nor after a restart', async () => {
    await apply(breached());
    expect(await apply(breached())).toEqual([]);
    await restart();
    expect(await apply(breached())).toEqual([]);
    await apply(ok());
    await restart();
    expect(await apply(ok())).toEqual([]);
    expect(await faults.ledgerAfter(0, 100)).toHaveLength(2);
  });

  it('that are unknown neither open nor recover', async () => {
    expect(await apply(unknown())).toEqual([]);
    await apply(breached());
    expect(await apply(unknown())).toEqual([]);
    expect(faults.open()).toHaveLength(1);
  });

  it('make one fault per device, rule and item', async () => {
    const written = await apply(
      breached(),
      breached('warning', { item: '/' }),
      breached('warning', { rule: 'inodes_full' }),
      breached('warning', { device: 'web-2' }),
      breached(),
    );
    expect(written).toEqual(['1', '2', '3', '4'].map((n) => `F-00000${n} opened`));
  });

  it('that come and go in one call are all kept', async () => {
    expect(await apply(breached(), ok(), breached('critical'), ok())).toEqual([
      'F-000001 opened',
      'F-000001 recovered',
      'F-000001 reopened',
      'F-000001 recovered',
    ]);
  });

  it('reopen the same fault soon after its recovery, and open a new one later', async () => {
    await apply(breached());
    await apply(ok());
    await clock.advance(14 * MINUTE_MS);
    expect(await apply(breached())).toEqual(['F-000001 reopened']);
    await apply(ok());
    await restart();
    await clock.advance(16 * MINUTE_MS);
    expect(await apply(breached())).toEqual(['F-000002 opened']);
    expect(await stateOf('F-000001')).toBe('recovered');
  });

  it('take the impact of the device', async () => {
    const impactOf = (device: string): Impact => (device === 'web-1' ? 'high' : 'low');
    const verdicts = [breached('critical'), breached('critical', { device: 'x' })];
    await faults.apply(verdicts, context({ impactOf }));
    expect(faults.open().map(({ device, level }) => [device, level])).toEqual([
      ['x', 3],
      ['web-1', 1],
    ]);
  });

  it('number the ledger without a hole', async () => {
    await apply(breached(), breached('warning', { item: '/' }));
    await apply(ok(), ok({ item: '/' }));
    await restart();
    await apply(breached());
    const ledger = await faults.ledgerAfter(0, 100);
    expect(ledger.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(await faults.ledgerAfter(3, 1)).toEqual([ledger[3]]);
  });
});

describe('time', () => {
  it('closes recovered faults of levels 3 and 4, and only those', async () => {
    await apply(breached(), breached('critical', { item: '/' }));
    await apply(ok(), ok({ item: '/' }));
    await clock.advance(59 * MINUTE_MS);
    expect(await apply()).toEqual([]);
    await restart();
    await clock.advance(MINUTE_MS);
    expect(await apply()).toEqual(['F-000001 closed']);
    await clock.advance(10_000 * MINUTE_MS);
    expect(await apply()).toEqual([]);
    expect(await stateOf('F-000002')).toBe('recovered');
  });

  it('closes a recovered fault although a new one goes on in its place', async () => {
    await apply(breached());
    await apply(ok());
    await clock.advance(30 * MINUTE_MS);
    await apply(breached());
    await clock.advance(30 * MINUTE_MS);
    expect(await apply()).toContain('F-000001 closed');
    expect(faults.open().map(({ id }) => id)).toEqual(['F-000002']);
    expect(await apply(ok())).toEqual(['F-000002 recovered']);
  });

  it('follows another policy after a reload', async () => {
    await apply(breached());
    await apply(ok());
    const { levels: all } = levels;
    const patient = { ...all, 3: { ...all[3]!, close_after_recovery: 'person' as const } };
    faults.reload({ ...levels, levels: patient });
    await clock.advance(1_000 * MINUTE_MS);
    expect(await apply()).toEqual([]);
    faults.reload(levels);
    expect(await apply()).toEqual(['F-000001 closed']);
  });
});

describe('commands', () => {
  beforeEach(() => apply(breached()));

  it('record who did what and when', async () => {
    await clock.advance(MINUTE_MS);
    const entry = await command('responded', '正在查看');
    expect(entry).toEqual({
      number: 2,
      fault: 'F-000001',
      kind: 'responded',
      atMs: START_MS + MINUTE_MS,
      by: '王芳',
      note: '正在查看',
      detail: {},
    });
    expect(faults.open()).toMatchObject([{ state: 'responded' }]);
    await restart();
    expect((await faults.show('F-1')).ledger).toMatchObject([{ kind: 'opened' }, entry]);
  });

  it('follow the order of the work, which recovery ends', async () => {
    for (const kind of ['responded', 'arrived', 'repaired'] as const) await command(kind);
    expect(await apply(ok())).toEqual(['F-000001 recovered']);
    await command('closed');
    expect(await stateOf('F-000001')).toBe('closed');
    await command('comment', '原因:日志未轮转\n措施:已配置 logrotate');
  });

  it('are refused out of order, with the steps that are possible', async () => {
    await command('arrived');
    await expect(command('responded')).rejects.toMatchObject({
      code: 'conflict',
      hint: 'possible now: repaired, comment, closed, false_alarm',
    });
  });

  it('close what goes on only with a note that says why', async () => {
    await expect(command('closed')).rejects.toMatchObject({ code: 'bad_request' });
    await command('closed', 'full by design');
    expect(faults.open()).toEqual([]);
    expect(await apply(ok())).toEqual([]);
    expect(await apply(breached())).toEqual(['F-000002 opened']);
  });

  it('are refused for a fault that does not exist', async () => {
    await expect(command('responded', '', 'F-000099')).rejects.toMatchObject({
      code: 'not_found',
      message: 'there is no fault "F-000099"',
    });
    await expect(faults.show('nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('on an old fault leave the new one of the same place alone', async () => {
    await apply(ok());
    await clock.advance(20 * MINUTE_MS);
    await apply(breached());
    await command('comment', 'still looking for the cause', 'F-000001');
    expect(faults.open().map(({ id }) => id)).toEqual(['F-000002']);
    expect(await apply(breached())).toEqual([]);
  });
});

describe('when writing fails', () => {
  const raw = (): Database.Database => new Database(join(directory, 'desk.db'));
  const REFUSE = 'ALTER TABLE fault_snapshot RENAME TO away';
  const TAKE = 'ALTER TABLE away RENAME TO fault_snapshot';

  it('nothing is written or believed, and the next call tries again', async () => {
    const other = raw();
    other.exec(REFUSE);
    await expect(apply(breached())).rejects.toThrow();
    await expect(apply(breached('critical'), breached('warning', { item: '/' }))).rejects.toThrow();
    expect(faults.open()).toEqual([]);
    expect(await faults.ledgerAfter(0, 10)).toEqual([]);
    other.exec(TAKE);
    other.close();
    expect(await apply()).toEqual(['F-000001 opened', 'F-000001 worsened', 'F-000002 opened']);
    expect(await apply()).toEqual([]);
  });

  it('a person’s step is refused, not kept', async () => {
    await apply(breached());
    const other = raw();
    other.exec(REFUSE);
    await expect(command('responded')).rejects.toThrow();
    other.exec(TAKE);
    other.close();
    expect(await apply()).toEqual([]);
    expect(faults.open()).toMatchObject([{ state: 'open' }]);
  });
});

describe('two processes on one ledger', () => {
  it('see each other’s entries before they write', async () => {
    await apply(breached());
    const other = await open();
    await other.command({ fault: 'F-1', kind: 'responded', by: 'Ann', note: '' });
    expect(said(await other.apply([breached('warning', { item: '/' })], medium))).toEqual([
      'F-000002 opened',
    ]);
    expect(await apply(breached('warning', { item: '/' }), breached('critical'))).toEqual([
      'F-000001 worsened',
    ]);
    expect(faults.open()).toMatchObject([
      { id: 'F-000002', state: 'open' },
      { id: 'F-000001', state: 'responded' },
    ]);
    await other.close();
  });
});
