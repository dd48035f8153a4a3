/** All rows of one device and its one verdict. */
import { dateOfDay } from '../calendar.ts';
import type { DeviceFinding, ResourceRow, ResourceUnit } from '../document.ts';
import type { BusyHours } from '../figures/busy-hours.ts';
import type { Statistics } from '../figures/statistics.ts';
import type { DeviceMeasure } from '../measure/device.ts';
import type { LoadMeasure } from '../measure/load.ts';
import type { StorageItem } from '../measure/storage.ts';
import type { ReportPolicy } from '../policy.ts';
import type { ReportDevice } from '../reports.ts';
import { decideCpu } from './cpu.ts';
import type { Decision, ResourceKind, Restraint } from './decision.ts';
import { decideMemory } from './memory.ts';
import { decideNetwork } from './network.ts';
import { platformOf } from './platform.ts';
import type { QualityFacts } from './quality.ts';
import { serverVerdict } from './server.ts';
import { decideStorage } from './storage.ts';

export interface DeviceCase {
  readonly device: ReportDevice;
  readonly measure: DeviceMeasure;
  readonly restraints: { readonly cpu: Restraint | null; readonly memory: Restraint | null };
  readonly policy: ReportPolicy;
  /** The month reported, `YYYY-MM`. */
  readonly month: string;
  /** Unix ms → day number in the report's zone. */
  readonly dayOf: (ms: number) => number;
}

const GIB = 1024 ** 3;
const NO_BUSY: BusyHours = { hours: 0, days: 0, observed: 0 };

export function decideDevice(own: DeviceCase): DeviceFinding {
  const { device, policy } = own;
  const cpu = cpuRow(own);
  const rows = [
    ...cpu,
    ...memoryRow(own, cpu[0]?.decision),
    ...storageRows(own, 'filesystem', own.measure.filesystems),
    ...storageRows(own, 'inodes', own.measure.inodes).filter(needsAction),
    ...networkRows(own),
    ...storageRows(own, 'database', own.measure.databases),
  ];
  const { labels, facts } = device;
  return {
    device: device.name,
    kind: device.kind,
    demo: device.status === 'demo',
    machine: platformOf(device, policy).machine,
    address: labels.address ?? facts.address ?? '',
    business: labels.business ?? labels.system ?? '',
    importance: labels.importance ?? labels.impact ?? '',
    owner: labels.owner ?? '',
    verdict: serverVerdict(rows),
    rows,
  };
}

/** Inodes are a footnote of their file system unless they are the trouble. */
function needsAction({ decision }: ResourceRow): boolean {
  return decision.verdict !== 'keep' && decision.verdict !== 'insufficient';
}

function cpuRow(own: DeviceCase): ResourceRow[] {
  const { cpu, memory, networkP95 } = own.measure;
  if (cpu === null) return [];
  const context = {
    memoryKnown: memory?.quality.sizeKnown === true && memory.quality.days > 0,
    networkP95,
    machine: platformOf(own.device, own.policy).machine,
    restraint: own.restraints.cpu,
  };
  return [
    row(own, {
      resource: 'cpu',
      unit: 'cores',
      capacity: cpu.size,
      statistics: cpu.statistics,
      busy: cpu.busy,
      ...pastOf(cpu, own.month),
      quality: cpu.quality,
      decision: decideCpu(cpu, context, own.policy),
      restraint: own.restraints.cpu,
    }),
  ];
}

function memoryRow(own: DeviceCase, cpuDecision: Decision | undefined): ResourceRow[] {
  const { memory } = own.measure;
  if (memory === null) return [];
  const { windows } = platformOf(own.device, own.policy);
  const decision = decideMemory(memory, { windows, restraint: own.restraints.memory }, own.policy);
  return [
    row(own, {
      resource: 'memory',
      unit: 'bytes',
      capacity: memory.size * GIB,
      statistics: memory.statistics,
      busy: memory.busy,
      ...pastOf(memory, own.month),
      quality: memory.quality,
      decision: {
        ...decision,
        current: decision.current * GIB,
        target: decision.target * GIB,
        rawTarget: decision.rawTarget * GIB,
        notes: withCpu(decision, cpuDecision),
      },
      restraint: own.restraints.memory,
    }),
  ];
}

interface Past {
  readonly months: readonly string[];
  readonly previousP95: number;
}

const NO_PAST: Past = { months: [], previousP95: NaN };

/** Demand may follow a larger CPU: the memory of such a server is cut last. */
function withCpu(decision: Decision, cpu: Decision | undefined): Decision['notes'] {
  const grows = cpu?.verdict === 'urgent' || cpu?.verdict === 'add';
  return decision.verdict === 'reduce' && grows ? [...decision.notes, 'after_cpu'] : decision.notes;
}

/** Only a whole month before is comparable, not the first half of this one. */
function pastOf({ size, demands }: LoadMeasure, month: string): Past {
  const months = demands.map(({ name }) => name).filter((name) => /^\d{4}-\d{2}$/.test(name));
  const before = months.at(-1) === month ? demands.at(-2) : undefined;
  return {
    months: months.includes(month) ? months : [month],
    previousP95: before ? before.p95 / size : NaN,
  };
}

function storageRows(
  own: DeviceCase,
  resource: 'filesystem' | 'inodes' | 'database',
  items: readonly StorageItem[],
): ResourceRow[] {
  return items.map(({ item, aliases, measure }) => ({
    ...row(own, {
      resource,
      unit: measure.unit,
      capacity: measure.size,
      statistics: measure.statistics,
      busy: NO_BUSY,
      ...NO_PAST,
      quality: measure.quality,
      decision: decideStorage(measure, own.policy),
      restraint: null,
    }),
    item,
    aliases,
  }));
}

function networkRows(own: DeviceCase): ResourceRow[] {
  return own.measure.networks.map(({ item, measure }) => ({
    ...row(own, {
      resource: 'network',
      unit: 'bytes_per_second',
      capacity: measure.speed,
      statistics: measure.statistics,
      busy: measure.busy,
      ...NO_PAST,
      quality: measure.quality,
      decision: decideNetwork(measure, own.device.kind, own.policy),
      restraint: null,
    }),
    item,
  }));
}

function row(
  own: DeviceCase,
  from: {
    readonly resource: ResourceKind;
    readonly unit: ResourceUnit;
    readonly capacity: number;
    readonly statistics: Statistics;
    readonly busy: BusyHours;
    readonly months: readonly string[];
    readonly previousP95: number;
    readonly quality: QualityFacts;
    readonly decision: Decision;
    readonly restraint: Restraint | null;
  },
): ResourceRow {
  const { quality, ...rest } = from;
  const dateOf = (ms: number): string | null =>
    Number.isNaN(ms) ? null : dateOfDay(own.dayOf(ms));
  return {
    ...rest,
    item: null,
    aliases: [],
    coverage: quality.coverage,
    days: quality.days,
    since: dateOf(quality.firstMs),
    resizedOn: dateOf(quality.sizeChangedMs),
  };
}
