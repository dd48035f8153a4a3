/** The few figures of a device that fit into a row. Scaling a bar is all the arithmetic here. */
import type { IndicatorValue } from '../../../shared/indicator.ts';
import type { Fault } from '../../faults/faults.ts';

export interface Bar {
  /** 0–1, or null when nothing is known. */
  readonly share: number | null;
  /** What the bar stands for, where a device has several: the mount point. */
  readonly item: string;
  /** The worst severity of a fault about it. */
  readonly severity: 'warning' | 'critical' | null;
}

export interface DeviceFigures {
  readonly cpu: Bar;
  readonly memory: Bar;
  readonly disk: Bar;
}

const NOTHING = Object.freeze({ share: null, item: '', severity: null });

function severityOf(faults: readonly Fault[], prefix: string, item: string): Bar['severity'] {
  const about = faults.filter((f) => f.indicator.startsWith(prefix) && f.item === item);
  if (about.some(({ severity }) => severity === 'critical')) return 'critical';
  return about.length > 0 ? 'warning' : null;
}

function share(used: number | undefined, size: number | undefined): number | null {
  if (used === undefined || size === undefined || !(size > 0) || Number.isNaN(used)) return null;
  return Math.min(1, Math.max(0, used / size));
}

export function figuresOf(
  values: readonly IndicatorValue[],
  faults: readonly Fault[],
): DeviceFigures {
  const byKey = new Map(values.map((v) => [`${v.indicator} ${v.item}`, v.value]));
  let disk: Bar = NOTHING;
  for (const { indicator, item, value } of values) {
    if (indicator !== 'filesystem_used_bytes') continue;
    const full = share(value, byKey.get(`filesystem_size_bytes ${item}`));
    if (full === null || (disk.share !== null && disk.share >= full)) continue;
    disk = { share: full, item, severity: severityOf(faults, 'filesystem_', item) };
  }
  const memory = share(byKey.get('memory_used_bytes '), byKey.get('memory_size_bytes '));
  return {
    cpu: {
      share: share(byKey.get('cpu_used_ratio '), 1),
      item: '',
      severity: severityOf(faults, 'cpu_', ''),
    },
    memory: { share: memory, item: '', severity: severityOf(faults, 'memory_', '') },
    disk,
  };
}
