/** Pages for people, and the description of the API. */
import { z } from 'zod';
import type { Fault } from '../../faults/faults.ts';
import { openApi } from '../openapi.ts';
import { apiPage } from '../pages/api-page.ts';
import { overviewPage } from '../pages/overview.ts';
import { PAGE_CSS } from '../pages/page-css.ts';
import { chooseWords } from '../pages/words.ts';
import { defineRoute, ReplyBody, type Scene } from '../route.ts';

const HTML_TYPE = 'text/html; charset=utf-8';
const DEVICES_PER_PAGE = 200;

interface Asked {
  readonly lang?: string | undefined;
  readonly page: number;
}

function overview({ doors, settings, headers }: Scene, { lang, page }: Asked): string {
  const faults = doors.faults.open();
  const all = devicesInOrder(doors.desk.devices(), faults);
  const pages = Math.max(1, Math.ceil(all.length / DEVICES_PER_PAGE));
  const at = Math.min(page, pages);
  const shown = all.slice((at - 1) * DEVICES_PER_PAGE, at * DEVICES_PER_PAGE);
  return overviewPage({
    words: chooseWords(lang, String(headers['accept-language'] ?? ''), settings.locale),
    version: settings.version,
    nowMs: doors.clock.now(),
    timezone: settings.timezone,
    health: doors.health(),
    stats: doors.store.stats(),
    faults,
    deviceOf: (name) => doors.desk.device(name),
    devices: shown.map((device) => ({
      device,
      newestMs: doors.store.newest(device.name),
      values: doors.live.of(device.name),
    })),
    deviceCount: all.length,
    page: at,
    pages,
  });
}

/** Devices in trouble first, then by name. */
function devicesInOrder<T extends { readonly name: string }>(
  devices: readonly T[],
  faults: readonly Fault[],
): readonly T[] {
  const worst = new Map<string, number>();
  for (const { device, level } of faults) {
    worst.set(device, Math.min(worst.get(device) ?? 9, level));
  }
  return devices.toSorted(
    (a, b) => (worst.get(a.name) ?? 9) - (worst.get(b.name) ?? 9) || (a.name < b.name ? -1 : 1),
  );
}

export const DOCUMENT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/',
    auth: 'read',
    summary: 'Overview page',
    query: z.strictObject({
      lang: z.enum(['zh-CN', 'en']).optional(),
      page: z.coerce.number().int().min(1).max(100_000).default(1),
    }),
    answer: 'text/html',
    handle: (input) => new ReplyBody({ type: HTML_TYPE, body: overview(input, input.query) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/assets/page.css',
    auth: 'open',
    summary: 'Style sheet of the pages',
    answer: 'text/css',
    handle: () =>
      new ReplyBody({
        type: 'text/css; charset=utf-8',
        body: PAGE_CSS,
        headers: { 'cache-control': 'max-age=3600' },
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/docs',
    auth: 'read',
    summary: 'This API as a page',
    answer: 'text/html',
    handle: ({ routes, settings }) =>
      new ReplyBody({ type: HTML_TYPE, body: apiPage(routes, settings.version) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/docs/openapi.json',
    auth: 'read',
    summary: 'This API as OpenAPI 3.1',
    answer: z.record(z.string(), z.unknown()),
    handle: ({ routes, settings }) => openApi(routes, settings.version),
  }),
];
