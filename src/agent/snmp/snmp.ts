/**
 * SNMP: devices that cannot run an agent → samples. Owns the sessions (one socket for all), what was
 * learned of each device (profile, names, sizes) and nothing durable. Never judges, never turns "did
 * not answer" into zero, never lets a silent device cost others time. What a device keeps where is
 * data: `config/snmp/*.yaml`. Without targets nothing of this room is loaded but this file.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { Target } from '../sampler/sampler.ts';
import type { FactName, SystemGroup } from './facts.ts';
import type { Choice } from './identify.ts';
import type { InterfaceRules, Port } from './interfaces.ts';
import type { Neighbour, Place } from './neighbours.ts';
import type { Credential } from './protocols.ts';
import type { Reading } from './reading.ts';
import type { Tested } from './report.ts';
import type { Figures } from './resolve.ts';
import type { Trouble } from './session.ts';

/** One device to be asked, everything resolved. */
export interface SnmpTarget {
  /** Label `instance`. */
  readonly name: string;
  /** IP address or host name. */
  readonly address: string;
  readonly port: number;
  readonly credential: Credential;
  /** Id of a profile that is taken unseen; '' to find out. */
  readonly profile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** For one answer; undefined: the profile's, else 3 s. */
  readonly timeoutMs: number | undefined;
  /** After the first try; undefined: the profile's, else 1. */
  readonly retries: number | undefined;
  /** Between two readings of names, filters and units. */
  readonly namesIntervalMs: number;
  readonly neighbours: boolean;
  readonly interfaces: InterfaceRules;
}

export interface SnmpSettings {
  readonly targets: readonly SnmpTarget[];
  /** Folders of profiles, later ones win. */
  readonly profileFolders: readonly string[];
  /** For `check-config` and the log: what works but should not stay so. */
  readonly warnings: readonly string[];
}

export interface SnmpRoom {
  readonly clock: Clock;
  readonly log: Log;
}

/** What is found out about a device now and then. */
export interface Discovered {
  readonly choice: Choice;
  readonly system: SystemGroup;
  readonly category: string;
  readonly facts: Readonly<Partial<Record<FactName, string>>>;
  readonly ports: readonly Port[];
  readonly neighbours: readonly Neighbour[];
  readonly gateway: Place | null;
  /** Its own addresses. */
  readonly places: readonly Place[];
}

/** One look at a device. */
export interface Look {
  /** Null: everything was read. Else what was read before is here all the same. */
  readonly trouble: {
    readonly kind: Trouble;
    readonly message: string;
    readonly mend: string;
  } | null;
  /** The device's uptime went back since the look before. */
  readonly didRestart: boolean;
  /** Why another SNMPv3 engine answers than at the look before; '' for none. */
  readonly engineChange: string;
  readonly reading: Reading;
  /** Ports (ifIndex) whose counters began anew since the look before, and when, in its hundredths. */
  readonly portsBegun: ReadonlyMap<string, number>;
  /** Hundredths of a second, in 32 bits; NaN where the device does not say. */
  readonly upTicks: number;
  /** The same without an end after 497 days. */
  readonly upSeconds: number;
  /** Null before the device was read as a whole for the first time. */
  readonly known: Discovered | null;
  readonly figures: Figures;
  /** OIDs that the device does not have. */
  readonly unanswered: readonly string[];
  /** Columns that were not walked to their end. */
  readonly cut: readonly string[];
  readonly seconds: number;
  readonly pdus: number;
}

/**
 * The part `snmp:` of the agent's configuration: its schema and what reads it. Loads the reader of
 * configurations, so only call it where there is such a part.
 */
export async function loadSnmpConfig(): Promise<typeof import('./settings.ts')> {
  return await import('./settings.ts');
}

/** A community, or a user of SNMPv3: what a device is asked with, and what its traps are held against. */
export type SnmpCredential = Credential;

/** The credentials file, for whom else names credentials in it. */
export async function loadSnmpCredentials(): Promise<typeof import('./credentials.ts')> {
  return await import('./credentials.ts');
}

/** net-snmp with every cipher, and users as it wants them. Reads no file but the program's own. */
export async function loadSnmpProtocols(): Promise<typeof import('./protocols.ts')> {
  return await import('./protocols.ts');
}

/** A device in the sampler's rounds. */
export interface SnmpDevice extends Target {
  /** What its samples call the port, once it was read; null for an unknown one. */
  portName(ifIndex: number): string | null;
}

/** Targets for the sampler's rounds. Throws `config` for mistakes in profiles. */
export async function openSnmpTargets(
  settings: SnmpSettings,
  room: SnmpRoom & { readonly agent: string },
): Promise<readonly SnmpDevice[]> {
  if (settings.targets.length === 0) return [];
  const { openTargets } = await import('./targets.ts');
  return await openTargets(settings, room);
}

/** `agent snmp test`: one whole look. Throws `unavailable` when the device does not answer. */
export async function testDevice(
  target: SnmpTarget,
  profileFolders: readonly string[],
  room: SnmpRoom,
): Promise<Tested> {
  const { testOne } = await import('./targets.ts');
  return await testOne(target, profileFolders, room);
}

/** What `agent doctor` found of one target. */
export interface ExaminedTarget {
  readonly name: string;
  readonly state: 'works' | 'fails';
  /** Id of the profile that fits; '' when it does not answer. */
  readonly profile: string;
  readonly text: string;
  readonly mend: string;
}

/** Asks every target who it is, many at once, each for its usual time. */
export async function examineTargets(
  settings: SnmpSettings,
  { clock }: Pick<SnmpRoom, 'clock'>,
): Promise<readonly ExaminedTarget[]> {
  return await (await import('./examine.ts')).examineTargets(settings, clock);
}

/** What the command line needs to make a target of its options, and text of what comes back. */
export async function loadSnmpCommands() {
  const [command, { reportText }] = await Promise.all([
    import('./command.ts'),
    import('./report.ts'),
  ]);
  return { ...command, reportText };
}

export interface Found {
  readonly address: string;
  readonly sysName: string;
  readonly sysDescr: string;
  readonly sysObjectID: string;
  /** Id of the profile that would be taken. */
  readonly profile: string;
  readonly reason: string;
}

export interface Scan {
  /** `192.0.2.0/24`, `2001:db8::10/124`, addresses, or several of them with commas between. */
  readonly range: string;
  readonly port: number;
  readonly credential: Credential;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly profileFolders: readonly string[];
  /** How many addresses are asked at once. */
  readonly atOnce: number;
  onProgress(asked: number, of: number, found: number): void;
}

/** `agent snmp discover`: asks every address of a range once. Changes nothing anywhere. */
export async function discover(
  scan: Scan,
  room: Pick<SnmpRoom, 'clock'>,
): Promise<readonly Found[]> {
  const { scanRange } = await import('./discover.ts');
  return await scanRange(scan, room);
}
