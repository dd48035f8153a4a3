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
import { LINKS, type Link, proposeDependencies } from './neighbours.ts';
import type { QuietPolicy } from './quiet/quiet.ts';
import type { Store } from './store/store.ts';

/** Networks change slowly, and devices are asked for their neighbours as slowly. */
const PROPOSE_MS = 600_000;

export interface FieldOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: Desk;
  readonly store: Pick<Store, 'seriesOf' | 'latest' | 'devices'>;
  readonly policy: FieldPolicy;
}

type FieldPolicy = Pick<QuietPolicy, 'discovery' | 'events'>;

export interface Field {
  readonly events: Events;
  readonly dependencies: Dependencies;
  /** On every tick. */
  follow(faults: Faults, context: FaultContext): Promise<void>;
  /** Between ticks; true when there is more to do. */
  maintain(): Promise<boolean>;
  reload(policy: FieldPolicy): void;
}

/** `closers` gets what closes the books. */
export async function openField(
  options: FieldOptions,
  closers: (() => void | Promise<void>)[],
): Promise<Field> {
  const { directory, clock, log, desk } = options;
  let { policy } = options;
  const device = (name: string) => desk.device(name);
  const keep = () => ({ keepMs: policy.events.keep, keepCount: policy.events.at_most });
  const events = await openEvents({ directory, clock, device, keep });
  closers.push(() => events.close());
  const devices = () => desk.devices();
  const forgetMs = () => policy.discovery.forget_after;
  const dependencies = await openDependencies({ directory, clock, devices, forgetMs });
  closers.push(() => dependencies.close());
  let proposedMs = Number.NEGATIVE_INFINITY;
  return {
    events,
    dependencies,
    follow: (faults, context) =>
      tellEvents(events, { tell: (tellings) => faults.tell(tellings, context) }, log),
    maintain: async () => {
      if (clock.monotonic() - proposedMs >= PROPOSE_MS) {
        proposedMs = clock.monotonic();
        const links = presentLinks(options, policy.discovery.seen_within);
        await dependencies.propose(proposeDependencies(links, desk.devices()));
      }
      return await events.maintain();
    },
    reload: (next) => {
      policy = next;
    },
  };
}

/** Neighbours and gateways that were seen lately; one nobody has seen for so long is none. */
export function presentLinks(
  { clock, store }: Pick<FieldOptions, 'clock' | 'store'>,
  withinMs: number,
): readonly Link[] {
  const oldestMs = clock.now() - withinMs;
  return store.devices().flatMap((device) =>
    store.seriesOf(device).flatMap(({ series, labels }): readonly Link[] => {
      if (!LINKS.has(labels.__name__ ?? '')) return [];
      return (store.latest.times[series] ?? 0) < oldestMs ? [] : [{ device, labels }];
    }),
  );
}
