/** A process room over a real desk, a ledger of faults that a test writes, and a list of windows. */
import { onTestFinished } from 'vitest';
import { type Calendars, loadCalendars } from '../../../src/collector/calendars/calendars.ts';
import type { LedgerEntry, LedgerKind } from '../../../src/collector/faults/faults.ts';
import { checkProcessPolicy, type ProcessPolicy } from '../../../src/collector/process/policy.ts';
import {
  type ChangeRequest,
  type ChangeWindows,
  openProcess,
  type ProcessOptions,
  type ProcessRoom,
} from '../../../src/collector/process/process.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { createLog } from '../../../src/shared/log.ts';
import { DAY_MS, HOUR_MS } from '../../../src/shared/units.ts';
import { projectFile } from '../../support/parts.ts';
import { rig as deskRig } from '../desk/rig.ts';

export const ACTOR = { who: 'administrator', from: 'socket' };
export const WRITING = { actor: ACTOR };

export const CALENDARS: Calendars = loadCalendars(projectFile('config/calendars.yaml'));

const BASE = `
problems:
  same_device: { faults: 3, within: 7d }
  across_devices: { devices: 4, within: 1d }
  except_rules: [noisy]
  verify_for: 30d
  reopen_within: 90d
changes:
  approval:
    low: { approvers: 1 }
    medium: { approvers: 1, by: [zhao, sun] }
    high: { approvers: 2 }
  announce:
    change: { working_days: 0 }
    release: { working_days: 2 }
    emergency: { working_days: 0 }
  calendar: office
  linked_for: 4h
`;

export function policy(): ProcessPolicy {
  return checkProcessPolicy(parseYaml(BASE, 'process.yaml'), 'process.yaml', {
    calendars: CALENDARS,
    people: null,
  });
}

type Registered = Parameters<ChangeWindows['register']>[0] & {
  id: string;
  opened: boolean;
  ended: string;
};

export interface ProcessRig {
  room: ProcessRoom;
  readonly clock: Awaited<ReturnType<typeof deskRig>>['clock'];
  readonly directory: string;
  readonly windows: Registered[];
  devices: { name: string; labels: Record<string, string> }[];
  /** Thrown by whatever is asked of a window; null: it works. */
  windowTrouble: Error | null;
  /** Everything logged. */
  readonly logged: string[];
  /** Adds an entry to the ledger of faults. */
  entry(kind: LedgerKind, fault: number, detail?: Record<string, unknown>): void;
  /** A fault that opens now, and is told of unless `quiet`. */
  opens(fault: number, device: string, rest?: { rule?: string; quiet?: boolean }): void;
  audit(): Promise<readonly string[]>;
  restart(): Promise<ProcessRoom>;
}

/** Monday 2026-05-11, 10:00 in Shanghai. */
export const MONDAY = Date.UTC(2026, 4, 11, 2);

export async function processRig(options: Partial<ProcessOptions> = {}): Promise<ProcessRig> {
  const { desk, directory, clock, query } = await deskRig();
  // Its tables are made; its timers would only make long times slow.
  await desk.close();
  clock.jump(MONDAY - clock.now());
  const ledger: LedgerEntry[] = [];
  const windows: Registered[] = [];
  const made: ProcessRig = {
    room: undefined as unknown as ProcessRoom,
    clock,
    directory,
    windows,
    devices: [],
    windowTrouble: null,
    logged: [],
    entry: (kind, fault, detail = {}) => {
      const id = `F-${String(fault).padStart(6, '0')}`;
      const place = { number: ledger.length + 1, fault: id, kind, atMs: clock.now() };
      ledger.push({ ...place, by: 'system', note: '', detail });
    },
    opens: (fault, device, { rule = 'disk_full', quiet = false } = {}) => {
      const phenomenon = { en: `${rule} on ${device}`, zh: '' };
      made.entry('opened', fault, { rule, device, phenomenon });
      if (quiet) made.entry('suppressed', fault, { why: 'dependency', by: 'F-000001', note: '' });
    },
    audit: async () =>
      query<{ action: string; subject: string }>(
        'SELECT action, subject FROM desk_audit ORDER BY number',
      ).map(({ action, subject }) => `${action} ${subject}`),
    restart: async () => {
      await made.room.close();
      made.room = await open();
      return made.room;
    },
  };
  const open = (): Promise<ProcessRoom> =>
    openProcess({
      directory,
      clock,
      log: createLog({ write: (line) => void made.logged.push(line), now: clock.now }),
      policy: policy(),
      calendars: CALENDARS,
      faults: {
        ledgerAfter: async (mark, limit) =>
          ledger.filter(({ number }) => number > mark).slice(0, limit),
      },
      device: (name) => made.devices.find((device) => device.name === name),
      windows: {
        register: async (window) => {
          if (made.windowTrouble !== null) throw made.windowTrouble;
          const same = windows.find(({ origin }) => origin === window.origin);
          if (same !== undefined) {
            same.opened = clock.now() >= same.fromMs;
            return { id: same.id, planned: true };
          }
          const id = `W-${windows.length + 1}`;
          windows.push({ ...window, id, opened: false, ended: '' });
          return { id, planned: true };
        },
        end: async (id, { note }) => {
          if (made.windowTrouble !== null) throw made.windowTrouble;
          const window = windows.find((one) => one.id === id)!;
          if (clock.now() >= window.toMs) throw new Failure('conflict', `${id} is over`);
          window.ended = note;
        },
      },
      ...options,
    });
  made.room = await open();
  onTestFinished(() => made.room.close());
  return made;
}

export function changeRequest(fromMs: number, rest: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    kind: 'change',
    title: 'New kernel on the web servers',
    content: 'apt upgrade, then a restart one by one',
    purpose: 'closes CVE-2026-1',
    scope: { devices: ['web-*'] },
    risk: 'low',
    riskText: 'a server may not come up again',
    rollback: 'boot the earlier kernel',
    verification: 'uname -r on each of them',
    plannedFromMs: fromMs,
    plannedToMs: fromMs + 2 * HOUR_MS,
    by: 'li.wei',
    ...rest,
  };
}

export const days = (count: number): number => count * DAY_MS;
