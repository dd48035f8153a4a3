/** `agent spool`: what waits, and what was lost. Reads only, also while the agent runs. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { inspectSpool, type SpoolStats } from '../../spool/spool.ts';
import type { CliHost } from '../cli.ts';
import { columns, sizeOf, spanOf } from '../text.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

export function spoolText(directory: string, stats: SpoolStats, nowMs: number): string {
  const { batches, samples, bytes, oldestMs, dropped } = stats;
  const age = oldestMs === 0 ? '-' : spanOf((nowMs - oldestMs) / 1000);
  const lines = [
    ['spool', directory],
    ['waiting', `${samples} samples in ${batches} batches`],
    ['oldest', age],
    [
      'on disk',
      `${sizeOf(bytes)} (with what is kept for a day); ${sizeOf(stats.diskFreeBytes)} free`,
    ],
    ['issued', `${stats.issuedSamples} samples`],
    ['acknowledged', `${stats.ackedSamples} samples`],
    ...Object.entries(dropped).map(([reason, lost]) => [`dropped: ${reason}`, `${lost} samples`]),
    ['losses not yet declared', String(stats.gapRecords)],
    ['put aside', `${stats.quarantinedFiles} files`],
  ];
  const epochs = stats.epochs.map(({ epoch, nextSeq, lastSeq }) => [
    epoch,
    `${nextSeq} to ${lastSeq}`,
  ]);
  const table = epochs.length === 0 ? '' : `\n${columns([['EPOCH', 'WAITING'], ...epochs])}`;
  return columns(lines) + table;
}

async function inspect(directory: string, clock: CliHost['clock']): Promise<SpoolStats | null> {
  try {
    return await inspectSpool(directory, clock);
  } catch (cause) {
    throw new Failure('io', `the spool ${directory} cannot be read: ${messageOf(cause)}`, {
      hint: 'name the data directory of the agent with --data, and run this as its user',
      cause,
    });
  }
}

export function addSpool(program: Command, { host }: VerbContext): void {
  const command = program
    .command('spool')
    .description('show the backlog: how much waits, since when, and what was dropped')
    .action(async (options) => {
      const { data } = await host.settings(flagsOf(options));
      const directory = join(data, 'spool');
      const stats = await inspect(directory, host.clock);
      host.stdout.write(
        stats === null
          ? `there is no spool in ${data}: no agent ran here\n`
          : spoolText(directory, stats, host.clock.now()),
      );
    });
  withExample(withPlace(command), 'agent spool --data /var/lib/watchkeeper-agent');
}
