/** Who may send which series (S2): an agent's token carries its own `agent` label, nobody else's. */
import type { Labels } from '../../shared/sample.ts';
import type { Desk, Principal } from '../desk/desk.ts';
import type { Objection, Ownership } from './settlement.ts';

/** `desk` says which names are agents, so that no other sender speaks in their name. */
export function ownershipBy(desk: Pick<Desk, 'agents'>): Ownership {
  return (labels: Labels, principal: Principal): Objection | null => {
    const claimed = labels.agent;
    if (principal.kind === 'agent') {
      return claimed === principal.name
        ? null
        : { scope: 'request', why: ownLabel(principal, claimed) };
    }
    if (claimed === undefined || principal.kind === 'import' || claimed === principal.name)
      return null;
    const taken = desk.agents().some(({ name, kind }) => kind === 'agent' && name === claimed);
    return taken
      ? { scope: 'series', why: `label agent=${JSON.stringify(claimed)} belongs to an agent` }
      : null;
  };
}

function ownLabel({ name }: Principal, claimed: string | undefined): string {
  const own = `the token of ${name} carries only series with agent="${name}"`;
  return claimed === undefined ? `${own}; one has none` : `${own}, not ${JSON.stringify(claimed)}`;
}
