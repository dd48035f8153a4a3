/** The collector about itself: health, readiness, reload, status. */
import { z } from 'zod';
import { defineRoute, ReplyBody } from '../route.ts';
import { iso, isoOrNull, numberOrNull } from '../views.ts';
import type { Health } from '../web.ts';

function plain(status: number, body: string): ReplyBody {
  return new ReplyBody({ status, type: 'text/plain; charset=utf-8', body: `${body}\n` });
}

function healthView(health: Health): object {
  return {
    ready: health.ready,
    reason: health.reason,
    started: iso(health.startedMs),
    ticks: health.ticks,
    tick_failures: health.tickFailures,
    ticks_failing: health.failing.ticks,
    ticks_failing_reason: health.failing.reason,
    fault_steps_set_aside: health.stepsSetAside,
    tick_seconds: numberOrNull(health.tickSeconds),
    tick_lag_seconds: numberOrNull(health.tickLagSeconds),
    event_loop_delay_p99_seconds: numberOrNull(health.eventLoopDelay.p99Seconds),
    event_loop_delay_max_seconds: numberOrNull(health.eventLoopDelay.maxSeconds),
    config_reload_ok: health.configReloadOk,
    config_reloaded: isoOrNull(health.configReloadMs),
    disk_free_bytes: numberOrNull(health.diskFreeBytes),
  };
}

export const SERVICE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/-/healthy',
    auth: 'open',
    summary: 'The process answers',
    answer: 'text/plain',
    handle: () => plain(200, 'healthy'),
  }),
  defineRoute({
    method: 'GET',
    path: '/-/ready',
    auth: 'open',
    summary: 'Everything is rebuilt and judged; 503 while starting or stopping',
    answer: 'text/plain',
    handle: ({ doors }) => {
      const { ready, reason } = doors.health();
      return ready ? plain(200, 'ready') : plain(503, reason);
    },
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    defineRoute({
      method,
      path: '/-/reload',
      auth: 'admin',
      summary: 'Check the configuration files and swap; the last good one is kept on a mistake',
      answer: 'text/plain',
      handle: async ({ doors, actor }) => {
        await doors.actions.reload();
        await doors.desk.audit(actor, 'reload', 'configuration', 'done');
        return plain(200, 'reloaded');
      },
    }),
  ),
  defineRoute({
    method: 'GET',
    path: '/api/v1/time',
    auth: 'read',
    summary: 'What time it is here, and the zone in which people read times',
    answer: z.object({ now: z.iso.datetime(), timezone: z.string() }),
    handle: ({ doors, settings: { timezone } }) => ({ now: iso(doors.clock.now()), timezone }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/status',
    auth: 'read',
    summary: 'Version, own work, store',
    answer: z.object({
      version: z.string(),
      now: z.iso.datetime(),
      health: z.record(z.string(), z.unknown()),
      store: z.record(z.string(), z.number().nullable()),
    }),
    handle: ({ doors, settings }) => ({
      version: settings.version,
      now: iso(doors.clock.now()),
      health: healthView(doors.health()),
      store: storeView(doors.store.stats()),
    }),
  }),
];

/** `journalRows` → `journal_rows`. */
function storeView(stats: object): object {
  return Object.fromEntries(
    Object.entries(stats).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      numberOrNull(Number(value)),
    ]),
  );
}
