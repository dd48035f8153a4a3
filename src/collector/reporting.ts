/**
 * Reports away from ingest: when serving, each runs in a worker thread over a read-only store; a
 * verb without a running collector makes it in its own process.
 */
import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode, messageOf } from '../shared/errors.ts';
import type { Desk } from './desk/desk.ts';
import type { Faults } from './faults/faults.ts';
import type { IndicatorHistory } from './indicators/indicators.ts';
import {
  makeReport,
  type Rendering,
  type ReportDevice,
  type ReportFault,
  type ReportRequest,
} from './reports/reports.ts';

/** What a worker gets: plain data, because a door cannot cross a thread. */
export interface ReportJob {
  readonly job: 'report';
  readonly directory: string;
  readonly request: ReportRequest;
  readonly devices: readonly ReportDevice[];
  readonly faults: readonly ReportFault[];
}

/** What it sends back. */
export type ReportResult =
  | { readonly kind: 'done'; readonly rendering: Rendering }
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly hint: string;
    };

/** A report of a thousand devices takes seconds and a few hundred MiB: one at a time. */
const WAITING_LIMIT = 8;
const WORKER_HEAP_MIB = 1_024;

export interface ReportSources {
  readonly desk: Pick<Desk, 'devices'>;
  readonly faults: Pick<Faults, 'list'>;
}

function devicesOf({ desk }: ReportSources): readonly ReportDevice[] {
  return desk
    .devices()
    .map(({ name, kind, facts, labels, status }) => ({ name, kind, facts, labels, status }));
}

/** The store pages its answers; a report needs all of the period. */
async function faultsOf(
  { faults }: ReportSources,
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly ReportFault[]> {
  const found: ReportFault[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await faults.list({
      state: 'all',
      ...window,
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, device, level, phenomenon, beganMs, recoveredMs } of page) {
      found.push({ id, device, level, phenomenon, beganMs, recoveredMs });
    }
    after = page.at(-1)?.id;
    if (page.length < 1_000 || after === undefined) return found;
  }
}

/** A month and the day before and after it, in milliseconds: no zone is further from UTC. */
function generousWindow(month: string): { fromMs: number; toMs: number } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { fromMs: Date.UTC(year, number - 1, 0), toMs: Date.UTC(year, number, 2) };
}

export function reportHere(
  request: ReportRequest,
  sources: ReportSources & { readonly history: IndicatorHistory },
): Promise<Rendering> {
  return makeReport(request, {
    devices: async () => devicesOf(sources),
    history: sources.history,
    faults: (fromMs, toMs) => faultsOf(sources, { fromMs, toMs }),
  });
}

function runWorker(entry: URL, job: ReportJob): Promise<Rendering> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
    });
    worker.once('message', (result: ReportResult) => {
      if (result.kind === 'done') resolve(result.rendering);
      else reject(new Failure(result.code, result.message, { hint: result.hint }));
    });
    worker.once('error', (error) => {
      reject(new Failure('internal', `the report failed: ${messageOf(error)}`, { cause: error }));
    });
    worker.once('exit', () => reject(new Failure('internal', 'the report ended without a word')));
  });
}

export interface Reporter {
  make(request: ReportRequest): Promise<Rendering>;
}

/** `entry` is the program's own file: the bundle is one, and branches on `isMainThread`. */
export function openReporter(entry: URL, directory: string, sources: ReportSources): Reporter {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const run = async (request: ReportRequest): Promise<Rendering> => {
    const faults = await faultsOf(sources, generousWindow(request.month));
    const devices = devicesOf(sources);
    return runWorker(entry, { job: 'report', directory, request, devices, faults });
  };
  return {
    make: (request) => {
      if (waiting >= WAITING_LIMIT) {
        throw new Failure('overloaded', `${waiting} reports are waiting already`, {
          hint: 'ask again when they are done',
        });
      }
      waiting++;
      const mine = last.then(() => run(request)).finally(() => void waiting--);
      last = mine.catch(() => {});
      return mine;
    },
  };
}
