/** Desk, faults, people and notify over one directory, with a manual clock and real channels. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Desk, openDesk } from '../../../src/collector/desk/desk.ts';
import {
  type FaultContext,
  type FaultReport,
  type Faults,
  loadLevels,
  openFaults,
  type Quiet,
} from '../../../src/collector/faults/faults.ts';
import {
  loadNotify,
  type Notify,
  type NotifyPolicy,
  type OwnHealth,
  openNotify,
} from '../../../src/collector/notify/notify.ts';
import { loadPeople, openPeople, type People } from '../../../src/collector/people/people.ts';
import { createLog, type Log } from '../../../src/shared/log.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { projectFile } from '../../support/parts.ts';
import { policyFiles } from '../people/policies.ts';

export const actor = { who: 'administrator', from: 'socket' };
/** A Monday morning in China: Wang holds the desk. */
export const MORNING = Date.parse('2026-01-05T09:00:00+08:00');

export interface StageOptions {
  /** YAML of the channels; `URL` stands for the receiver's address. */
  readonly channels: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly people?: string;
  readonly duty?: string;
  readonly startMs?: number;
  readonly health?: Partial<OwnHealth>;
}

export interface NotifyStage {
  readonly directory: string;
  readonly clock: ManualClock;
  readonly logged: string[];
  readonly desk: Desk;
  readonly faults: Faults;
  readonly people: People;
  notify: Notify;
  health: OwnHealth;
  /** Why faults of a device are quiet now. */
  readonly quiet: Map<string, Quiet>;
  readonly context: FaultContext;
  /** Opens a fault of a device; its number. */
  raise(device: string, more?: Partial<FaultReport>): Promise<string>;
  clear(device: string): Promise<void>;
  step(fault: string, kind: 'responded' | 'arrived' | 'repaired', by?: string): Promise<void>;
  /** Lets time pass second by second as the collector's tick does. */
  pass(ms: number, tickMs?: number): Promise<void>;
  tick(): Promise<void>;
  reopenNotify(): Promise<void>;
  close(): Promise<void>;
}

export function notifyPolicy(options: StageOptions): {
  policy: NotifyPolicy;
  people: ReturnType<typeof loadPeople>;
} {
  const files = policyFiles(options.people, options.duty);
  const directory = mkdtempSync(join(tmpdir(), 'notify-config-'));
  for (const [name, text] of Object.entries(options.secrets ?? {})) {
    writeFileSync(join(directory, name), `${text}\n`, { mode: 0o600 });
  }
  const channels = join(directory, 'channels.yaml');
  writeFileSync(channels, options.channels);
  const people = loadPeople(files);
  const notices = projectFile('config/notices');
  return {
    people,
    policy: loadNotify({ channels, notices }, { policy: people, file: files.people }),
  };
}

export async function openNotifyStage(options: StageOptions): Promise<NotifyStage> {
  const directory = mkdtempSync(join(tmpdir(), 'notify-'));
  const clock = manualClock(options.startMs ?? MORNING);
  const logged: string[] = [];
  const log: Log = createLog({ write: (line) => void logged.push(line), now: clock.now });
  const { policy, people: peoplePolicy } = notifyPolicy(options);
  const desk = await openDesk({ directory, clock, log });
  const levels = loadLevels(projectFile('config/levels.yaml'));
  const faults = await openFaults({ directory, clock, log, levels });
  const people = await openPeople({ directory, clock, policy: peoplePolicy });
  const quiet = new Map<string, Quiet>();
  const context: FaultContext = {
    impactOf: () => 'high',
    policyOf: () => '',
    quietOf: ({ device }) => quiet.get(device) ?? null,
  };
  const open = (): Promise<Notify> =>
    openNotify({
      ...{ directory, clock, log, policy, people, organisation: '示例单位' },
      faults: {
        ledgerAfter: (mark, limit) => faults.ledgerAfter(mark, limit),
        open: () => faults.open(),
        show: (id) => faults.show(id),
        raise: (report) => faults.raise(report, context),
        clear: (clearing) => faults.clear(clearing),
      },
      health: () => stage.health,
    });
  const place = (device: string) => ({ device, rule: 'reachable', item: '' });
  const stage: NotifyStage = {
    ...{ directory, clock, logged, desk, faults, people, quiet, context },
    notify: undefined as unknown as Notify,
    health: {
      ...{ ticks: 1, tickLagSeconds: 0, diskFreeBytes: 1e12 },
      ...{ failing: { ticks: 0, reason: '' }, setAside: 0 },
      ...options.health,
    },
    raise: async (device, more = {}) => {
      const { fault } = await faults.raise(
        {
          ...{ origin: 'trap', ...place(device), severity: 'critical', urgency: 'high' },
          phenomenon: { en: `${device} does not answer`, zh: `${device} 无应答` },
          ...{ beganMs: clock.now() - 30_000, by: 'system', ...more },
        },
        context,
      );
      return fault.id;
    },
    clear: async (device) => {
      const about = { origin: 'trap', ...place(device) } as const;
      await faults.clear({ ...about, atMs: clock.now(), by: 'system', note: '' });
    },
    step: async (fault, kind, by = 'wang') => {
      await faults.command({ fault, kind, by, note: '' });
    },
    tick: async () => {
      await faults.advance(context);
      await stage.notify.advance();
    },
    pass: async (ms, tickMs = 1_000) => {
      for (let passed = 0; passed < ms; passed += tickMs) {
        await clock.advance(tickMs);
        stage.health = { ...stage.health, ticks: stage.health.ticks + 1 };
        await stage.tick();
      }
    },
    reopenNotify: async () => {
      await stage.notify.close();
      stage.notify = await open();
    },
    close: async () => {
      await stage.notify.close();
      await people.close();
      await faults.close();
      await desk.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  stage.notify = await open();
  return stage;
}
