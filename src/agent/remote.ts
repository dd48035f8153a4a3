/**
 * What the agent watches beside its own host: SNMP devices and probes in rounds, traps as they
 * come. Nothing of this is loaded for an agent whose file names none of it.
 */
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import { EVENTS_PATH } from '../shared/device-event.ts';
import type { Log } from '../shared/log.ts';
import type { AgentSettings } from './cli/cli.ts';
import { openProbeTargets } from './probes/probes.ts';
import { openTransport, type Transport } from './push/push.ts';
import { openRounds, type Rounds, type RoundsOptions } from './sampler/sampler.ts';
import { openSnmpTargets, type SnmpDevice } from './snmp/snmp.ts';
import { TargetNames } from './target-names.ts';
import { openTraps, type Traps } from './traps/traps.ts';

export interface RemoteOptions {
  readonly settings: AgentSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The program's own file, from which the receiver of traps is started. */
  readonly script: string;
  readonly onBatch: RoundsOptions['onBatch'];
}

export interface Remote {
  readonly rounds: Rounds;
  readonly traps: Traps | null;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Throws `config` for mistakes in profiles. */
export async function openRemote(options: RemoteOptions): Promise<Remote> {
  const { clock, log, onBatch } = options;
  const { settings } = options;
  const devices = await devicesOf(options);
  const probes =
    settings.probes === null
      ? []
      : await openProbeTargets(settings.probes, {
          clock,
          log: log.room('probes'),
          agent: settings.name,
        });
  const targets = [...devices, ...probes];
  const rounds = openRounds({ targets, clock, log: log.room('rounds'), onBatch });
  const { traps, transport } = await trapsOf(options, devices);
  return {
    rounds,
    traps,
    start: async () => {
      rounds.start();
      await traps?.start();
    },
    stop: async () => {
      await rounds.stop();
      await traps?.stop();
      transport?.close();
    },
  };
}

async function devicesOf({ settings, clock, log }: RemoteOptions): Promise<readonly SnmpDevice[]> {
  const { snmp, name: agent } = settings;
  if (snmp === null) return [];
  for (const warning of snmp.warnings) log.warn(warning);
  return await openSnmpTargets(snmp, { clock, log: log.room('snmp'), agent });
}

async function trapsOf(
  options: RemoteOptions,
  devices: readonly SnmpDevice[],
): Promise<{ readonly traps: Traps | null; readonly transport: Transport | null }> {
  const { settings, clock, log, version, script } = options;
  if (settings.traps === null) return { traps: null, transport: null };
  const { collector, tokenFile, caFile } = settings;
  const transport = openTransport({
    collector,
    tokenFile,
    caFile,
    userAgent: `watchkeeper-agent/${version}`,
    clock,
    endpoint: { path: EVENTS_PATH, headers: { 'content-type': 'application/json' } },
  });
  const names = new TargetNames({
    targets: settings.snmp?.targets ?? [],
    clock,
    log: log.room('traps'),
    addressesOf: async (host) => {
      const found = await lookup(host, { all: true });
      return found.map(({ address }) => address);
    },
  });
  await names.look();
  const byName = new Map(devices.map((device) => [device.name, device]));
  const traps = await openTraps({
    settings: settings.traps,
    directory: join(settings.data, 'traps'),
    clock,
    log: log.room('traps'),
    transport,
    script,
    deviceOf: (address) => names.nameOf(address),
    interfaceName: (device, ifIndex) => byName.get(device)?.portName(ifIndex) ?? null,
  });
  return { traps, transport };
}
