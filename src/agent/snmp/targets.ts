/** Devices as targets of the sampler's rounds; they share one socket. */
import type { Clock } from '../../shared/clock.ts';
import { didYouMean } from '../../shared/config-problems.ts';
import { Failure } from '../../shared/errors.ts';
import { addressOfHost } from './address-of-host.ts';
import { Device } from './device.ts';
import { emitLook } from './emission.ts';
import { Flaps } from './flaps.ts';
import { presenceAt, silenceOf } from './presence.ts';
import { loadProfiles, type Profiles } from './profiles.ts';
import { loadNetSnmp } from './protocols.ts';
import { type Tested, testedOf } from './report.ts';
import { failureOf, SnmpTrouble } from './session.ts';
import { openSharedSockets } from './shared-sockets.ts';
import type { Look, SnmpDevice, SnmpRoom, SnmpSettings, SnmpTarget } from './snmp.ts';
import { WALK_LIMITS } from './walk.ts';

/** A round ends itself before the next is due, and says so, before the sampler cuts it off. */
const SHARE_OF_INTERVAL = 0.9;
const SAMPLER_WAITS_MS = 1_000;

const roundMs = ({ intervalMs }: SnmpTarget): number =>
  Math.min(intervalMs * SHARE_OF_INTERVAL, WALK_LIMITS.milliseconds);

/** One look that takes at most `limitMs`. */
async function lookFor(device: Device, limitMs: number, clock: Clock, signal?: AbortSignal) {
  const abort = new AbortController();
  const timer = clock.after(limitMs, () => abort.abort());
  const stop = (): void => abort.abort();
  signal?.addEventListener('abort', stop);
  try {
    return await device.look(abort.signal);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/** Says once when a device stops answering, and once when it answers again. */
function changeLog({ log }: SnmpRoom, device: string): (look: Look) => void {
  let said = '';
  return ({ trouble, cut, engineChange }) => {
    const now = trouble?.message ?? '';
    if (trouble !== null && said === '') {
      log.warn('a device cannot be read', { device, reason: now, mend: trouble.mend });
    }
    if (now === '' && said !== '') log.info('a device can be read again', { device });
    if (engineChange !== '') {
      log.warn('another SNMP engine answers for a device', { device, reason: engineChange });
    }
    if (cut.length > 0) log.debug('columns were not walked to their end', { device, cut });
    said = now;
  };
}

export async function openTargets(
  settings: SnmpSettings,
  room: SnmpRoom & { readonly agent: string },
): Promise<readonly SnmpDevice[]> {
  const { clock, agent } = room;
  const profiles = loadProfiles(settings.profileFolders);
  for (const { name, profile } of settings.targets) checkNamed(name, profile, profiles);
  const snmp = await loadNetSnmp();
  const sockets = openSharedSockets();
  let open = settings.targets.length;
  return settings.targets.map((target): SnmpDevice => {
    const device = new Device({ target, profiles, clock, snmp, sockets });
    const flaps = new Flaps();
    const say = changeLog(room, target.name);
    const { address } = target;
    return {
      name: target.name,
      labels: { ...target.labels, instance: target.name, agent, job: 'snmp' },
      intervalMs: target.intervalMs,
      timeoutMs: roundMs(target) + SAMPLER_WAITS_MS,
      collect: async (emit, signal) => {
        const look = await lookFor(device, roundMs(target), clock, signal);
        say(look);
        emitLook({ emit, look, flaps, address, nowMs: clock.now() });
      },
      portName: (ifIndex) => device.portName(String(ifIndex)),
      close: () => {
        device.close();
        open--;
        if (open === 0) sockets.close();
      },
    };
  });
}

function checkNamed(target: string, profile: string, { byId }: Profiles): void {
  if (profile === '' || byId.has(profile)) return;
  const ids = [...byId.keys()];
  const what = `snmp target "${target}": there is no profile "${profile}"${didYouMean(profile, ids)}`;
  throw new Failure('config', what, { hint: `leave it out, or write one of ${ids.join(', ')}` });
}

const TEST_LIMIT_MS = 120_000;
const PRESENCE_MS = 2_000;

/** Of a device that did not even say who it is. */
async function failureOfLook(
  { trouble }: Look,
  { address: host, port, credential }: SnmpTarget,
  clock: Clock,
): Promise<Failure> {
  const { kind, message, mend } = trouble ?? {
    kind: 'silent',
    message: 'it says nothing',
    mend: '',
  };
  if (kind !== 'silent') return failureOf(new SnmpTrouble(kind, message, mend));
  const address = await addressOfHost(host);
  const presence = await presenceAt({ address, port }, PRESENCE_MS, clock);
  return failureOf(silenceOf(presence, `${address}:${port}`, credential));
}

export async function testOne(
  target: SnmpTarget,
  profileFolders: readonly string[],
  { clock }: SnmpRoom,
): Promise<Tested> {
  const profiles = loadProfiles(profileFolders);
  checkNamed(target.name, target.profile, profiles);
  const snmp = await loadNetSnmp();
  const sockets = openSharedSockets();
  const device = new Device({ target, profiles, clock, snmp, sockets });
  try {
    const look = await lookFor(device, TEST_LIMIT_MS, clock);
    if (look.known === null) throw await failureOfLook(look, target, clock);
    return testedOf(look, clock.now());
  } finally {
    device.close();
    sockets.close();
  }
}
