/** A faults room in a directory of its own, with a manual clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Desk, openDesk } from '../../../src/collector/desk/desk.ts';
import type { Verdict } from '../../../src/collector/evaluate/evaluate.ts';
import {
  type FaultCommand,
  type FaultContext,
  type FaultReport,
  type Faults,
  type LedgerEntry,
  openFaults,
  type Writing,
} from '../../../src/collector/faults/faults.ts';
import { silentLog } from '../../../src/shared/log.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { context } from './context.ts';
import { LEVELS } from './ledger-entries.ts';
import { START_MS } from './verdicts.ts';

export class Room {
  readonly directory = mkdtempSync(join(tmpdir(), 'faults-'));
  readonly clock: ManualClock = manualClock(START_MS);
  context: FaultContext = context();
  faults!: Faults;
  desk!: Desk;

  async open(): Promise<void> {
    const { directory, clock } = this;
    // As in the collector: the desk's tables are there first.
    this.desk ??= await openDesk({ directory, clock, log: silentLog });
    this.faults = await openFaults({ directory, clock, log: silentLog, levels: LEVELS });
  }

  async restart(): Promise<void> {
    await this.faults.close();
    await this.open();
  }

  async close(): Promise<void> {
    await this.faults.close();
    await this.desk.close();
    rmSync(this.directory, { recursive: true });
  }

  /** One tick; what it wrote, as `1 opened`. */
  async tick(...verdicts: readonly Verdict[]): Promise<string[]> {
    const applied = await this.faults.apply(verdicts, this.context);
    return said([...applied, ...(await this.faults.advance(this.context))]);
  }

  wait(minutes: number): void {
    this.clock.jump(minutes * 60_000);
  }

  do(
    kind: FaultCommand['kind'],
    more: Partial<FaultCommand> = {},
    writing: Writing = {},
  ): Promise<LedgerEntry> {
    const command = { fault: 'F-000001', kind, by: '王芳', note: 'because', ...more };
    return this.faults.command(command, writing);
  }

  raise(more: Partial<FaultReport> = {}, writing: Writing = {}) {
    const report: FaultReport = {
      origin: 'person',
      device: '报表系统',
      rule: 'reported',
      item: '',
      severity: 'warning',
      urgency: 'medium',
      phenomenon: { en: 'cannot log in', zh: '无法登录' },
      beganMs: this.clock.now(),
      by: '李雷',
      ...more,
    };
    return this.faults.raise(report, this.context, writing);
  }

  async fault(id = 'F-000001') {
    return (await this.faults.show(id)).fault;
  }
}

export function said(entries: readonly LedgerEntry[]): string[] {
  return entries.map(({ fault, kind, detail }) => {
    const more = kind === 'clock' ? ` ${detail.clock} ${Number(detail.share) * 100}` : '';
    return `${Number(fault.slice(2))} ${kind}${more}`;
  });
}
