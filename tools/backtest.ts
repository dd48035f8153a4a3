/**
 * `npm run backtest [-- --data DIR]`: the rules of the capacity report on recorded months, judged
 * by the months that followed, beside the figures of a reference implementation. Ends with 1 when
 * a figure is worse.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readReportPolicy } from '../src/collector/reports/policy.ts';
import { ARCHETYPES } from './backtest/disk-cases.ts';
import {
  type Backtest,
  type Gate,
  gatesOf,
  missingRecordings,
  passes,
  runBacktest,
} from './backtest/gates.ts';

const ROOT = resolve(import.meta.dirname, '..');

const figure = (value: number, unit: string): string =>
  `${Number.isInteger(value) ? value : value.toFixed(unit === '%' ? 1 : 3)}${unit && ` ${unit}`}`;

function line(gate: Gate): string {
  const limit = gate.better === 'more' ? '≥' : '≤';
  const goal = `${limit} ${figure(gate.goal, gate.unit)}`;
  return [
    gate.name.padEnd(42),
    figure(gate.value, gate.unit).padStart(10),
    goal.padStart(12),
    passes(gate) ? '  ok' : '  WORSE',
  ].join('');
}

function details({ cpu, memory, azure, disks, chain }: Backtest): readonly string[] {
  const regretted = [...cpu.regrets, ...memory.regrets, ...azure.regrets].join(', ') || 'none';
  return [
    `servers judged: Bitbrains ${cpu.servers} (three full months), Azure ${azure.servers}`,
    `regretted cuts: ${regretted}`,
    '',
    `${disks.cases} disks       base rate  precision  recall     F1   Brier`,
    ...disks.horizons.map(
      ({ days, baseRate, precision, recall, f1, brier }) =>
        `  full in ${days} days ${[baseRate, precision, recall, f1, brier].map((n) => n.toFixed(3).padStart(9)).join(' ')}`,
    ),
    `  false alarms: ${ARCHETYPES.map((name) => `${name} ${disks.falseAlarms[name]}`).join(', ')}`,
    ...chain.map(
      ({ days, windows, relativeError }) =>
        `chain size, ${days} days ahead: median error ${(relativeError * 100).toFixed(1)} % (${windows} windows)`,
    ),
  ];
}

const { values } = parseArgs({ options: { data: { type: 'string' } } });
const directory = resolve(values.data ?? join(ROOT, '../shared/data'));
const missing = missingRecordings(directory);
if (missing.length > 0) {
  console.log(`back-test skipped: ${directory} has no ${missing.join(', no ')}`);
} else {
  const result = runBacktest(directory, readReportPolicy(join(ROOT, 'config/capacity.yaml')));
  const gates = gatesOf(result);
  console.log(`${'figure'.padEnd(42)}${'ours'.padStart(10)}${'goal'.padStart(12)}`);
  for (const gate of gates) console.log(line(gate));
  console.log(`\n${details(result).join('\n')}`);
  if (!gates.every(passes)) process.exitCode = 1;
}
