/** All parts of the back-test, and the figures they must reach. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportPolicy } from '../../src/collector/reports/policy.ts';
import { diskCases } from './disk-cases.ts';
import { type ChainScore, type DiskScore, judgeChain, judgeDisks } from './disks.ts';
import { dailyWrites, readAzure, readBitbrains, readChain } from './recordings.ts';
import { backtestFortnight, backtestMonths, type Score, score } from './servers.ts';

export interface Backtest {
  readonly cpu: Score;
  readonly memory: Score;
  readonly azure: Score;
  readonly disks: DiskScore;
  readonly chain: readonly ChainScore[];
}

/** One line of the result: what came out, what a reference implementation reaches. */
export interface Gate {
  readonly name: string;
  readonly value: number;
  readonly goal: number;
  readonly better: 'more' | 'less';
  readonly unit: '' | '%';
}

const DRAWS = 4;

export const RECORDINGS = [
  'bitbrains_rnd_60vm_5min.csv.gz',
  'azure100_5min_avg.csv.gz',
  'growth_bitcoin_chain.csv',
] as const;

/** The recordings that are not there. */
export function missingRecordings(directory: string): readonly string[] {
  return RECORDINGS.filter((name) => !existsSync(join(directory, name)));
}

/** Trained on July + August 2013, judged on September; Azure 14 days on the next 14. */
export function runBacktest(directory: string, policy: ReportPolicy): Backtest {
  const recordings = readBitbrains(directory);
  const { cpu, memory } = backtestMonths(recordings, '2013-09', policy);
  const writes = new Map(recordings.map((one) => [one.name, dailyWrites(one)]));
  return {
    cpu: score(cpu),
    memory: score(memory),
    azure: score(backtestFortnight(readAzure(directory), policy)),
    disks: judgeDisks(diskCases(writes, DRAWS), policy),
    chain: judgeChain(readChain(directory), policy),
  };
}

export function gatesOf({ cpu, memory, azure, disks, chain }: Backtest): readonly Gate[] {
  const more = (name: string, value: number, goal: number, unit: Gate['unit'] = ''): Gate => ({
    name,
    value,
    goal,
    better: 'more',
    unit,
  });
  const less = (name: string, value: number, goal: number, unit: Gate['unit'] = ''): Gate => ({
    ...more(name, value, goal, unit),
    better: 'less',
  });
  const at60 = disks.horizons.find(({ days }) => days === 60);
  const chain60 = chain.find(({ days }) => days === 60);
  return [
    more('CPU cuts', cpu.cuts, 10),
    more('CPU cut, share of cores', cpu.cutShare * 100, 14.4, '%'),
    less('CPU regret', cpu.regrets.length, 0),
    more('CPU add: flagged', cpu.flagged, 17),
    more('CPU add: precision', cpu.precision, 0.94),
    more('CPU add: recall', cpu.recall, 1),
    more('memory cuts', memory.cuts, 13),
    more('memory cut, share of GB', memory.cutShare * 100, 25.6, '%'),
    less('memory regret', memory.regrets.length, 0),
    more('Azure CPU cuts', azure.cuts, 83),
    more('Azure CPU cut, share of cores', azure.cutShare * 100, 39, '%'),
    less('Azure CPU regret', azure.regrets.length, 1),
    more('disk F1, 60 days', at60?.f1 ?? NaN, 0.82),
    less('disk Brier score, 60 days', at60?.brier ?? NaN, 0.055),
    less('disk false alarms on flat disks', disks.falseAlarms.flat, 0),
    less(
      'chain size, error of the date at 60 days',
      (chain60?.relativeError ?? NaN) * 100,
      10,
      '%',
    ),
  ];
}

/** Rounded as printed, because the goals are. NaN passes nothing. */
export function passes({ value, goal, better }: Gate): boolean {
  const rounded = Number(value.toFixed(3));
  return better === 'more' ? rounded >= goal : rounded <= goal;
}
