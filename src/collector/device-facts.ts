/** What evaluate and faults are told of a device, from the ledger and the store. */
import type { AgentRecord, Desk, Device } from './desk/desk.ts';
import type { DeviceFacts } from './evaluate/evaluate.ts';
import type { FaultContext, Impact } from './faults/faults.ts';
import type { Store } from './store/store.ts';

/** Faults of a device without the label `impact` are of medium impact. */
export function impactOf(labels: Readonly<Record<string, string>>): Impact {
  const { impact } = labels;
  return impact === 'high' || impact === 'low' ? impact : 'medium';
}

/** Business systems that depend on a device: its label `system`, several with commas. */
export function systemsOf({ system = '' }: Readonly<Record<string, string>>): readonly string[] {
  return system
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What the ledger's labels say to the faults room; whether it is quiet is another's to say. */
export function faultContext(
  desk: Pick<Desk, 'device'>,
  quiet: Pick<FaultContext, 'quietOf' | 'flapOf'> | undefined,
): FaultContext {
  const labels = (name: string) => desk.device(name)?.labels ?? {};
  return {
    impactOf: (name) => impactOf(labels(name)),
    policyOf: (name) => labels(name).level_policy ?? '',
    systemsOf: (name) => systemsOf(labels(name)),
    quietOf: (about) => quiet?.quietOf(about) ?? null,
    flapOf: (changesMs) => quiet?.flapOf?.(changesMs) ?? { state: 'steady' },
  };
}

export function factsOf(
  device: Device,
  agents: ReadonlyMap<string, AgentRecord>,
  store: Pick<Store, 'newest'>,
): DeviceFacts {
  let heardMs = 0;
  let clockOffsetSeconds = Number.NaN;
  for (const name of device.agents) {
    const agent = agents.get(name);
    if (agent === undefined || agent.heardMs <= heardMs) continue;
    heardMs = agent.heardMs;
    clockOffsetSeconds = agent.clockOffsetSeconds;
  }
  return {
    name: device.name,
    labels: device.labels,
    newestMs: store.newest(device.name),
    heardMs,
    watched: device.status === 'live',
    clockOffsetSeconds,
  };
}

export function agentsByName(desk: Pick<Desk, 'agents'>): ReadonlyMap<string, AgentRecord> {
  return new Map(desk.agents().map((agent) => [agent.name, agent]));
}

/** Only live devices are judged: imported history must not fire a notice today. */
export function watchedDevices(
  desk: Pick<Desk, 'agents' | 'devices'>,
  store: Pick<Store, 'newest'>,
): readonly DeviceFacts[] {
  const agents = agentsByName(desk);
  const facts: DeviceFacts[] = [];
  for (const device of desk.devices()) {
    if (device.status === 'live') facts.push(factsOf(device, agents, store));
  }
  return facts;
}
