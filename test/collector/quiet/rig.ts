/** A quiet room over a real desk in a directory of its own, and a simple list of open faults. */
import { onTestFinished } from 'vitest';
import { checkQuietPolicy, type QuietPolicy } from '../../../src/collector/quiet/policy.ts';
import {
  type About,
  type OpenFault,
  openQuiet,
  type QuietOptions,
  type QuietRoom,
  type WindowRequest,
} from '../../../src/collector/quiet/quiet.ts';
import { parseYaml } from '../../../src/shared/config.ts';
import { createLog } from '../../../src/shared/log.ts';
import { HOUR_MS } from '../../../src/shared/units.ts';
import { rig as deskRig } from '../desk/rig.ts';

export const ACTOR = { who: 'li.wei', from: '192.0.2.9' };

const BASE = `
dependencies:
  causes: [reachable, agent_silent]
  connectivity: [reachable, agent_silent, loss_ratio]
  await_parent: 2m
  after_recovery: { checks: 3, at_most: 5m }
flapping: { changes: 5, within: 30m, steady: 30m }
storm: { openings: 3, within: 1m, calm: 1m, longest: 3m }
windows: { longest: 24h, ahead: 400d, four_eyes: true }
`;

export interface ParentEntry {
  readonly parents: readonly string[];
  readonly children: object;
  readonly needs?: 'all' | 'one';
}

export function policyOf(parents: readonly ParentEntry[] = []): QuietPolicy {
  const data = parseYaml(BASE, 'quiet.yaml') as { dependencies: object };
  return checkQuietPolicy(
    { ...data, dependencies: { ...data.dependencies, parents } },
    'quiet.yaml',
  );
}

export function fault(
  number: number,
  device: string,
  rest: Partial<OpenFault> = {},
): OpenFault & { recoveredMs: number | null } {
  return {
    id: `F-${String(number).padStart(6, '0')}`,
    device,
    rule: 'ping',
    indicator: 'reachable',
    item: '',
    openedMs: 0,
    recoveredMs: null,
    ...rest,
  };
}

export function about(device: string, rest: Partial<About> = {}): About {
  const place = { device, rule: 'ping', indicator: 'reachable', item: '' };
  return { fault: '', ...place, openedMs: 0, ...rest };
}

export function request(fromMs: number, rest: Partial<WindowRequest> = {}): WindowRequest {
  return {
    covers: { devices: ['web-*'] },
    schedule: { kind: 'once', fromMs, toMs: fromMs + HOUR_MS },
    reason: 'kernel update',
    approver: 'zhao',
    ...rest,
  };
}

export interface QuietRig {
  room: QuietRoom;
  readonly clock: Awaited<ReturnType<typeof deskRig>>['clock'];
  readonly directory: string;
  readonly logged: string[];
  devices: readonly { name: string; labels: Record<string, string> }[];
  confirmed: readonly { child: string; parent: string }[];
  /** Devices and when they were last seen in order; absent: not watched. */
  readonly proven: Map<string, number>;
  audit(): Promise<readonly string[]>;
  restart(): Promise<QuietRoom>;
}

export async function quietRig(options: Partial<QuietOptions> = {}): Promise<QuietRig> {
  const { desk, directory, clock, query } = await deskRig();
  // Its tables are made; its timers would only make long times slow.
  await desk.close();
  const logged: string[] = [];
  const made: QuietRig = {
    room: undefined as unknown as QuietRoom,
    clock,
    directory,
    logged,
    devices: [],
    confirmed: [],
    proven: new Map(),
    audit: async () =>
      query<{ who: string; action: string; subject: string }>(
        'SELECT who, action, subject FROM desk_audit ORDER BY number',
      ).map(({ who, action, subject }) => `${who} ${action} ${subject}`),
    restart: async () => {
      await made.room.close();
      made.room = await open();
      return made.room;
    },
  };
  const open = (): Promise<QuietRoom> =>
    openQuiet({
      directory,
      clock,
      log: createLog({ write: (line) => void logged.push(line), now: clock.now }),
      policy: policyOf(),
      devices: () => made.devices,
      confirmed: () => made.confirmed,
      findCalendar: () => undefined,
      provenUpMs: (device) => made.proven.get(device) ?? null,
      checkEveryMs: () => 60_000,
      ...options,
    });
  made.room = await open();
  onTestFinished(() => made.room.close());
  return made;
}
