import { describe, expect, test } from 'vitest';
import { restraintOf } from '../../../../src/collector/reports/decide/exclusions.ts';
import type { Exclusion } from '../../../../src/collector/reports/policy.ts';
import { policy } from '../support/cases.ts';

function exclusion(change: Partial<Exclusion> = {}): Exclusion {
  return {
    devices: ['db-*'],
    resources: ['cpu', 'memory'],
    kind: 'dr_standby',
    reason: 'standby',
    until: '2026-12-31',
    decided_by: 'Zhang Wei',
    ...change,
  };
}

function restrain(
  exclusions: readonly Exclusion[],
  ask: { device?: string; resource?: 'cpu' | 'memory'; date?: string } = {},
  peers: readonly { name: string; need: number }[] = [],
) {
  const own = policy((p) => {
    p.exclusions = [...exclusions];
  });
  return restraintOf(ask.device ?? 'db-01', ask.resource ?? 'cpu', {
    policy: own,
    date: ask.date ?? '2026-03-31',
    peers,
  });
}

test('an exclusion in force forbids, with reason, date and who decided', () => {
  expect(restrain([exclusion()])).toEqual({
    kind: 'dr_standby',
    reason: 'standby',
    until: '2026-12-31',
    decidedBy: 'Zhang Wei',
    forbids: true,
    floor: 0,
    peerNeed: 0,
  });
});

test.each([
  ['another device', { device: 'web-01' }, {}],
  ['another resource', { resource: 'memory' }, { resources: ['cpu'] }],
  ['after its last day', { date: '2027-01-01' }, {}],
] as const)('it does not count for %s', (_, ask, change) => {
  expect(restrain([exclusion(change as Partial<Exclusion>)], ask)).toBeNull();
});

test('it counts on its last day', () => {
  expect(restrain([exclusion()], { date: '2026-12-31' })).not.toBeNull();
});

test.each(['dr_standby', 'upcoming_project', 'licence', 'fixed_allocation'] as const)(
  'the kind %s forbids a cut',
  (kind) => {
    expect(restrain([exclusion({ kind })])?.forbids).toBe(true);
  },
);

describe("a vendor's minimum", () => {
  const minimum = exclusion({ kind: 'vendor_minimum', minimum: { cores: 4, memory_gib: 32 } });

  test('is a floor per resource and forbids nothing', () => {
    expect(restrain([minimum])).toMatchObject({ forbids: false, floor: 4 });
    expect(restrain([minimum], { resource: 'memory' })).toMatchObject({ floor: 32 });
  });

  test('without a number for the resource is no floor', () => {
    const cores = exclusion({ kind: 'vendor_minimum', minimum: { cores: 4 } });
    expect(restrain([cores], { resource: 'memory' })).toMatchObject({ floor: 0 });
  });
});

describe('peers that must stay alike', () => {
  const alike = exclusion({ kind: 'homogeneous' });
  const peers = (...needs: number[]) => needs.map((need, i) => ({ name: `db-0${i + 1}`, need }));

  test('take the largest need', () => {
    expect(restrain([alike], {}, peers(1, 1, 6))).toMatchObject({ forbids: false, peerNeed: 6 });
  });

  test('must carry the load of one that is lost', () => {
    // Two nodes of 3 each: one must carry 6.
    expect(restrain([alike], {}, peers(3, 3))?.peerNeed).toBe(6);
    expect(restrain([alike], {}, peers(3, 3, 3))?.peerNeed).toBe(4.5);
  });

  test('are only those the pattern names, and only with a known need', () => {
    const mixed = [...peers(2, 2), { name: 'web-01', need: 50 }, { name: 'db-09', need: NaN }];
    expect(restrain([alike], {}, mixed)?.peerNeed).toBe(4);
  });

  test('a group of one is no group', () => {
    expect(restrain([alike], {}, peers(5))?.peerNeed).toBe(0);
  });
});

test('several exclusions add up: one forbids, another sets the floor', () => {
  const found = restrain([
    exclusion({ kind: 'vendor_minimum', minimum: { cores: 6 } }),
    exclusion({ kind: 'licence', reason: 'per core' }),
  ]);
  expect(found).toMatchObject({ kind: 'licence', reason: 'per core', forbids: true, floor: 6 });
});
