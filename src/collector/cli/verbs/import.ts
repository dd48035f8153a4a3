/** `collector import csv|openmetrics`: history from files. */
import type { Command } from 'commander';
import {
  type ImportOptions,
  type ImportSummary,
  type ImportTarget,
  importCsv,
  importOpenMetrics,
} from '../../import/import.ts';
import { callJson, withApi } from '../api.ts';
import type { Api, CliHost } from '../cli.ts';
import { progressBar } from '../progress.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

/** The import's view of the API. */
export function importTarget(api: Api): ImportTarget {
  return {
    window: api.window,
    begin: (body) => callJson(api, { method: 'POST', path: '/api/v1/imports', body }),
    write: async (body, headers) => {
      const answer = await api.request({ method: 'POST', path: '/api/v1/write', headers, body });
      return { status: answer.status, headers: answer.headers, body: answer.body.toString() };
    },
    finish: async ({ agent, devices }) => {
      const path = `/api/v1/imports/${encodeURIComponent(agent)}/finish`;
      return callJson(api, { method: 'POST', path, body: { devices } });
    },
  };
}

const count = (value: number): string => value.toLocaleString('en');

function report(host: CliHost, summary: ImportSummary, seconds: number): void {
  const { samples, rows, devices, batches, skippedBatches, badRows, refusedSamples } = summary;
  host.stdout.write(
    `${count(samples)} samples of ${count(devices.length)} devices from ${count(rows)} rows in ${seconds.toFixed(1)} s\n`,
  );
  if (badRows > 0) host.stdout.write(`${count(badRows)} rows could not be read and were skipped\n`);
  if (refusedSamples > 0) {
    host.stdout.write(
      `${count(refusedSamples)} samples were refused by the collector: see /api/v1/gaps and its log\n`,
    );
  }
  if (skippedBatches > 0) {
    host.stdout.write(
      `${count(skippedBatches)} of ${count(batches)} batches were stored before; --again sends them anew\n`,
    );
  }
}

interface ImportFlags {
  readonly skipBadRows?: boolean;
  readonly again?: boolean;
}

async function runImport(
  host: CliHost,
  options: Readonly<Record<string, unknown>> & ImportFlags,
  task: (options: ImportOptions) => Promise<ImportSummary>,
): Promise<void> {
  const { clock } = host;
  const bar = progressBar(host.stderr, clock);
  const startMs = clock.monotonic();
  try {
    const summary = await withApi(host, { ...flagsOf(options), create: true }, (api) =>
      task({
        target: importTarget(api),
        clock,
        again: options.again ?? false,
        skipBadRows: options.skipBadRows ?? false,
        onProgress: ({ bytes, totalBytes, rows, finishing }) =>
          bar.show(bytes, totalBytes, finishing ? 'rolling up' : `${count(rows)} rows`),
      }),
    );
    bar.end();
    report(host, summary, (clock.monotonic() - startMs) / 1_000);
  } finally {
    bar.end();
  }
}

const common = (command: Command): Command =>
  withPlace(command)
    .option('--skip-bad-rows', 'count rows that cannot be read instead of stopping')
    .option('--again', 'send everything, also what an earlier run stored');

export function addImportVerbs(program: Command, { host }: VerbContext): void {
  const verbs = program
    .command('import')
    .description('history from elsewhere; goes on where it was interrupted');
  withExample(
    common(
      verbs
        .command('csv <file>')
        .description('a CSV file, plain or gzip')
        .requiredOption('--map <file>', 'YAML that says which column is what')
        .action((file: string, options) =>
          runImport(host, options, (rest) => importCsv(file, String(options.map), rest)),
        ),
    ),
    'collector import csv usage.csv.gz --map usage.map.yaml --data ./data',
  );
  withExample(
    common(
      verbs
        .command('openmetrics <file>')
        .description('OpenMetrics text with timestamps, plain or gzip')
        .option('--device <name>', 'for series without the label instance')
        .action((file: string, options) =>
          runImport(host, options, (rest) => importOpenMetrics(file, options.device, rest)),
        ),
    ),
    'collector import openmetrics dump.om --data ./data',
  );
}
