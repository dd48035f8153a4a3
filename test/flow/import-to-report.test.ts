/**
 * A recorded trace through import, store, rollups and report, against figures that numpy computed
 * from the same rows.
 */
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { importTarget } from '../../src/collector/cli/verbs/import.ts';
import { importCsv } from '../../src/collector/import/import.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { openStage, type Stage } from '../collector/stage.ts';
import { sharedFile } from '../support/parts.ts';

/** The first of the file, so that few rows must be read. */
const MACHINES = 3;
const MONTH = '2013-08';

let stage: Stage | undefined;
const directory = mkdtempSync(join(tmpdir(), 'trace-'));
afterEach(async () => {
  await stage?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The rows of the first machines of the trace, as a file of their own; their names. */
async function firstMachines(trace: string, file: string): Promise<string[]> {
  const lines = createInterface({ input: createReadStream(trace).pipe(createGunzip()) });
  const kept: string[] = [];
  const names: string[] = [];
  for await (const line of lines) {
    const name = line.slice(0, line.indexOf(','));
    if (kept.length > 0 && !names.includes(name)) {
      if (names.length === MACHINES) break;
      names.push(name);
    }
    kept.push(line);
  }
  writeFileSync(file, `${kept.join('\n')}\n`);
  return names;
}

interface Resource {
  readonly resource: string;
  readonly [figure: string]: unknown;
}

interface Report {
  readonly devices: readonly { readonly device: string; readonly resources: readonly Resource[] }[];
}

type Oracle = Readonly<Record<string, Readonly<Record<string, number>>>>;

test('the report of a recorded month agrees with numpy to a millionth', async (context) => {
  const trace = sharedFile('data/bitbrains_rnd_60vm_5min.csv.gz', context);
  const map = sharedFile('data/bitbrains.map.yaml', context);
  const oracleFile = sharedFile('data/bitbrains_oracle_numpy.json', context);
  const oracle = JSON.parse(readFileSync(oracleFile, 'utf8')) as Oracle;
  const file = join(directory, 'trace.csv');
  const names = await firstMachines(trace, file);
  expect(names).toHaveLength(MACHINES);

  stage = await openStage({ serve: false });
  const { web } = stage.collector;
  const target = importTarget({
    window: 8,
    request: async ({ method, path, headers, body }) => {
      const answer = await web.local({
        method,
        url: path,
        ...(headers === undefined ? {} : { headers: { ...headers } }),
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
    },
    close: async () => {},
  });
  const summary = await importCsv(file, map, { target, clock: systemClock });
  expect(summary).toMatchObject({ badRows: 0, refusedSamples: 0 });

  const url = `/api/v1/reports/capacity?month=${MONTH}&timezone=UTC&format=json`;
  const report = await stage.ask<Report>('GET', url);
  expect(report.devices.map(({ device }) => device).sort()).toEqual(
    names.map((name) => `vm-${name}`).sort(),
  );
  for (const { device, resources } of report.devices) {
    const exact = oracle[`${device.slice(3)}|${MONTH}`] ?? {};
    const cpu = resources.find(({ resource }) => resource === 'cpu');
    const memory = resources.find(({ resource }) => resource === 'memory');
    const pairs: [unknown, number | undefined][] = [
      [cpu?.mean, exact.mean],
      [cpu?.p50, exact.p50],
      [cpu?.p90, exact.p90],
      [cpu?.p95, exact.p95],
      [cpu?.p99_5, exact.p995],
      [cpu?.max, exact.max],
      [memory?.p95, exact.mem_p95],
      [memory?.max, exact.mem_max],
    ];
    for (const [ours, theirs] of pairs) {
      expect(Math.abs(Number(ours) - Number(theirs) / 100), device).toBeLessThan(1e-6);
    }
    expect(cpu?.busy_hours, device).toBe(exact.hours_ge85);
  }
  // Same data, same bytes.
  expect(await stage.ask('GET', url)).toEqual(report);
});
