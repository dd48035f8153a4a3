/**
 * `npm run bench`: our figures next to those of programs that do the same work, in one run on one
 * machine. `--only NAME` (may be repeated) runs some parts, `--smoke` all of them for a short time,
 * only to see that they work.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchPart, BenchTable } from './support/part.ts';
import { formatTable } from './support/table.ts';

const PARTS = [
  'ingest',
  'fault-latency',
  'store',
  'agent-cost',
  'report',
  'faults',
  'icmp',
  'snmp',
  'snmp-silent',
];

async function runPart(name: string, smoke: boolean): Promise<readonly BenchTable[]> {
  const file = join(import.meta.dirname, `${name}.ts`);
  if (!existsSync(file)) throw new Error(`there is no bench/${name}.ts`);
  const part = (await import(file)) as BenchPart;
  const directory = mkdtempSync(join(tmpdir(), `watchkeeper-bench-${name}-`));
  try {
    return await part.run({ smoke, directory });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    smoke: { type: 'boolean', default: false },
  },
});
const chosen = values.only ?? PARTS;
const processor = cpus()[0]?.model ?? 'unknown processor';
console.log(`node ${process.version}, ${availableParallelism()} × ${processor}`);
if (values.smoke) console.log('smoke run: too short for its figures to mean anything');
for (const name of chosen) {
  try {
    for (const table of await runPart(name, values.smoke)) console.log(`\n${formatTable(table)}`);
  } catch (error) {
    console.error(`\n${name}: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
