import { describe, expect, it } from 'vitest';
import type { AgentRecord, TokenKind } from '../../../src/collector/desk/desk.ts';
import { ownershipBy } from '../../../src/collector/ingest/ownership.ts';
import { makeLabels } from '../../../src/shared/sample.ts';

const agents = [
  { name: 'web1', kind: 'agent' },
  { name: 'prom', kind: 'remote-write' },
] as AgentRecord[];
const owns = ownershipBy({ agents: () => agents });

function objection(kind: TokenKind, name: string, agent?: string) {
  const labels = makeLabels([['__name__', 'up'], ...(agent ? [['agent', agent] as const] : [])]);
  return owns(labels, { name, kind })?.scope ?? null;
}

describe('who may send which series', () => {
  it.each([
    ['an agent its own', 'agent', 'web1', 'web1', null],
    ['an agent another agent’s', 'agent', 'web1', 'web2', 'request'],
    ['an agent one without the label', 'agent', 'web1', undefined, 'request'],
    ['an agent its own name in capitals', 'agent', 'web1', 'WEB1', 'request'],
    ['a Prometheus any without the label', 'remote-write', 'prom', undefined, null],
    ['a Prometheus its own name', 'remote-write', 'prom', 'prom', null],
    ['a Prometheus a name that is no agent’s', 'remote-write', 'prom', 'jenkins', null],
    ['a Prometheus an agent’s', 'remote-write', 'prom', 'web1', 'series'],
    ['an import an agent’s', 'import', 'history', 'web1', null],
  ] as const)('%s', (_, kind, name, agent, expected) => {
    expect(objection(kind, name, agent)).toBe(expected);
  });

  it('says whose it is', () => {
    const labels = makeLabels([
      ['__name__', 'up'],
      ['agent', 'web2'],
    ]);
    expect(owns(labels, { name: 'web1', kind: 'agent' })?.why).toBe(
      'the token of web1 carries only series with agent="web1", not "web2"',
    );
  });
});
