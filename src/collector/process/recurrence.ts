/** What recurs: the same rule on the same device, or on many devices. Pure. */
import type { ProcessPolicy } from './policy.ts';

/** A fault that people were told of. */
export interface Occurrence {
  readonly fault: string;
  readonly rule: string;
  readonly device: string;
  readonly phenomenon: string;
  readonly openedMs: number;
}

export interface Recurrence {
  readonly reason: 'same_device' | 'across_devices';
  readonly rule: string;
  /** '' for `across_devices`. */
  readonly device: string;
  readonly faults: readonly string[];
  readonly note: string;
}

/**
 * What the newest occurrence completes, out of all of its rule. One rule on many devices has one
 * cause more likely than many, so that comes before the single device.
 */
export function recurrenceOf(
  newest: Occurrence,
  sameRule: readonly Occurrence[],
  policy: Pick<ProcessPolicy['problems'], 'same_device' | 'across_devices'>,
): Recurrence | null {
  const { same_device, across_devices } = policy;
  const within = (spanMs: number): readonly Occurrence[] =>
    sameRule.filter(
      ({ openedMs }) => openedMs <= newest.openedMs && newest.openedMs - openedMs < spanMs,
    );
  const near = within(across_devices.within);
  const devices = new Set(near.map(({ device }) => device));
  if (devices.size >= across_devices.devices) {
    const note = `${devices.size} devices within ${spanText(across_devices.within)}`;
    return { reason: 'across_devices', rule: newest.rule, device: '', faults: ids(near), note };
  }
  const own = within(same_device.within).filter(({ device }) => device === newest.device);
  if (own.length < same_device.faults) return null;
  const note = `${own.length} faults within ${spanText(same_device.within)}`;
  const { rule, device } = newest;
  return { reason: 'same_device', rule, device, faults: ids(own), note };
}

function ids(occurrences: readonly Occurrence[]): readonly string[] {
  return occurrences.map(({ fault }) => fault);
}

function spanText(ms: number): string {
  const hours = ms / 3_600_000;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.round(hours * 10) / 10} h`;
}
