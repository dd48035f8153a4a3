/** `agent doctor`: what works, what does not, and how to mend it. Changes nothing. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { openTransport } from '../../push/push.ts';
import { examine, listSources } from '../../sources/sources.ts';
import { inspectSpool } from '../../spool/spool.ts';
import type { AgentSettings, CliHost } from '../cli.ts';
import { type Finding, findingsText } from '../finding.ts';
import { icmpFinding } from '../icmp-finding.ts';
import { probeCollector } from '../probe.ts';
import { remoteFindings } from '../remote-findings.ts';
import { sizeOf, spanOf } from '../text.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

async function examineSources(host: CliHost, settings: AgentSettings): Promise<Finding[]> {
  const sources = listSources().filter(({ name }) => !settings.off.includes(name));
  const diagnoses = await examine(host.openHost(settings), sources);
  return diagnoses.map(({ source, state, samples, seconds, reason, mend }) => ({
    subject: source,
    // What is missing on this host for good needs no mending and is no failure.
    state: state === 'missing' ? 'nothing' : state,
    text: state === 'works' ? `${samples} samples in ${(seconds * 1000).toFixed(1)} ms` : reason,
    mend: state === 'works' || state === 'nothing' ? '' : mend,
  }));
}

async function examineSpool(host: CliHost, { data, spool }: AgentSettings): Promise<Finding> {
  const subject = 'spool';
  try {
    const stats = await inspectSpool(join(data, 'spool'), host.clock);
    if (stats === null) {
      return { subject, state: 'nothing', text: `none in ${data}: no agent ran here`, mend: '' };
    }
    const { samples, bytes, oldestMs, quarantinedFiles, dropped } = stats;
    const age =
      oldestMs === 0 ? '' : `, the oldest ${spanOf((host.clock.now() - oldestMs) / 1000)}`;
    const lost = Object.values(dropped).reduce((sum, each) => sum + each, 0);
    const text = `${samples} samples wait${age}; ${lost} dropped; ${sizeOf(bytes)} on disk`;
    const isFull = bytes > spool.maxBytes * 0.9 && samples > 0;
    if (isFull)
      return {
        subject,
        state: 'fails',
        text,
        mend: 'reach the collector, or raise spool.max_size',
      };
    if (quarantinedFiles === 0) return { subject, state: 'works', text, mend: '' };
    const mend = `look at ${join(data, 'spool', 'quarantine')}; delete what is there when done`;
    return { subject, state: 'works', text: `${text}; ${quarantinedFiles} files put aside`, mend };
  } catch (error) {
    const mend = `run it as the user of the agent, or name its directory with --data`;
    return { subject, state: 'fails', text: messageOf(error), mend };
  }
}

async function examineCollector(host: CliHost, settings: AgentSettings): Promise<Finding[]> {
  const { collector, tokenFile, caFile, name } = settings;
  if (tokenFile === '') {
    const mend = 'make one with "collector agent add NAME" and name its file with --token-file';
    return [{ subject: 'token', state: 'fails', text: 'there is none', mend }];
  }
  const userAgent = `watchkeeper-agent/${host.version}`;
  const { clock } = host;
  try {
    const transport = openTransport({ collector, tokenFile, caFile, userAgent, clock });
    const found = await probeCollector({ transport, collector, name, now: clock.now });
    transport.close();
    return found;
  } catch (error) {
    const mend = error instanceof Failure ? error.hint : '';
    return [{ subject: 'collector', state: 'fails', text: messageOf(error), mend }];
  }
}

export function addDoctor(program: Command, { host, outcome }: VerbContext): void {
  const command = program
    .command('doctor')
    .description(
      'try every source, the spool, the collector, devices, traps and probes, and say how to mend what fails',
    )
    .option('--all', 'every SNMP device; default: of many only the first that fail')
    .action(async (options) => {
      const settings = await host.settings(flagsOf(options));
      const findings = [
        ...(await examineSources(host, settings)),
        await icmpFinding(host, settings),
        ...(await remoteFindings(host, settings, options.all === true)),
        await examineSpool(host, settings),
        ...(await examineCollector(host, settings)),
      ];
      host.stdout.write(findingsText(findings));
      outcome.code = findings.some(({ state }) => state === 'fails') ? 1 : 0;
    });
  withExample(withPlace(command), 'agent doctor --config /etc/watchkeeper/agent.yaml');
}
