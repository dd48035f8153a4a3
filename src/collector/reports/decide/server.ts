/**
 * One verdict per device. Trouble wins: urgent, add, plan, watch of any resource. Below that the
 * verdict follows the target printed for the server: CPU and memory are bought together, so it is
 * "reduce" when either gets smaller (a verdict never contradicts its target), and "insufficient"
 * when either could not be judged. A port without a speed does not make a server unjudgeable.
 */
import type { Decision, ResourceKind, Verdict } from './decision.ts';

export interface Judged {
  readonly resource: ResourceKind;
  readonly decision: Pick<Decision, 'verdict'>;
}

const TROUBLE: readonly Verdict[] = ['urgent', 'add', 'plan', 'watch'];
const SIZED: readonly ResourceKind[] = ['cpu', 'memory'];

export function serverVerdict(rows: readonly Judged[]): Verdict {
  const verdicts = rows.map(({ decision }) => decision.verdict);
  const trouble = TROUBLE.find((verdict) => verdicts.includes(verdict));
  if (trouble !== undefined) return trouble;
  const sized = rows.filter(({ resource }) => SIZED.includes(resource));
  const deciding = (sized.length > 0 ? sized : rows).map(({ decision }) => decision.verdict);
  if (deciding.length === 0 || deciding.includes('insufficient')) return 'insufficient';
  if (deciding.includes('reduce')) return 'reduce';
  return deciding.includes('idle') ? 'idle' : 'keep';
}
