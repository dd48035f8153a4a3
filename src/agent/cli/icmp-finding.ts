/** The line of `agent doctor` about echo requests. Without a probe that needs them, none is a fault. */
import { examineIcmp } from '../probes/probes.ts';
import type { AgentSettings, CliHost } from './cli.ts';
import type { Finding } from './finding.ts';

export async function icmpFinding(
  { clock }: CliHost,
  { probes }: AgentSettings,
  examine: typeof examineIcmp = examineIcmp,
): Promise<Finding> {
  const { state, text, mend } = await examine(clock);
  const wanted = probes?.probes.some(({ kind }) => kind === 'icmp') ?? false;
  if (wanted) return { subject: 'icmp', state, text, mend };
  const unused = `${text} (no probe needs it)`;
  return {
    subject: 'icmp',
    state: state === 'works' ? 'works' : 'nothing',
    text: unused,
    mend: '',
  };
}
