/** A real receiver: the agent's own program as child, a UDP port on loopback, a collector's ear. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readKnownTraps } from '../../../src/agent/traps/known.ts';
import {
  type EventTransport,
  openTraps,
  type TrapSettings,
  type Traps,
} from '../../../src/agent/traps/traps.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { DeviceEvent } from '../../../src/shared/device-event.ts';
import { createLog } from '../../../src/shared/log.ts';
import { HEADER_RECEIPT } from '../../../src/shared/protocol.ts';
import { projectFile } from '../../support/parts.ts';

export const KNOWN = readKnownTraps(projectFile('config/traps.yaml'));

/** An ear that takes everything, keeps it, and can be made deaf. */
export class Ear implements EventTransport {
  readonly events: DeviceEvent[] = [];
  /** Replaces the answer while it is set. */
  answer: { status: number; headers: Record<string, string>; body: string } | null = null;
  /** Devices whose events it wants later. */
  readonly unknown = new Set<string>();
  requests = 0;
  isClosed = false;

  async send({ body }: { body: Uint8Array }) {
    this.requests += 1;
    if (this.answer !== null) return this.answer;
    const { events } = JSON.parse(Buffer.from(body).toString()) as { events: DeviceEvent[] };
    const ids = new Set(this.events.map(({ id }) => id));
    const late = events.filter(({ device }) => this.unknown.has(device));
    const taken = events.filter(({ device }) => !this.unknown.has(device));
    const fresh = taken.filter(({ id }) => !ids.has(id));
    this.events.push(...fresh);
    const receipt = {
      stored: fresh.length,
      duplicates: taken.length - fresh.length,
      refused: [],
      later: late.map(({ id }) => ({ id, reason: 'not known yet' })),
    };
    return { status: 200, headers: { [HEADER_RECEIPT]: 'events' }, body: JSON.stringify(receipt) };
  }

  close(): void {
    this.isClosed = true;
  }
}

export const COMMUNITY = Object.freeze({ version: '2c', community: 'secret-community' } as const);

export const V3_USER = Object.freeze({
  version: '3',
  user: 'watch',
  context: '',
  auth: { protocol: 'sha256', key: 'authpass123' },
  priv: { protocol: 'aes', key: 'privpass123' },
} as const);

export const SETTINGS: TrapSettings = Object.freeze({
  host: '127.0.0.1',
  port: 0,
  sources: ['127.0.0.0/8'],
  relays: [],
  credentials: [COMMUNITY, V3_USER],
  unverifiedMay: 'open',
  rates: { perSecond: 1_000, burst: 5_000, allPerSecond: 5_000, allBurst: 20_000 },
  repeatMs: 60_000,
  queueBytes: 16 * 1024 * 1024,
  known: KNOWN,
  warnings: [],
});

export interface TrapRig {
  readonly traps: Traps;
  readonly ear: Ear;
  readonly directory: string;
  readonly logged: string[];
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'traps-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export async function openRig(
  settings: Partial<TrapSettings> = {},
  devices: Readonly<Record<string, string>> = { '127.0.0.1': 'switch-1' },
): Promise<TrapRig> {
  const ear = new Ear();
  const directory = temporaryDirectory();
  const logged: string[] = [];
  const traps = await openTraps({
    settings: { ...SETTINGS, ...settings },
    directory,
    clock: systemClock,
    log: createLog({ write: (line) => void logged.push(line), level: 'debug' }),
    transport: ear,
    script: projectFile('src/agent/main.ts'),
    deviceOf: (address) => devices[address] ?? null,
    interfaceName: (device, index) =>
      device === 'switch-1' && index === 3 ? 'GigabitEthernet0/0/3' : null,
  });
  await traps.start();
  onTestFinished(() => traps.stop());
  return { traps, ear, directory, logged };
}
