/**
 * Exclusions of the policy. They never hide a row: a forbidden cut is printed as forbidden, with
 * who decided it and until when.
 */
import { matchesAny } from '../match.ts';
import type { Exclusion, ReportPolicy } from '../policy.ts';
import type { Restraint } from './decision.ts';

export interface Peer {
  readonly name: string;
  /** Own need in the unit of the resource; NaN unknown. */
  readonly need: number;
}

type Sized = 'cpu' | 'memory';

/**
 * What holds for one resource of one device on `date` (the last day of the month); null for
 * nothing. `peers` are the needs of all devices, for groups that must stay alike.
 */
export function restraintOf(
  device: string,
  resource: Sized,
  from: { readonly policy: ReportPolicy; readonly date: string; readonly peers: readonly Peer[] },
): Restraint | null {
  const inForce = from.policy.exclusions.filter(
    (exclusion) =>
      exclusion.until >= from.date &&
      exclusion.resources.includes(resource) &&
      matchesAny(device, exclusion.devices),
  );
  const first = inForce.find(forbids) ?? inForce[0];
  if (first === undefined) return null;
  return {
    kind: first.kind,
    reason: first.reason,
    until: first.until,
    decidedBy: first.decided_by,
    forbids: forbids(first),
    floor: Math.max(0, ...inForce.map((exclusion) => floorOf(exclusion, resource))),
    peerNeed: Math.max(0, ...inForce.map((exclusion) => peerNeedOf(exclusion, from.peers))),
  };
}

/** Peers and minima change the figures; every other kind forbids the cut. */
function forbids({ kind }: Exclusion): boolean {
  return kind !== 'homogeneous' && kind !== 'vendor_minimum';
}

function floorOf({ kind, minimum }: Exclusion, resource: Sized): number {
  if (kind !== 'vendor_minimum') return 0;
  return (resource === 'cpu' ? minimum?.cores : minimum?.memory_gib) ?? 0;
}

/** All peers alike, and what one of them carries must fit into the others when it is lost. */
function peerNeedOf(exclusion: Exclusion, peers: readonly Peer[]): number {
  if (exclusion.kind !== 'homogeneous') return 0;
  const needs = peers
    .filter(({ name }) => matchesAny(name, exclusion.devices))
    .map(({ need }) => need)
    .filter((need) => need > 0);
  if (needs.length < 2) return 0;
  const total = needs.reduce((sum, need) => sum + need, 0);
  return Math.max(total / (needs.length - 1), ...needs);
}
