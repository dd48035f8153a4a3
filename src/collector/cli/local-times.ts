/** Times as people read them: local time of the collector's zone, to the second. */
import { callJson } from './api.ts';
import type { Api } from './cli.ts';

/** As the API writes them. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export interface LocalTimes {
  /** `+08:00`: said once, above the times. */
  readonly offset: string;
  /** `2026-01-05 08:00:00`; with its own offset where the clocks were changed since. */
  of(time: string | null, none?: string): string;
  /** Every time inside an answer of the API. */
  within<T>(answer: T): T;
}

export function localTimes(zone: string, nowMs: number): LocalTimes {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs);
  const { offset } = now.toZonedDateTimeISO(zone);
  const local = (time: string): string => {
    const at = Temporal.Instant.from(time).toZonedDateTimeISO(zone);
    const text = at.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
    return at.offset === offset ? text : `${text}${at.offset}`;
  };
  const within = (value: unknown): unknown => {
    if (typeof value === 'string') return UTC_TIME.test(value) ? local(value) : value;
    if (Array.isArray(value)) return value.map(within);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, within(one)]));
  };
  return {
    offset,
    of: (time, none = '') => (time === null ? none : local(time)),
    within: <T>(answer: T): T => within(answer) as T,
  };
}

/** What time it is at the collector, and the zone it is configured for. */
export function collectorTime(
  api: Api,
): Promise<{ readonly now: string; readonly timezone: string }> {
  return callJson(api, { method: 'GET', path: '/api/v1/time' });
}

/** In the zone the collector is configured for, whoever asks. */
export async function timesOf(api: Api): Promise<LocalTimes> {
  const { now, timezone } = await collectorTime(api);
  return localTimes(timezone, Date.parse(now));
}
