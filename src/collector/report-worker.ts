/** The worker's side of a report: a store of its own, read-only, and nothing that writes. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../shared/clock.ts';
import { bug, Failure, messageOf } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import { openHistory } from './indicators/indicators.ts';
import type { ReportJob, ReportResult } from './reporting.ts';
import { makeReport } from './reports/reports.ts';
import { openStore } from './store/store.ts';

async function make({ directory, request, devices, faults }: ReportJob): Promise<ReportResult> {
  const log = createLog({ level: 'warn', room: 'report' });
  const store = await openStore({ directory, clock: systemClock, log, readOnly: true });
  try {
    const rendering = await makeReport(request, {
      devices: async () => devices,
      history: openHistory(store),
      faults: async (fromMs, toMs) =>
        faults.filter((f) => f.beganMs < toMs && (f.recoveredMs ?? toMs) >= fromMs),
    });
    return { kind: 'done', rendering };
  } finally {
    await store.close();
  }
}

export async function runReportWorker(): Promise<void> {
  if (parentPort === null) bug('a report worker without a parent');
  const result = await make(workerData as ReportJob).catch((error: unknown): ReportResult => {
    if (error instanceof Failure) {
      return { kind: 'failed', code: error.code, message: error.message, hint: error.hint };
    }
    return { kind: 'failed', code: 'internal', message: messageOf(error), hint: '' };
  });
  parentPort.postMessage(result);
}
