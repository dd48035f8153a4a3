/** The ledger of devices with their figures. */
import { z } from 'zod';
import { Failure } from '../../../shared/errors.ts';
import { INDICATORS, type IndicatorName } from '../../../shared/indicator.ts';
import { LABEL_NAME, LIMITS } from '../../../shared/sample.ts';
import { DAY_MS } from '../../../shared/units.ts';
import type { Device } from '../../desk/desk.ts';
import { latestSeriesText } from '../metrics/device-text.ts';
import { TEXT_TYPE } from '../metrics/text.ts';
import { defineRoute, ReplyBody, type Scene } from '../route.ts';
import { deviceName, deviceSchema, HISTORY_LIMIT_MS, instant, seriesSchema } from '../schemas.ts';
import { deviceView, openFaultsByDevice, seriesView } from '../views.ts';

const params = z.strictObject({ name: deviceName });

function known({ doors }: Scene, name: string): Device {
  const device = doors.desk.device(name);
  if (device !== undefined) return device;
  throw new Failure('not_found', `there is no device ${JSON.stringify(name)}`, {
    hint: 'collector device list shows all',
  });
}

function history(query: { from: number; to: number }): { from: number; to: number } {
  if (query.to <= query.from) {
    throw new Failure('bad_request', 'query from: must be before to');
  }
  if (query.to - query.from > HISTORY_LIMIT_MS) {
    throw new Failure('bad_request', 'query from: at most 92 days in one answer', {
      hint: 'ask for several shorter windows',
    });
  }
  return query;
}

const indicatorNames = Object.keys(INDICATORS) as [IndicatorName, ...IndicatorName[]];

export const DEVICE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/devices',
    auth: 'read',
    summary: 'All devices with facts, newest figures and open faults',
    answer: z.object({ devices: z.array(deviceSchema) }),
    handle: ({ doors }) => {
      const faults = openFaultsByDevice(doors.faults.open());
      const devices = doors.desk.devices();
      return { devices: devices.map((d) => deviceView(d, doors, faults.get(d.name) ?? [])) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/devices/:name',
    auth: 'read',
    summary: 'One device',
    params,
    answer: deviceSchema,
    handle: (input) => {
      const { doors } = input;
      const device = known(input, input.params.name);
      const faults = openFaultsByDevice(doors.faults.open());
      return deviceView(device, doors, faults.get(device.name) ?? []);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/devices/:name/metrics',
    auth: 'metrics',
    summary: 'Newest raw series of a device, for Prometheus',
    params,
    answer: 'text/plain',
    handle: (input) => {
      known(input, input.params.name);
      const body = latestSeriesText(input.doors.store, input.params.name);
      return new ReplyBody({ type: TEXT_TYPE, body });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/devices/:name/history',
    auth: 'read',
    summary: '5-minute values of one indicator; default: the last day',
    params,
    query: z.strictObject({
      indicator: z.enum(indicatorNames),
      from: instant.optional(),
      to: instant.optional(),
    }),
    answer: z.object({ series: z.array(seriesSchema) }),
    handle: async (input) => {
      const { doors, query } = input;
      const { name } = known(input, input.params.name);
      const end = query.to ?? doors.clock.now();
      const { from, to } = history({ from: query.from ?? end - DAY_MS, to: end });
      const slots = await doors.history.slots(name, from, to, [query.indicator]);
      return { series: slots.map(seriesView) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/v1/devices/:name/labels',
    auth: 'admin',
    summary: 'Replace the labels that thresholds and levels look at (impact: high, medium, low)',
    params,
    body: z.strictObject({
      labels: z
        .record(z.string().regex(LABEL_NAME), z.string().max(LIMITS.labelValueBytes))
        .refine((labels) => Object.keys(labels).length <= LIMITS.labelsPerSeries, 'too many labels')
        .refine(
          ({ impact }) => impact === undefined || ['high', 'medium', 'low'].includes(impact),
          'impact is one of high, medium, low',
        ),
    }),
    answer: deviceSchema,
    handle: async (input) => {
      const { doors } = input;
      const { name } = known(input, input.params.name);
      await doors.desk.setLabels(name, input.body.labels, input.actor);
      return deviceView(known(input, name), doors, []);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/v1/devices/:name',
    auth: 'admin',
    summary: 'Forget a device: its samples, figures, open faults and ledger entry',
    params,
    answer: z.object({}),
    handle: async (input) => {
      const { name } = known(input, input.params.name);
      await input.doors.actions.removeDevice(name, input.actor);
      return {};
    },
  }),
];
