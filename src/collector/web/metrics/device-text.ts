/** The newest raw series of one device, under their own names, as a Prometheus scrapes them. */
import { formatExposition, type MetricHelp } from '../../../shared/exposition.ts';
import { makeLabels, type Sample } from '../../../shared/sample.ts';
import type { Store } from '../../store/store.ts';

/** A series is current when it is at most this much older than its device's newest sample. */
const CURRENT_MS = 300_000;

/** The store keeps no types; only the name of a counter tells. */
function describe(name: string): MetricHelp {
  return { type: name.endsWith('_total') ? 'counter' : 'untyped', help: '' };
}

export function latestSeriesText(
  store: Pick<Store, 'seriesOf' | 'latest' | 'newest'>,
  device: string,
): string {
  const oldest = store.newest(device) - CURRENT_MS;
  const { times, values } = store.latest;
  const samples: Sample[] = [];
  for (const { series, labels } of store.seriesOf(device)) {
    const timeMs = times[series] ?? 0;
    const value = values[series] ?? Number.NaN;
    if (timeMs < oldest || timeMs === 0 || Number.isNaN(value)) continue;
    // The target's own `instance` label says the same; exposed too, it would become a second one.
    const { instance: _, ...rest } = labels;
    samples.push({ labels: makeLabels(Object.entries(rest)), timeMs, value });
  }
  return formatExposition(samples, { describe, timestamps: true });
}
