/** For a Prometheus: own metrics, faults and indicators; every device as a target. */
import { z } from 'zod';
import type { Device } from '../../desk/desk.ts';
import type { OwnMetrics } from '../metrics/own-metrics.ts';
import { TEXT_TYPE } from '../metrics/text.ts';
import { defineRoute, ReplyBody, type Route } from '../route.ts';

const LABEL_PART = /[^a-zA-Z0-9_]/g;

function targetLabels(device: Device): Record<string, string> {
  const labels: Record<string, string> = {
    __metrics_path__: `/api/v1/devices/${encodeURIComponent(device.name)}/metrics`,
    instance: device.name,
    __meta_watchkeeper_kind: device.kind,
    __meta_watchkeeper_agents: device.agents.join(','),
  };
  for (const [name, value] of Object.entries(device.labels)) {
    labels[`__meta_watchkeeper_label_${name.replace(LABEL_PART, '_')}`] = value;
  }
  return labels;
}

/** The address the asker used, so that it also reaches the devices' paths through it. */
function ownAddress(host: string | string[] | undefined): string {
  const name = Array.isArray(host) ? host[0] : host;
  return name !== undefined && /^[\w.:[\]-]{1,256}$/.test(name) ? name : '127.0.0.1:8420';
}

export function prometheusRoutes(metrics: OwnMetrics): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/metrics',
      auth: 'metrics',
      summary: 'Own metrics, faults, indicators of every device',
      answer: 'text/plain',
      handle: async () => new ReplyBody({ type: TEXT_TYPE, body: await metrics.text() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/sd/prometheus',
      auth: 'metrics',
      summary: 'HTTP service discovery: each live device as a target of its own',
      answer: z.array(
        z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }),
      ),
      handle: ({ doors, headers }) => {
        const targets = [ownAddress(headers.host)];
        const live = doors.desk.devices().filter(({ status }) => status === 'live');
        return live.map((device) => ({ targets, labels: targetLabels(device) }));
      },
    }),
  ];
}
