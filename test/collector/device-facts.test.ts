import { expect, test } from 'vitest';
import type { AgentRecord, Device } from '../../src/collector/desk/desk.ts';
import { factsOf, impactOf, watchedDevices } from '../../src/collector/device-facts.ts';

function device(name: string, status: Device['status'], agents: string[] = []): Device {
  return { name, status, agents, kind: 'server', firstSeenMs: 1, facts: {}, labels: {} };
}

function agent(name: string, heardMs: number, clockOffsetSeconds = Number.NaN): AgentRecord {
  return { name, kind: 'agent', createdMs: 0, revokedMs: null, heardMs, clockOffsetSeconds };
}

const agents = (...list: AgentRecord[]) => new Map(list.map((one) => [one.name, one]));
const store = { newest: () => 42 };

test('impact comes from the label and is medium without one', () => {
  expect(impactOf({ impact: 'high' })).toBe('high');
  expect(impactOf({ impact: 'low' })).toBe('low');
  expect(impactOf({})).toBe('medium');
  expect(impactOf({ impact: 'enormous' })).toBe('medium');
});

test('of several senders the one heard last counts, with its clock', () => {
  const known = agents(agent('a', 10, 1), agent('b', 30, 2), agent('c', 20, 3));
  const facts = factsOf(device('web', 'live', ['a', 'b', 'c', 'gone']), known, store);
  expect(facts).toMatchObject({ heardMs: 30, clockOffsetSeconds: 2, newestMs: 42, watched: true });
});

test('a device nobody was heard for has never been heard', () => {
  const facts = factsOf(device('web', 'live'), agents(), store);
  expect(facts.heardMs).toBe(0);
  expect(facts.clockOffsetSeconds).toBeNaN();
});

test('only live devices are watched', () => {
  const devices = (['live', 'imported', 'demo', 'retired'] as const).map((s) => device(s, s));
  const watched = watchedDevices({ devices: () => devices, agents: () => [] }, store);
  expect(watched.map(({ name }) => name)).toEqual(['live']);
});
