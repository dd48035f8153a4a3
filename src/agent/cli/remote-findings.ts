/** The lines of `agent doctor` about what is watched beside this host: devices, traps, probes. */
import { statSync } from 'node:fs';
import { messageOf } from '../../shared/errors.ts';
import { probeFiles } from '../probes/probes.ts';
import { type ExaminedTarget, examineTargets } from '../snmp/snmp.ts';
import { examineTraps } from '../traps/traps.ts';
import type { AgentSettings, CliHost } from './cli.ts';
import type { Finding } from './finding.ts';

/** Devices that are told one by one; of more only those that fail, and no more than these. */
const LISTED_MAX = 10;

/** `8 cisco-ios, 2 generic`: the most frequent first. */
function countsOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.map(([name, count]) => `${count} ${name}`).join(', ');
}

function targetFinding({ name, state, profile, text, mend }: ExaminedTarget): Finding {
  const shown = profile === '' ? text : `${profile}: ${text}`;
  return { subject: `snmp ${name}`, state, text: shown, mend };
}

/** A summary, then devices: all of a few or when all are asked for, else the first that fail. */
export function targetFindings(found: readonly ExaminedTarget[], isAll: boolean): Finding[] {
  const failed = found.filter(({ state }) => state === 'fails');
  const answering = found.length - failed.length;
  const profiles = countsOf(found.flatMap(({ profile }) => (profile === '' ? [] : [profile])));
  const text = `${answering} of ${found.length} devices answer${profiles === '' ? '' : `: ${profiles}`}`;
  const summary: Finding = {
    subject: 'snmp',
    state: failed.length > 0 ? 'fails' : found.length === 0 ? 'nothing' : 'works',
    text,
    mend: '',
  };
  if (isAll || found.length <= LISTED_MAX) return [summary, ...found.map(targetFinding)];
  const rest = failed.length - LISTED_MAX;
  const more: Finding = {
    subject: 'snmp',
    state: 'fails',
    text: `${rest} more do not answer`,
    mend: '--all shows every device',
  };
  return [summary, ...failed.slice(0, LISTED_MAX).map(targetFinding), ...(rest > 0 ? [more] : [])];
}

/** What works and should not stay so. */
const warningFindings = (warnings: readonly string[]): Finding[] =>
  warnings.map((text) => ({ subject: 'config', state: 'warns', text, mend: '' }));

async function examineSnmp(
  { clock }: CliHost,
  { snmp }: AgentSettings,
  isAll: boolean,
): Promise<Finding[]> {
  if (snmp === null) return [];
  try {
    const found = await examineTargets(snmp, { clock });
    return [...targetFindings(found, isAll), ...warningFindings(snmp.warnings)];
  } catch (error) {
    return [{ subject: 'snmp', state: 'fails', text: messageOf(error), mend: 'mend the profiles' }];
  }
}

async function examineReceiver({ traps, snmp }: AgentSettings): Promise<Finding[]> {
  if (traps === null) return [];
  const found = await examineTraps(traps, snmp?.targets ?? []);
  const lines = found.map((each): Finding => ({ subject: 'traps', ...each }));
  return [...lines, ...warningFindings(traps.warnings)];
}

async function examineProbes({ probes }: AgentSettings): Promise<Finding[]> {
  if (probes === null) return [];
  const kinds = countsOf(probes.probes.map(({ kind }) => kind));
  const files = await probeFiles(probes);
  const read = files.length === 0 ? '' : `; the files they name can be read: ${files.length}`;
  const text = `probes: ${probes.probes.length} (${kinds})${read}`;
  return [{ subject: 'probes', state: 'works', text, mend: '' }];
}

/** Root reads what the agent's own user may not: who owns the data is who runs the agent. */
export function userFinding(data: string, uid = process.getuid?.()): Finding[] {
  const owner = statSync(data, { throwIfNoEntry: false })?.uid ?? 0;
  if (uid !== 0 || owner === 0) return [];
  const text = `this is root; the agent of ${data} runs as user ${owner}, who may be allowed less`;
  const mend = `to see what the agent sees, run this as that user: sudo -u "#${owner}" …`;
  return [{ subject: 'user', state: 'works', text, mend }];
}

export async function remoteFindings(
  host: CliHost,
  settings: AgentSettings,
  isAll: boolean,
): Promise<Finding[]> {
  return [
    ...(await examineSnmp(host, settings, isAll)),
    ...(await examineReceiver(settings)),
    ...(await examineProbes(settings)),
    ...userFinding(settings.data),
  ];
}
