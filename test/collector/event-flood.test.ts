/** Five thousand events at once over a real desk and a real ledger, one of them poisoned. */
import { expect, onTestFinished, test } from 'vitest';
import { type Events, openEvents } from '../../src/collector/desk/desk.ts';
import { tellEvents } from '../../src/collector/events.ts';
import { type Faults, loadLevels, openFaults } from '../../src/collector/faults/faults.ts';
import type { DeviceEvent } from '../../src/shared/device-event.ts';
import { createLog } from '../../src/shared/log.ts';
import { projectFile } from '../support/parts.ts';
import { rig } from './desk/rig.ts';
import { context } from './faults/context.ts';

const LEVELS = loadLevels(projectFile('config/levels.yaml'));
const COUNT = 5_000;
const POISON = 1_234;

interface Flood {
  readonly events: Events;
  readonly faults: Faults;
  readonly logged: string[];
  tick(): Promise<void>;
  /** Commits of the ledger so far. */
  commits(): number;
}

async function flood(): Promise<Flood> {
  const { desk, directory, clock, logged } = await rig();
  const log = createLog({ write: (line) => void logged.push(line), now: clock.now });
  const events = await openEvents({ directory, clock, device: (name) => desk.device(name) });
  const faults = await openFaults({ directory, clock, log, levels: LEVELS });
  onTestFinished(async () => {
    await faults.close();
    await events.close();
  });
  for (let i = 0; i < COUNT; i++) desk.sawDevice(`d${i}`, 'site-a', 1);
  const all = Array.from({ length: COUNT }, (_, i): DeviceEvent => {
    return {
      ...{ id: String(i), device: `d${i}`, kind: 'fan_failed', atMs: clock.now(), item: 'FAN 1' },
      ...{ source: '192.0.2.1', verified: true, oid: '1.3', fields: {}, repeats: 0 },
      text: { en: 'Fan has failed', zh: '风扇故障' },
      fault: { action: 'open', rule: 'fan_failed', severity: 'critical', urgency: 'high' },
    };
  });
  for (let i = 0; i < COUNT; i += 500) await events.add('site-a', all.slice(i, i + 500));
  let commits = 0;
  const about = context();
  const poisoned = {
    ...about,
    impactOf: (device: string) => {
      if (device === `d${POISON}`) throw new TypeError('a mistake of ours');
      return about.impactOf(device);
    },
  };
  return {
    events,
    faults,
    logged,
    commits: () => commits,
    tick: () =>
      tellEvents(
        events,
        {
          tell: (tellings) => {
            commits += 1;
            return faults.tell(tellings, poisoned);
          },
        },
        log,
      ),
  };
}

test('all but the poisoned one are faults after three ticks, and stay so', async () => {
  const at = await flood();
  for (let tick = 0; tick < 3; tick++) await at.tick();
  expect(at.events.waiting(10)).toEqual([]);
  expect(at.faults.open()).toHaveLength(COUNT - 1);
  expect(at.faults.open().some(({ device }) => device === `d${POISON}`)).toBe(false);
  expect(at.events.setAside()).toBe(1);
  expect(at.faults.setAside().count).toBe(1);
  expect(at.logged.filter((line) => line.includes('set aside'))).toHaveLength(2);
  expect(at.logged.join('')).toContain(`event ${POISON + 1} of d${POISON}`);
  // Every fault has one beginning, in the order of the events.
  const ledger = await at.faults.ledgerAfter(0, 10_000);
  expect(ledger.filter(({ kind }) => kind === 'opened')).toHaveLength(COUNT - 1);
  expect(at.faults.open().at(-1)?.device).toBe('d0');
  expect(at.faults.open()[0]?.device).toBe(`d${COUNT - 1}`);
  await at.tick();
  expect(at.commits()).toBe(3);
  expect(await at.faults.ledgerAfter(0, 10_000)).toHaveLength(ledger.length);
});
