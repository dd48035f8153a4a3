/** What `agent doctor` learns of configured devices. */
import { afterEach, describe, expect, test } from 'vitest';
import { shippedProfiles } from '../../../src/agent/snmp/settings.ts';
import { examineTargets, type SnmpTarget } from '../../../src/agent/snmp/snmp.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import {
  type Answer,
  honest,
  oidValue,
  openSimDevice,
  type SimDevice,
  text,
} from '../../support/snmp-device.ts';
import { SYS, system, target } from './devices.ts';

const devices: SimDevice[] = [];
afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
});

async function device(answer: Answer): Promise<SimDevice> {
  const opened = await openSimDevice(answer);
  devices.push(opened);
  return opened;
}

const PROFILES = shippedProfiles(
  new URL('../../../src/agent/snmp/settings.ts', import.meta.url).href,
);
const examine = (...targets: readonly SnmpTarget[]) =>
  examineTargets({ targets, profileFolders: [PROFILES], warnings: [] }, { clock: systemClock });

const CISCO = system({
  [`${SYS}.1.0`]: text('Cisco IOS Software, C2960 Software, Version 15.0(2)SE'),
  [`${SYS}.2.0`]: oidValue('1.3.6.1.4.1.9.1.1208'),
});
const quick = { timeoutMs: 200, retries: 0 } as const;

describe('a device', () => {
  test('that answers is told with its name, its profile and why', async () => {
    const { port, requests } = await device(honest(CISCO));
    expect(await examine(target(port, { name: 'sw-1' }))).toEqual([
      {
        ...{ name: 'sw-1', state: 'works', profile: 'cisco-ios', mend: '' },
        text: expect.stringMatching(/^answers as "core-1" \(sysObjectID .* is at or below/),
      },
    ]);
    // A look at who it is, not at all it has.
    expect(requests.length).toBeLessThan(3);
  });

  test('that shares its number with many is asked what it is', async () => {
    const qnap = system({
      [`${SYS}.1.0`]: text('Linux TS-453'),
      [`${SYS}.2.0`]: oidValue('1.3.6.1.4.1.8072.3.2.10'),
    });
    const { port, requests } = await device(honest(qnap));
    const [found] = await examine(target(port));
    expect(found).toMatchObject({ state: 'works', profile: 'linux' });
    expect(requests.length).toBeGreaterThan(1);
  });

  test('whose profile is named is believed', async () => {
    const { port } = await device(honest(CISCO));
    const [found] = await examine(target(port, { profile: 'generic' }));
    expect(found?.profile).toBe('generic');
    expect(found?.text).toContain('named in the configuration');
  });

  test('that does not take the community is told as silent, with what may be wrong', async () => {
    const { port } = await device(honest(CISCO, 'other'));
    const [found] = await examine(target(port, quick));
    expect(found).toMatchObject({
      state: 'fails',
      profile: '',
      text: expect.stringMatching(/does not answer$/),
    });
    expect(found?.mend).toContain('community');
    expect(found?.mend).not.toContain('public');
  });

  test('with an agent that wants another credential is told from one without', async () => {
    const wanting = await device((request, send) => {
      if (request.version === 3) send(Buffer.from('a report'));
    });
    const [found] = await examine(target(wanting.port, quick));
    expect(found?.text).toContain('has an SNMP agent, which does not answer this community');
  });

  test('with a closed port, and one without an address', async () => {
    const { port } = await device(honest(CISCO));
    for (const each of devices.splice(0)) await each.close();
    const [closed, unnamed] = await examine(
      target(port, quick),
      target(port, { ...quick, address: 'no-such-name.invalid' }),
    );
    expect(closed?.text).toContain('nothing listens on this UDP port');
    expect(unnamed?.text).toContain('the name "no-such-name.invalid" has no address');
  });
});

test('a device that gives nothing of itself is told as that', async () => {
  const { port } = await device(honest({ '1.3.6.1.9.0': text('x') }));
  const [found] = await examine(target(port));
  expect(found?.text).toContain('answers, but lets this credential read nothing');
  expect(found?.mend).toContain('give it a view');
});

test('hundreds are asked at once and told in their order', async () => {
  const { port } = await device(honest(CISCO));
  const { port: silent } = await device(() => {});
  const targets = Array.from({ length: 300 }, (_, i) =>
    i % 3 === 0
      ? target(silent, { name: `sw-${i}`, ...quick })
      : target(port, { name: `sw-${i}`, timeoutMs: 20_000 }),
  );
  const found = await examine(...targets);
  expect(found.map(({ name }) => name)).toEqual(targets.map(({ name }) => name));
  const states = found.map(({ state }) => state);
  expect(states.filter((state) => state === 'fails')).toHaveLength(100);
  expect(states.slice(0, 4)).toEqual(['fails', 'works', 'works', 'fails']);
});
