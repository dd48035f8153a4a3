/**
 * What devices say by themselves and of each other: events on their way to the faults, and
 * dependencies proposed from what was read of the network.
 */
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import {
  type Dependencies,
  type Desk,
  type Events,
  openDependencies,
  openEvents,
} from './desk/desk.ts';
import { tellEvents } from './events.ts';
import type { FaultContext, Faults } from './faults/faults.ts';
import { GATEWAY, type Link, NEIGHBOUR, proposeDependencies } from './neighbours.ts';
import type { Store } from './store/store.ts';

/** Networks change slowly, and devices are asked for their neighbours as slowly. */
const PROPOSE_MS = 600_000;
/** A neighbour nobody has seen for so long is none. */
const PRESENT_MS = 6 * 3_600_000;

export interface FieldOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: Desk;
  readonly store: Pick<Store, 'seriesOf' | 'latest' | 'devices'>;
}

export interface Field {
  readonly events: Events;
  readonly dependencies: Dependencies;
  /** On every tick. */
  follow(faults: Faults, context: FaultContext): Promise<void>;
  /** Between ticks; true when there is more to do. */
  maintain(): Promise<boolean>;
}

/** `closers` gets what closes the books. */
export async function openField(
  options: FieldOptions,
  closers: (() => void | Promise<void>)[],
): Promise<Field> {
  const { directory, clock, log, desk } = options;
  const events = await openEvents({ directory, clock, device: (name) => desk.device(name) });
  closers.push(() => events.close());
  const dependencies = await openDependencies({ directory, clock });
  closers.push(() => dependencies.close());
  let proposedMs = Number.NEGATIVE_INFINITY;
  return {
    events,
    dependencies,
    follow: (faults, context) =>
      tellEvents(
        events,
        {
          raise: (report) => faults.raise(report, context),
          clear: (clearing) => faults.clear(clearing),
          open: () => faults.open(),
        },
        log,
      ),
    maintain: async () => {
      if (clock.monotonic() - proposedMs >= PROPOSE_MS) {
        proposedMs = clock.monotonic();
        await dependencies.propose(proposeDependencies(presentLinks(options), desk.devices()));
      }
      return await events.maintain();
    },
  };
}

/** Neighbours and gateways that were seen lately. */
export function presentLinks({
  clock,
  store,
}: Pick<FieldOptions, 'clock' | 'store'>): readonly Link[] {
  const oldestMs = clock.now() - PRESENT_MS;
  return store.devices().flatMap((device) =>
    store.seriesOf(device).flatMap(({ series, labels }): readonly Link[] => {
      const name = labels.__name__;
      if (name !== NEIGHBOUR && name !== GATEWAY) return [];
      return (store.latest.times[series] ?? 0) < oldestMs ? [] : [{ device, labels }];
    }),
  );
}
