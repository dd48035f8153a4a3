/** `agent probe`: runs probes now and shows every phase, every check and every series they make. */
import type { Command } from 'commander';
import { didYouMean } from '../../../shared/config-problems.ts';
import { Failure } from '../../../shared/errors.ts';
import { createLog } from '../../../shared/log.ts';
import {
  type Figure,
  type Probe,
  type ProbeSettings,
  probeOnce,
  type Report,
  readProbes,
} from '../../probes/probes.ts';
import type { CliHost } from '../cli.ts';
import { columns, plain } from '../text.ts';
import { checkFormat, flagsOf, type VerbContext, withExample } from '../verb.ts';

const SIGNS = Object.freeze({ success: 'works', failure: 'FAILS', unknown: 'UNKNOWN' });

/** Three digits: a round trip may be a hundredth of a millisecond. */
const milliseconds = (seconds: number): string => `${Number((seconds * 1_000).toPrecision(3))} ms`;

function seriesText({ name, value, labels }: Figure): string[] {
  const pairs = labels.flatMap((label, i) =>
    i % 2 === 0 ? [`${label}=${JSON.stringify(labels[i + 1] ?? '')}`] : [],
  );
  return [
    pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`,
    String(Number(value.toPrecision(12))),
  ];
}

/** Indented below the line that says how it ended. */
export function reportText({ name, kind }: Probe, report: Report): string {
  const { outcome, reason, message, step, seconds, phases, checks, figures } = report;
  const why = outcome === 'success' ? '' : `: ${reason}${step === '' ? '' : ` at step "${step}"`}`;
  const head = `${SIGNS[outcome]}  ${name} (${kind}) in ${milliseconds(seconds)}${why}\n`;
  const rows = [
    ...phases.map((each) => ['phase', each.step, each.name, milliseconds(each.seconds)]),
    ...checks.map((each) => [each.ok ? 'holds' : 'FAILS', each.step, each.what, each.found]),
  ];
  const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
  const below = message === '' ? '' : `  ${plain(message)}\n`;
  return plain(head) + below + indented(columns(rows)) + indented(columns(figures.map(seriesText)));
}

async function settingsFor(host: CliHost, options: Readonly<Record<string, unknown>>) {
  const { file } = options;
  if (typeof file === 'string') return readProbes(file);
  const { probes } = await host.settings(flagsOf(options));
  if (probes !== null) return probes;
  throw new Failure('usage', 'no probes are configured', {
    hint: 'name a probes file with --file, or a configuration that names one with --config',
  });
}

function chosen({ probes }: ProbeSettings, name: string | undefined): readonly Probe[] {
  if (name === undefined) return probes;
  const found = probes.filter((probe) => probe.name === name);
  if (found.length > 0) return found;
  const names = probes.map((probe) => probe.name);
  throw new Failure('usage', `there is no probe "${name}"${didYouMean(name, names)}`, {
    hint: `choose one of ${names.slice(0, 20).join(', ')}`,
  });
}

export function addProbe(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('probe [name]')
    .description('run one probe now, or all of a file, and show every phase and check')
    .option('--file <file>', 'probes file (default: the one the configuration names)')
    .option('--config <file>', 'configuration file')
    .option('--format <format>', 'text or json', 'text')
    .action(async (name: string | undefined, options) => {
      checkFormat(options.format);
      const settings = await settingsFor(host, options);
      const log = createLog({ write: (line) => host.stderr.write(line), level: 'error' });
      const reports: unknown[] = [];
      for (const probe of chosen(settings, name)) {
        const report = await probeOnce(settings, probe, { clock: host.clock, log });
        if (report.outcome !== 'success') outcome.code = 1;
        if (options.format === 'json') reports.push({ probe: probe.name, ...report });
        else host.stdout.write(reportText(probe, report));
      }
      if (options.format === 'json') host.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
    });
  withExample(
    command,
    'agent probe order-system --config /etc/watchkeeper/agent.yaml',
    'agent probe --file config/probes.example.yaml',
  );
}
