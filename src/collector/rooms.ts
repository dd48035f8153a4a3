/** The rooms from the sample to the fault, opened upstream first; closed in reverse. */
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import {
  type Dependencies,
  type Desk,
  type Events,
  type Gaps,
  openDesk,
  openGaps,
} from './desk/desk.ts';
import { type Evaluator, openEvaluator } from './evaluate/evaluate.ts';
import { type Faults, openFaults } from './faults/faults.ts';
import { type Field, openField } from './field.ts';
import {
  type IndicatorHistory,
  type LiveIndicators,
  openHistory,
  openLiveIndicators,
} from './indicators/indicators.ts';
import { type Ingest, openIngest } from './ingest/ingest.ts';
import { makePastCache, type PastCache } from './past.ts';
import type { Policies } from './policies.ts';
import type { CollectorSettings } from './settings.ts';
import { openStore, type Store } from './store/store.ts';

export interface Rooms {
  readonly store: Store;
  readonly desk: Desk;
  readonly field: Field;
  readonly events: Events;
  readonly dependencies: Dependencies;
  readonly gaps: Gaps;
  readonly ingest: Ingest;
  readonly live: LiveIndicators;
  readonly history: IndicatorHistory;
  readonly pasts: PastCache;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
}

/** What to undo, newest last; undone in reverse, also when opening stops half-way. */
export type Closers = (() => void | Promise<void>)[];

export async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export interface RoomsOptions {
  readonly settings: CollectorSettings;
  readonly clock: Clock;
  readonly log: Log;
}

export async function openRooms(
  { settings, clock, log }: RoomsOptions,
  policies: Policies,
  closers: Closers,
): Promise<Rooms> {
  const directory = settings.data;
  const desk = await openDesk({ directory, clock, log: log.room('desk') });
  closers.push(() => desk.close());
  const store = await openStore({
    directory,
    clock,
    log,
    settings: settings.store,
  });
  closers.push(() => store.close());
  const ingest = openIngest({
    store,
    desk,
    clock,
    log: log.room('ingest'),
    ...(settings.bodyBytes === undefined ? {} : { bodyBytes: settings.bodyBytes }),
    ...(settings.store.rawMs === undefined ? {} : { retentionMs: settings.store.rawMs }),
    ...(settings.store.seriesPerCollector === undefined
      ? {}
      : { seriesPerAgent: settings.store.seriesPerCollector / 2 }),
  });
  const inField = { directory, clock, log: log.room('field'), desk, store, policy: policies.quiet };
  const field = await openField(inField, closers);
  const gaps = await openGaps(directory);
  closers.push(() => gaps.close());
  const { events, dependencies } = field;
  const live = openLiveIndicators(store);
  const history = openHistory(store, clock);
  const pasts = makePastCache(history, clock);
  const { levels, thresholds } = policies;
  const faults = await openFaults({ directory, clock, log: log.room('faults'), levels });
  closers.push(() => faults.close());
  // What people, traps and other systems reported is not for thresholds to recover.
  const judged = faults.open().filter(({ origin }) => origin === 'threshold');
  const breached = judged.map(({ beganMs, ...fault }) => ({ ...fault, sinceMs: beganMs }));
  const evaluator = openEvaluator({ policy: thresholds, past: pasts.past, breached });
  const asked = { store, desk, field, events, dependencies, gaps };
  return { ...asked, ingest, live, history, pasts, evaluator, faults };
}
