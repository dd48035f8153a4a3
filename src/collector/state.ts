/** What may change while the collector runs, and the views of it that rooms are given. */
import { statfsSync } from 'node:fs';
import type { Clock } from '../shared/clock.ts';
import { Failure, messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { LIMITS } from '../shared/sample.ts';
import type { Evaluator } from './evaluate/evaluate.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { Faults } from './faults/faults.ts';
import type { Field } from './field.ts';
import type { OwnHealth } from './notify/notify.ts';
import { loadPolicies, type Policies } from './policies.ts';
import type { ReportRequest } from './reports/reports.ts';
import { type CollectorSettings, checkExposure } from './settings.ts';
import type { Health, ReportQuery, WebSettings } from './web/web.ts';
import type { Work, WorkState } from './work.ts';

/** What may change while it runs. */
export interface State {
  settings: CollectorSettings;
  policies: Policies;
  /** Why it is not ready; '' when it is. */
  reason: string;
  reloadOk: boolean;
  reloadMs: number;
  diskFreeBytes: number;
}

export interface HealthDoors {
  readonly work: () => Work | undefined;
  readonly faults: Pick<Faults, 'setAside'>;
  readonly clock: Clock;
}

/** Steps of faults that were set aside are a trouble of now for this long. */
const ASIDE_MS = 3_600_000;

/** How the collector fares, for its pages and for its own faults. */
export function makeHealth(
  state: State,
  { work, faults, clock }: HealthDoors,
): () => Health & OwnHealth {
  const startedMs = clock.now();
  return () => {
    const { count, atMs } = faults.setAside();
    return {
      ...workHealth(work()?.state()),
      startedMs,
      ready: state.reason === '',
      reason: state.reason,
      stepsSetAside: count,
      setAside: clock.now() - atMs < ASIDE_MS ? count : 0,
      configReloadOk: state.reloadOk,
      configReloadMs: state.reloadMs,
      diskFreeBytes: state.diskFreeBytes,
    };
  };
}

function workHealth(now: WorkState | undefined) {
  return {
    ticks: now?.ticks ?? 0,
    tickFailures: now?.failures ?? 0,
    failing: now?.failing ?? { ticks: 0, reason: '' },
    tickSeconds: now?.tickSeconds ?? 0,
    tickLagSeconds: now?.lagSeconds ?? 0,
    eventLoopDelay: now?.delay ?? { p99Seconds: 0, maxSeconds: 0 },
  };
}

export function webSettings({ settings }: State, version: string): WebSettings {
  const { token, metricsToken, locale, timezone, connections, connectionsPerAddress } = settings;
  return {
    ...{ version, token, metricsToken, locale, timezone, connections, connectionsPerAddress },
    organisation: settings.organisation,
    bodyBytes: settings.bodyBytes ?? LIMITS.bodyBytes,
  };
}

export function reportRequest(query: ReportQuery, { settings, policies }: State): ReportRequest {
  return {
    name: query.name,
    month: query.month,
    timezone: query.timezone ?? settings.timezone,
    locale: query.locale ?? settings.locale,
    format: query.format ?? 'json',
    policy: policies.capacity,
    organisation: settings.organisation,
  };
}

export interface ReloadOptions {
  /** Reads the configuration again. Throws `config`. */
  readonly reread: () => CollectorSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the rooms were opened with: another value would apply to some of them only. */
const FIXED = [
  'data',
  'listen',
  'store',
  'bodyBytes',
  'connections',
  'connectionsPerAddress',
] as const;
const NAMES: Readonly<Record<(typeof FIXED)[number], string>> = Object.freeze({
  data: 'data',
  listen: 'listen',
  store: 'retention and limits',
  bodyBytes: 'limits.body',
  connections: 'limits.connections',
  connectionsPerAddress: 'limits.connections_per_address',
});

/** A configuration never applies by halves. Throws `config`. */
function checkFixed(now: CollectorSettings, next: CollectorSettings): void {
  const changed = FIXED.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(next[key]));
  if (changed.length === 0) return;
  const names = changed.map((key) => NAMES[key]).join(', ');
  throw new Failure('config', `${names} cannot change while the collector runs`, {
    hint: 'restart the collector, or take the change back',
  });
}

/** Check → swap: everything is read and good before anything changes. */
export function makeReload(
  { reread, clock, log }: ReloadOptions,
  rooms: {
    readonly evaluator: Evaluator;
    readonly faults: Faults;
    readonly field: Pick<Field, 'reload'>;
    readonly faultDesk: Pick<FaultDesk, 'reload' | 'notify'>;
  },
  state: State,
): () => Promise<void> {
  return async () => {
    try {
      const settings = reread();
      checkFixed(state.settings, settings);
      checkExposure(settings);
      const policies = loadPolicies(settings);
      // Opens channels, so it is the one swap that may fail: then nothing else has changed yet.
      rooms.faultDesk.notify.reload(policies.notify);
      state.settings = settings;
      state.policies = policies;
      rooms.evaluator.reload(policies.thresholds);
      rooms.faults.reload(policies.levels);
      rooms.field.reload(policies.quiet);
      rooms.faultDesk.reload(policies);
      state.reloadOk = true;
      state.reloadMs = clock.now();
      log.info('configuration reloaded');
    } catch (error) {
      state.reloadOk = false;
      log.error('configuration refused, the last good one is kept', { error: messageOf(error) });
      throw error;
    }
  };
}

/** Free bytes for this user; NaN when it could not be read. */
export function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}
