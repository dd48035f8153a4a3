/** Who a device says that it is, and which profile is for it. */
import { Asker } from './asker.ts';
import { textOf } from './cell.ts';
import type { SystemGroup } from './facts.ts';
import { type Choice, firstStage, genericProfile, probed, secondStage } from './identify.ts';
import type { Profiles } from './profiles.ts';
import { Reading } from './reading.ts';
import type { Session } from './session.ts';
import type { SnmpRoom } from './snmp.ts';

export const SYSTEM = Object.freeze({
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectID: '1.3.6.1.2.1.1.2.0',
  sysUpTime: '1.3.6.1.2.1.1.3.0',
  sysName: '1.3.6.1.2.1.1.5.0',
});

export function systemOf({ scalars }: Reading): SystemGroup {
  return {
    sysDescr: textOf(scalars.get(SYSTEM.sysDescr)),
    sysObjectID: textOf(scalars.get(SYSTEM.sysObjectID)),
    sysName: textOf(scalars.get(SYSTEM.sysName)),
  };
}

export interface Choosing {
  readonly profiles: Profiles;
  /** Id of a profile that is taken unseen; '' to find out. */
  readonly named: string;
}

export async function chooseProfile(
  asker: Asker,
  system: SystemGroup,
  { profiles, named }: Choosing,
): Promise<Choice> {
  const taken = named === '' ? undefined : profiles.byId.get(named);
  if (taken !== undefined) return { profile: taken, reason: 'named in the configuration' };
  const first = firstStage(profiles.all, system);
  const candidates = secondStage(profiles.all, system, first);
  if (candidates.length > 0) {
    const answers = new Reading();
    const oids = candidates.flatMap(({ probe }) => probe.map(({ oid }) => oid));
    await asker.scalars([...new Set(oids)], answers);
    const texts = new Map([...answers.scalars].map(([oid, cell]) => [oid, textOf(cell)]));
    for (const oid of oids) asker.unanswered.delete(oid);
    const second = probed(candidates, texts);
    if (second !== null) return second;
  }
  return first ?? { profile: genericProfile(profiles.all), reason: 'no profile fits' };
}

export interface Greeting {
  readonly system: SystemGroup;
  readonly choice: Choice;
}

/** The system group and what it takes to choose: a few questions. Throws what the session throws. */
export async function greet(
  session: Session,
  choosing: Choosing,
  { clock }: Pick<SnmpRoom, 'clock'>,
): Promise<Greeting> {
  const asker = new Asker(clock);
  asker.session = session;
  asker.begin();
  const reading = new Reading();
  await asker.scalars(Object.values(SYSTEM), reading);
  const system = systemOf(reading);
  return { system, choice: await chooseProfile(asker, system, choosing) };
}
