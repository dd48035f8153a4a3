/** Every address of the collector, in one table. */
import type { OwnMetrics } from './metrics/own-metrics.ts';
import type { Route } from './route.ts';
import { AGENT_ROUTES } from './routes/agents.ts';
import { CHANGE_ROUTES } from './routes/changes.ts';
import { DEPENDENCY_ROUTES } from './routes/dependencies.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { DOCUMENT_ROUTES } from './routes/documents.ts';
import { DUTY_ROUTES } from './routes/duty.ts';
import { EVENT_ROUTES } from './routes/events.ts';
import { FAULT_ROUTES } from './routes/faults.ts';
import { INBOUND_ROUTES } from './routes/inbound.ts';
import { KNOWLEDGE_ROUTES } from './routes/knowledge.ts';
import { NOTICE_ROUTES } from './routes/notices.ts';
import { PEOPLE_ROUTES } from './routes/people.ts';
import { POLICY_ROUTES } from './routes/policy.ts';
import { PROBLEM_ROUTES } from './routes/problems.ts';
import { prometheusRoutes } from './routes/prometheus.ts';
import { RECORD_ROUTES } from './routes/records.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { WINDOW_ROUTES } from './routes/windows.ts';
import { WRITING_ROUTES } from './routes/writing.ts';

export function routeTable(metrics: OwnMetrics): readonly Route[] {
  return [
    ...SERVICE_ROUTES,
    ...WRITING_ROUTES,
    ...DEVICE_ROUTES,
    ...DEPENDENCY_ROUTES,
    ...EVENT_ROUTES,
    ...FAULT_ROUTES,
    ...PEOPLE_ROUTES,
    ...DUTY_ROUTES,
    ...NOTICE_ROUTES,
    ...INBOUND_ROUTES,
    ...WINDOW_ROUTES,
    ...PROBLEM_ROUTES,
    ...CHANGE_ROUTES,
    ...KNOWLEDGE_ROUTES,
    ...AGENT_ROUTES,
    ...POLICY_ROUTES,
    ...RECORD_ROUTES,
    ...REPORT_ROUTES,
    ...prometheusRoutes(metrics),
    ...DOCUMENT_ROUTES,
  ];
}
