/**
 * The collector put together. Rooms are opened upstream first and closed in reverse; nothing else
 * knows more than the doors upstream of it.
 */
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { finishImport, removeDevice } from './actions.ts';
import { agentsByName, factsOf } from './device-facts.ts';
import { type ControlSocket, claimDirectory, prepareDirectory } from './directory.ts';
import { type FaultDesk, openFaultDesk } from './fault-desk.ts';
import { type Judging, makeJudging } from './judging.ts';
import { loadPolicies, type Policies } from './policies.ts';
import { openReporter, reportHere } from './reporting.ts';
import { type Closers, closeAll, openRooms, type Rooms } from './rooms.ts';
import { configSchemas } from './schemas.ts';
import { type CollectorSettings, checkExposure } from './settings.ts';
import {
  freeBytes,
  makeHealth,
  makeReload,
  reportRequest,
  type State,
  webSettings,
} from './state.ts';
import { beginWatch, openLate } from './watch.ts';
import { openWeb, type Web, type WebDoors } from './web/web.ts';
import { SLICE_MS, type Work } from './work.ts';

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

const VERB_SLICE_MS = 1_000;

function openCollectorWeb(
  options: CollectorOptions,
  rooms: Rooms,
  inside: {
    readonly state: State;
    readonly judging: Judging;
    readonly faultDesk: FaultDesk;
    readonly reload: () => Promise<void>;
    readonly health: WebDoors['health'];
  },
): Promise<Web> {
  const { clock, log, version, entry, serve } = options;
  const { state, judging, faultDesk, reload, health } = inside;
  const { desk, store, faults, history } = rooms;
  const reporter =
    entry === null ? null : openReporter(entry, state.settings.data, { desk, faults });
  return openWeb(
    {
      ...rooms,
      ...faultDesk,
      clock,
      log: log.room('web'),
      health,
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
        raiseFault: async (reported, writing) =>
          (await faults.raise(reported, faultDesk.context, writing)).fault,
        factsOf: (name) => {
          const device = desk.device(name);
          return device && factsOf(device, agentsByName(desk), store);
        },
      },
    },
    () => webSettings(state, version),
  );
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
  let work: Work | undefined;
  const health = makeHealth(state, { work: () => work, faults: rooms.faults, clock });
  const faultDesk = await openFaultDesk(
    {
      ...rooms,
      directory: settings.data,
      clock,
      log,
      organisation: settings.organisation,
      policies: () => state.policies,
      health,
    },
    closers,
  );
  const quiet = { ...faultDesk.context, begin: faultDesk.begin };
  const late = openLate(rooms, { clock, state, context: faultDesk.context });
  const judging = makeJudging({ ...rooms, clock, quiet, late });
  const reload = makeReload(options, { ...rooms, faultDesk }, state);
  const inside = { state, judging, faultDesk, reload, health };
  const web = await openCollectorWeb(options, rooms, inside);
  closers.push(() => web.close());
  const { host, port } = settings.listen;
  const { url } = serve ? await web.listen(host, port) : { url: '' };
  socket.serve(web.takeLocal);
  const begin = async (): Promise<void> => {
    if (!serve) return;
    work = await beginWatch(options, rooms, { state, judging, faultDesk, late });
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
