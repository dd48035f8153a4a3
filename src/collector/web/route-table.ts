/** Every address of the collector, in one table. */
import type { OwnMetrics } from './metrics/own-metrics.ts';
import type { Route } from './route.ts';
import { AGENT_ROUTES } from './routes/agents.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { DOCUMENT_ROUTES } from './routes/documents.ts';
import { FAULT_ROUTES } from './routes/faults.ts';
import { POLICY_ROUTES } from './routes/policy.ts';
import { prometheusRoutes } from './routes/prometheus.ts';
import { RECORD_ROUTES } from './routes/records.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { WRITING_ROUTES } from './routes/writing.ts';

export function routeTable(metrics: OwnMetrics): readonly Route[] {
  return [
    ...SERVICE_ROUTES,
    ...WRITING_ROUTES,
    ...DEVICE_ROUTES,
    ...FAULT_ROUTES,
    ...AGENT_ROUTES,
    ...POLICY_ROUTES,
    ...RECORD_ROUTES,
    ...REPORT_ROUTES,
    ...prometheusRoutes(metrics),
    ...DOCUMENT_ROUTES,
  ];
}
