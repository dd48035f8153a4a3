/**
 * `npm run demo`: two months of synthetic history for a dozen servers, marked as demo everywhere,
 * brought in by the import path. `npm run demo -- --remove` takes them out again.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { call, callJson, withApi } from '../src/collector/cli/api.ts';
import type { Api, CliHost } from '../src/collector/cli/cli.ts';
import { progressBar } from '../src/collector/cli/progress.ts';
import { importTarget } from '../src/collector/cli/verbs/import.ts';
import { importSamples } from '../src/collector/import/import.ts';
import { makeHost } from '../src/collector/run.ts';
import { systemClock } from '../src/shared/clock.ts';
import { describeFailure } from '../src/shared/errors.ts';
import { DAY_MS, SLOT_MS } from '../src/shared/units.ts';
import { CHARACTERS } from './demo/character.ts';
import { demoSamples } from './demo/history.ts';

/** Last month is always whole: two months can have 62 days. */
const HISTORY_DAYS = 62;
const SEED = 20_260_101;

interface DeviceView {
  readonly name: string;
  readonly status: string;
}

/** Removes every demo device; how many there were. */
async function remove(api: Api): Promise<number> {
  const { devices } = await callJson<{ devices: DeviceView[] }>(api, {
    method: 'GET',
    path: '/api/v1/devices',
  });
  const demo = devices.filter(({ status }) => status === 'demo');
  for (const { name } of demo) {
    await call(api, { method: 'DELETE', path: `/api/v1/devices/${encodeURIComponent(name)}` });
  }
  return demo.length;
}

async function add(api: Api, host: CliHost, days: number): Promise<void> {
  const { clock, stderr, stdout } = host;
  const endMs = Math.floor(clock.now() / SLOT_MS) * SLOT_MS;
  const window = { startMs: endMs - days * DAY_MS, endMs };
  const slots = (days * DAY_MS) / SLOT_MS;
  const expected = CHARACTERS.reduce((n, c) => n + (12 + 2 * c.filesystems.length) * slots, 0);
  const hash = createHash('sha256').update(`demo ${SEED} ${days} ${endMs}`).digest('hex');
  const bar = progressBar(stderr, clock);
  const summary = await importSamples(
    { hash, demo: CHARACTERS.map(({ name }) => name) },
    demoSamples(CHARACTERS, window, SEED),
    {
      target: importTarget(api),
      clock,
      // What was removed before must come again, so no earlier run counts.
      again: true,
      onProgress: ({ rows, finishing }) =>
        bar.show(rows, expected, finishing ? 'rolling up' : `${days} days of history`),
    },
  );
  bar.end();
  stdout.write(
    `${summary.samples.toLocaleString('en')} synthetic samples of ${summary.devices.length} demo devices are in.\n` +
      'See the overview page, or: npm run -s collector -- fault list\n' +
      'Remove them with: npm run demo -- --remove\n',
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './data' },
      config: { type: 'string' },
      days: { type: 'string', default: String(HISTORY_DAYS) },
      remove: { type: 'boolean', default: false },
    },
  });
  const host = makeHost({
    args: [],
    clock: systemClock,
    version: 'demo',
    entry: new URL(import.meta.url),
    machineTimezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    nodeWarning: null,
  });
  const flags = { data: values.data, config: values.config, create: !values.remove };
  await withApi(host, flags, async (api) => {
    const removed = await remove(api);
    if (removed > 0) host.stdout.write(`${removed} demo devices are removed\n`);
    if (!values.remove) await add(api, host, Number(values.days));
    else if (removed === 0) host.stdout.write('there are no demo devices\n');
  });
}

// Waiting for a time alone does not keep a process alive; the import must.
const alive = setInterval(() => {}, 2 ** 30);
try {
  await main();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
clearInterval(alive);
