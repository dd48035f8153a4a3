/**
 * A process that follows the ledger and delivers, and kills itself at the n-th step on the way: each
 * reading of the ledger, each look at a fault, each message, before and after. Run by
 * `notices.test.ts` as: notices-child.ts DIRECTORY CHANNELS PEOPLE DUTY KILL_AT (0: never).
 */
import { openDesk } from '../../src/collector/desk/desk.ts';
import { type FaultContext, loadLevels, openFaults } from '../../src/collector/faults/faults.ts';
import type { Channel, ChannelSettings } from '../../src/collector/notify/channel.ts';
import { loadNotify, openNotify } from '../../src/collector/notify/notify.ts';
import { loadPeople, openPeople } from '../../src/collector/people/people.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { projectFile } from '../support/parts.ts';

const [directory = '', channels = '', people = '', duty = '', killAt = '0'] = process.argv.slice(2);

let steps = 0;
/** One step on the way; nothing gets a last word after it. */
function step(): void {
  if (++steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

async function between<T>(task: () => Promise<T>): Promise<T> {
  step();
  const result = await task();
  step();
  return result;
}

/** The real channel, with a step before and after each message. */
function watched(one: ChannelSettings): ChannelSettings {
  const open: ChannelSettings['kind']['open'] = (settings, doors, base): Channel => {
    const channel = one.kind.open(settings, doors, base);
    return { ...channel, send: (message) => between(() => channel.send(message)) };
  };
  return { ...one, kind: { ...one.kind, open } };
}

const clock = systemClock;
const log = silentLog;
const peoplePolicy = loadPeople({ people, duty });
const policy = loadNotify(
  { channels, notices: projectFile('config/notices') },
  { policy: peoplePolicy, file: people },
);
const watchedChannels = [...policy.settings.channels].map(
  ([name, one]) => [name, watched(one)] as const,
);
const desk = await openDesk({ directory, clock, log });
const levels = loadLevels(projectFile('config/levels.yaml'));
const faults = await openFaults({ directory, clock, log, levels });
const people_ = await openPeople({ directory, clock, policy: peoplePolicy });
const context: FaultContext = {
  impactOf: () => 'high',
  policyOf: () => '',
  quietOf: () => null,
};
const notify = await openNotify({
  ...{ directory, clock, log, people: people_, organisation: '' },
  policy: { ...policy, settings: { ...policy.settings, channels: new Map(watchedChannels) } },
  faults: {
    ledgerAfter: (mark, limit) => between(() => faults.ledgerAfter(mark, limit)),
    open: () => faults.open(),
    show: (id) => between(() => faults.show(id)),
    raise: (report) => faults.raise(report, context),
    clear: (clearing) => faults.clear(clearing),
  },
  health: () => ({
    ...{ ticks: 1, tickLagSeconds: 0, diskFreeBytes: 1e15 },
    ...{ failing: { ticks: 0, reason: '' }, setAside: 0 },
  }),
});
await notify.advance();
await notify.close();
await people_.close();
await faults.close();
await desk.close();
process.stdout.write(`${steps} steps\n`);
