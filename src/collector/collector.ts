/**
 * The collector put together. Rooms are opened upstream first and closed in reverse; nothing else
 * knows more than the doors upstream of it.
 */
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { finishImport, removeDevice } from './actions.ts';
import { type Desk, openDesk } from './desk/desk.ts';
import { agentsByName, factsOf } from './device-facts.ts';
import { type ControlSocket, claimDirectory, prepareDirectory } from './directory.ts';
import { type Evaluator, openEvaluator } from './evaluate/evaluate.ts';
import { type Faults, openFaults } from './faults/faults.ts';
import {
  type IndicatorHistory,
  type LiveIndicators,
  openHistory,
  openLiveIndicators,
} from './indicators/indicators.ts';
import { type Ingest, openIngest } from './ingest/ingest.ts';
import { type Judging, makeJudging } from './judging.ts';
import { makePastCache, type PastCache } from './past.ts';
import { loadPolicies, type Policies } from './policies.ts';
import { openReporter, reportHere } from './reporting.ts';
import { configSchemas } from './schemas.ts';
import { type CollectorSettings, checkExposure } from './settings.ts';
import {
  freeBytes,
  healthOf,
  makeReload,
  reportRequest,
  type State,
  webSettings,
} from './state.ts';
import { openStore, type Store } from './store/store.ts';
import { openWeb, type Web } from './web/web.ts';
import { SLICE_MS, startWork, type Work } from './work.ts';

export interface CollectorOptions {
  readonly settings: CollectorSettings;
  /** Reads the configuration again, for a reload. Throws `config`. */
  readonly reread: () => CollectorSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The program's own file, from which report workers start; null makes reports in this thread. */
  readonly entry: URL | null;
  /** True for `serve`: listens on TCP and judges. A verb only lends its rooms to the API. */
  readonly serve: boolean;
}

export interface Collector {
  readonly web: Web;
  /** Address of the TCP listener; '' for a verb. */
  readonly url: string;
  /** Resolves when the hold timers are rebuilt and judging has begun. */
  readonly ready: Promise<void>;
  reload(): Promise<void>;
  /** Stops accepting, finishes, commits, closes. */
  close(): Promise<void>;
}

/** Samples of this long before the end are judged again after a restart. */
const REBUILD_MS = 30 * 60_000;
const VERB_SLICE_MS = 1_000;

interface Rooms {
  readonly store: Store;
  readonly desk: Desk;
  readonly ingest: Ingest;
  readonly live: LiveIndicators;
  readonly history: IndicatorHistory;
  readonly pasts: PastCache;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
}

/** What to undo, newest last; undone in reverse, also when opening stops half-way. */
type Closers = (() => void | Promise<void>)[];

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

async function openRooms(
  options: CollectorOptions,
  policies: Policies,
  closers: Closers,
): Promise<Rooms> {
  const { settings, clock, log } = options;
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
  });
  const live = openLiveIndicators(store);
  const history = openHistory(store, clock);
  const pasts = makePastCache(history, clock);
  const { levels, thresholds } = policies;
  const faults = await openFaults({ directory, clock, log: log.room('faults'), levels });
  closers.push(() => faults.close());
  const breached = faults.open().map(({ beganMs, ...fault }) => ({ ...fault, sinceMs: beganMs }));
  const evaluator = openEvaluator({ policy: thresholds, past: pasts.past, breached });
  return { store, desk, ingest, live, history, pasts, evaluator, faults };
}

function openCollectorWeb(
  options: CollectorOptions,
  rooms: Rooms,
  inside: {
    readonly state: State;
    readonly judging: Judging;
    readonly reload: () => Promise<void>;
    readonly work: () => Work | undefined;
  },
): Promise<Web> {
  const { clock, log, version, entry, serve } = options;
  const { state, judging, reload, work } = inside;
  const { desk, store, faults, history } = rooms;
  const startedMs = clock.now();
  const reporter =
    entry === null ? null : openReporter(entry, state.settings.data, { desk, faults });
  return openWeb(
    {
      ...rooms,
      clock,
      log: log.room('web'),
      health: () => healthOf(state, work, startedMs),
      schemas: configSchemas,
      actions: {
        reload,
        removeDevice: (name, actor) => removeDevice({ ...rooms, clock }, name, actor),
        finishImport: (end, actor) => {
          // A verb without a running collector keeps nobody waiting.
          const sliceMs = serve ? SLICE_MS : VERB_SLICE_MS;
          return finishImport({ ...rooms, clock, judging, sliceMs }, end, actor);
        },
        report: async (query) => {
          const request = reportRequest(query, state);
          return reporter?.make(request) ?? reportHere(request, { desk, faults, history });
        },
        factsOf: (name) => {
          const device = desk.device(name);
          return device && factsOf(device, agentsByName(desk), store);
        },
      },
    },
    () => webSettings(state, version),
  );
}

/** Ticks and maintenance, once the hold timers of the time before the restart are rebuilt. */
async function beginWatch(
  options: CollectorOptions,
  rooms: Rooms,
  inside: { readonly state: State; readonly judging: Judging },
): Promise<Work> {
  const { settings, clock, log } = options;
  const { store, desk, history, pasts } = rooms;
  const { state, judging } = inside;
  const live = desk.devices().filter(({ status }) => status === 'live');
  await judging.replay(live, REBUILD_MS);
  state.reason = '';
  return startWork({
    clock,
    log,
    tick: async () => {
      await judging.tick();
      state.diskFreeBytes = freeBytes(settings.data);
    },
    slices: [
      () => store.maintain(SLICE_MS),
      () => history.rollUp({ nowMs: clock.now(), budgetMs: SLICE_MS }),
      pasts.fetchOne,
    ],
  });
}

export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const { settings, serve } = options;
  if (serve) checkExposure(settings);
  const policies = loadPolicies(settings);
  prepareDirectory(settings.data);
  const socket = await claimDirectory(settings.data);
  const closers: Closers = [() => socket.close()];
  try {
    return await openClaimed(options, policies, { socket, closers });
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function openClaimed(
  options: CollectorOptions,
  policies: Policies,
  { socket, closers }: { readonly socket: ControlSocket; readonly closers: Closers },
): Promise<Collector> {
  const { settings, clock, log, serve } = options;
  const rooms = await openRooms(options, policies, closers);
  const state: State = {
    settings,
    policies,
    reason: serve ? 'rebuilding what was judged before the restart' : '',
    reloadOk: true,
    reloadMs: clock.now(),
    diskFreeBytes: freeBytes(settings.data),
  };
  const judging = makeJudging({ ...rooms, clock });
  const reload = makeReload(options, rooms, state);
  let work: Work | undefined;
  const web = await openCollectorWeb(options, rooms, { state, judging, reload, work: () => work });
  closers.push(() => web.close());
  const { host, port } = settings.listen;
  const { url } = serve ? await web.listen(host, port) : { url: '' };
  socket.serve(web.takeLocal);
  const begin = async (): Promise<void> => {
    if (!serve) return;
    work = await beginWatch(options, rooms, { state, judging });
    log.info('on watch', { url });
  };
  const ready = begin();
  return {
    web,
    url,
    ready,
    reload,
    close: async () => {
      state.reason = 'stopping';
      await ready.catch(() => {});
      await work?.stop();
      socket.serve((late) => late.destroy());
      await closeAll(closers);
    },
  };
}
