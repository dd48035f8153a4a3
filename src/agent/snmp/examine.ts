/** What `agent doctor` says of the configured devices: each is asked who it is, many at once. */
import type { Clock } from '../../shared/clock.ts';
import { messageOf } from '../../shared/errors.ts';
import { addressOfHost } from './address-of-host.ts';
import { greet } from './greet.ts';
import { presenceAt, silenceOf } from './presence.ts';
import { loadProfiles, type Profiles } from './profiles.ts';
import { loadNetSnmp } from './protocols.ts';
import {
  mendOf,
  openSession,
  paceOf,
  type SessionOptions,
  SnmpTrouble,
  troubleOf,
} from './session.ts';
import { openSharedSockets } from './shared-sockets.ts';
import type { ExaminedTarget, SnmpSettings, SnmpTarget } from './snmp.ts';

/** A thousand silent ones take less than a minute. */
const AT_ONCE = 200;

interface Asking extends Pick<SessionOptions, 'snmp' | 'sockets'> {
  readonly profiles: Profiles;
  readonly clock: Clock;
}

/** With a level below that of its user, a device answers and gives nothing. */
const nothingReadable = (address: string, port: number): SnmpTrouble =>
  new SnmpTrouble(
    'refused',
    `${address}:${port} answers, but lets this credential read nothing`,
    'give it a view at the device, and use the security level (auth, priv) the device wants of it',
  );

async function examineOne(target: SnmpTarget, asking: Asking): Promise<ExaminedTarget> {
  const { name, port, credential, profile: named } = target;
  const { profiles } = asking;
  const pace = paceOf(target, profiles.byId.get(named)?.transport);
  try {
    const address = await addressOfHost(target.address);
    const session = openSession({ ...asking, ...pace, address, port, credential });
    try {
      const { system, choice } = await greet(session, { profiles, named }, asking);
      if (Object.values(system).every((text) => text === '')) throw nothingReadable(address, port);
      const text = `answers as "${system.sysName}" (${choice.reason})`;
      return { name, state: 'works', profile: choice.profile.id, text, mend: '' };
    } catch (error) {
      if (troubleOf(error) !== 'silent') throw error;
      const presence = await presenceAt({ address, port }, pace.timeoutMs, asking.clock);
      throw silenceOf(presence, `${address}:${port}`, credential);
    } finally {
      session.close();
    }
  } catch (error) {
    return { name, state: 'fails', profile: '', text: messageOf(error), mend: mendOf(error) };
  }
}

/** In the order of the configuration. Throws `config` for mistakes in profiles. */
export async function examineTargets(
  { targets, profileFolders }: SnmpSettings,
  clock: Clock,
): Promise<readonly ExaminedTarget[]> {
  const profiles = loadProfiles(profileFolders);
  const sockets = openSharedSockets();
  const asking = { snmp: await loadNetSnmp(), sockets, profiles, clock };
  const waiting = targets.entries();
  const examined: ExaminedTarget[] = [];
  const worker = async (): Promise<void> => {
    for (const [at, target] of waiting) examined[at] = await examineOne(target, asking);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, targets.length) }, worker));
  } finally {
    sockets.close();
  }
  return examined;
}
