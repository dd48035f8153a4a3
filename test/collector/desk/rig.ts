/** A desk in a directory of its own that can be closed and opened again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { type Desk, openDesk } from '../../../src/collector/desk/desk.ts';
import { createLog } from '../../../src/shared/log.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

export const ACTOR = { who: 'li.wei', from: '192.0.2.9' };

export interface DeskRig {
  desk: Desk;
  readonly directory: string;
  readonly clock: ManualClock;
  readonly logged: string[];
  /** Closes and opens again, as a restart does. */
  restart(): Promise<Desk>;
  /** What another program finds in the file. */
  query<T>(sql: string): T[];
  /** Changes the file behind the desk's back. */
  tamper(sql: string): void;
}

export async function rig(): Promise<DeskRig> {
  const directory = mkdtempSync(join(tmpdir(), 'watchkeeper-desk-'));
  const clock = manualClock();
  const logged: string[] = [];
  const log = createLog({ write: (line) => void logged.push(line), now: clock.now });
  const open = (): Promise<Desk> => openDesk({ directory, clock, log });
  const made: DeskRig = {
    desk: await open(),
    directory,
    clock,
    logged,
    restart: async () => {
      await made.desk.close();
      made.desk = await open();
      return made.desk;
    },
    query: <T>(sql: string): T[] => {
      const reader = new Database(join(directory, 'desk.db'), { readonly: true });
      try {
        return reader.prepare(sql).all() as T[];
      } finally {
        reader.close();
      }
    },
    tamper: (sql) => {
      const writer = new Database(join(directory, 'desk.db'));
      writer.exec(sql);
      writer.close();
    },
  };
  onTestFinished(async () => {
    await made.desk.close().catch(() => {});
    rmSync(directory, { recursive: true });
  });
  return made;
}
