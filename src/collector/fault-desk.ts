/**
 * The rooms around the ledger of faults, opened together: who is told (people), what is kept quiet,
 * what grows out of faults (process), and the messages themselves (notify).
 */
import type { Clock } from '../shared/clock.ts';
import { messageOf } from '../shared/errors.ts';
import type { IndicatorValue } from '../shared/indicator.ts';
import type { Log } from '../shared/log.ts';
import type { Dependencies, Desk } from './desk/desk.ts';
import { faultContext } from './device-facts.ts';
import type { Fault, FaultContext, Faults } from './faults/faults.ts';
import { type Notify, type OwnHealth, openNotify } from './notify/notify.ts';
import { openPeople, type People } from './people/people.ts';
import type { Policies } from './policies.ts';
import { openProcess, type ProcessRoom } from './process/process.ts';
import { openQuiet, type QuietRoom } from './quiet/quiet.ts';
import { Sightings } from './sightings.ts';
import type { Store } from './store/store.ts';

/** Faults that recovered this long before a start still hold back their children. */
const RECENT_MS = 3_600_000;
/** What the ledger lists at once. */
const PAGE = 1_000;

export interface FaultDeskOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly organisation: string;
  /** Asked again at each use: a reload swaps them. */
  readonly policies: () => Policies;
  readonly store: Store;
  readonly desk: Desk;
  readonly dependencies: Pick<Dependencies, 'confirmed'>;
  readonly faults: Faults;
  readonly health: () => OwnHealth;
}

export interface FaultDesk {
  readonly people: People;
  readonly quiet: QuietRoom;
  readonly process: ProcessRoom;
  readonly notify: Notify;
  /** What the faults are told of devices and of the quiet around them. */
  readonly context: FaultContext;
  /** Before a tick asks anything: what goes on, and what was seen since the last one. */
  begin(open: readonly Fault[], values: readonly IndicatorValue[]): void;
  /** After a tick: whatever follows the ledger. Waits for nothing. */
  follow(): void;
  reload(policies: Policies): void;
}

/** `closers` gets what closes the rooms, in the order of opening. */
export async function openFaultDesk(
  options: FaultDeskOptions,
  closers: (() => void | Promise<void>)[],
): Promise<FaultDesk> {
  const { directory, clock, log, desk, dependencies, store, faults, policies } = options;
  const people = await openPeople({ directory, clock, policy: policies().people });
  closers.push(() => people.close());
  const sightings = new Sightings((device) => store.newest(device));
  const quiet = await openQuiet({
    directory,
    clock,
    log: log.room('quiet'),
    policy: policies().quiet,
    devices: () => desk.devices(),
    findCalendar: (name) => policies().calendars.get(name),
    confirmed: () => dependencies.confirmed(),
    provenUpMs: (device) => sightings.provenUpMs(device),
    checkEveryMs: (device) => sightings.checkEveryMs(device),
    identify: (name) => people.identify(name),
  });
  closers.push(() => quiet.close());
  quiet.remember(await recentRecoveries(faults, clock.now()));
  const context = faultContext(desk, quiet);
  const process = await openProcessRoom(options, quiet, people);
  closers.push(() => process.close());
  const notify = await openNotify({
    directory,
    clock,
    log: log.room('notify'),
    policy: policies().notify,
    people,
    health: options.health,
    organisation: options.organisation,
    windowEnds: (mark, limit) => quiet.windows.outcomesAfter(mark, limit),
    faults: {
      ledgerAfter: (mark, limit) => faults.ledgerAfter(mark, limit),
      open: () => faults.open(),
      show: (id) => faults.show(id),
      raise: (report) => faults.raise(report, context),
      clear: (clearing) => faults.clear(clearing),
    },
  });
  closers.push(() => notify.close());
  return {
    people,
    quiet,
    process,
    notify,
    context,
    begin: (open, values) => {
      sightings.note(values);
      quiet.begin(open);
    },
    follow: () => {
      void notify.advance();
      process.advance().catch((error) => {
        log.error('problems and changes lag behind the ledger', { reason: messageOf(error) });
      });
    },
    reload: (next) => {
      people.reload(next.people);
      quiet.reload(next.quiet);
      process.reload(next.process);
      notify.reload(next.notify);
    },
  };
}

function openProcessRoom(
  options: FaultDeskOptions,
  quiet: QuietRoom,
  people: People,
): Promise<ProcessRoom> {
  const { directory, clock, log, desk, faults, policies } = options;
  return openProcess({
    directory,
    clock,
    log: log.room('process'),
    policy: policies().process,
    // Asked anew each time: a reload swaps the file behind it.
    calendars: {
      get names() {
        return policies().calendars.names;
      },
      get: (name) => policies().calendars.get(name),
    },
    faults,
    device: (name) => desk.device(name),
    identify: (name) => people.identify(name),
    names: {
      devices: () => desk.devices().map(({ name }) => name),
      rules: () => policies().thresholds.rules.map(({ name }) => name),
      fault: async (id) => (await faults.show(id)).fault.id,
    },
    windows: {
      register: ({ covers, fromMs, toMs, reason, approver, origin }, actor) => {
        const schedule = { kind: 'once', fromMs, toMs } as const;
        return quiet.windows.register({ covers, schedule, reason, approver, origin }, actor);
      },
      end: async (id, { by, note }, actor) => {
        const state = quiet.windows.stateOf(quiet.windows.show(id));
        if (state !== 'past') await quiet.windows.end(id, { by, note, version: null }, actor);
      },
    },
  });
}

/** All of them: after a large outage its cause is the oldest of thousands. */
export async function recentRecoveries(
  faults: Pick<Faults, 'list'>,
  nowMs: number,
): Promise<readonly Fault[]> {
  const fromMs = nowMs - RECENT_MS;
  const asked = { state: 'closed', fromMs, limit: PAGE } as const;
  const recent: Fault[] = [];
  let page = await faults.list(asked);
  for (;;) {
    recent.push(...page.filter(({ recoveredMs }) => (recoveredMs ?? 0) > fromMs));
    const after = page.at(-1)?.id;
    if (page.length < PAGE || after === undefined) return recent;
    page = await faults.list({ ...asked, after });
  }
}
