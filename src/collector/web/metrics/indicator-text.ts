/**
 * The indicators of every device. Hundreds of thousands of lines are possible, so the text grows
 * in slices and the event loop gets its turn between them.
 */
import { setImmediate } from 'node:timers/promises';
import { formatValue } from '../../../shared/exposition.ts';
import { INDICATORS, type IndicatorName } from '../../../shared/indicator.ts';
import { DAY_MS } from '../../../shared/units.ts';
import type { LiveIndicators } from '../../indicators/indicators.ts';
import { labelText, metricHead } from './text.ts';

/** Older figures are history, not the present: Prometheus calls a series stale after 5 minutes. */
const CURRENT_MS = 300_000;
const DEVICES_PER_SLICE = 200;

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly item: string | null;
  readonly factor: number;
  readonly help: string;
}

/** Prometheus knows no days: that one is shown in its base unit, under a name that says so. */
function family(indicator: IndicatorName): Family {
  const { item, help, unit } = INDICATORS[indicator];
  const name = `watchkeeper_${indicator}`;
  return Object.freeze({
    name: unit === 'days' ? name.replace('_days_left', '_left_seconds') : name,
    type: indicator.endsWith('_total') ? 'counter' : 'gauge',
    item,
    factor: unit === 'days' ? DAY_MS / 1_000 : 1,
    help: `${help}.`,
  });
}

export const FAMILIES: ReadonlyMap<IndicatorName, Family> = new Map(
  (Object.keys(INDICATORS) as IndicatorName[]).map((indicator) => [indicator, family(indicator)]),
);

export async function indicatorText(
  devices: readonly string[],
  live: Pick<LiveIndicators, 'of'>,
  nowMs: number,
): Promise<string> {
  const groups = new Map<IndicatorName, string>();
  for (let at = 0; at < devices.length; at += DEVICES_PER_SLICE) {
    if (at > 0) await setImmediate();
    for (const device of devices.slice(at, at + DEVICES_PER_SLICE)) {
      const instance = labelText('instance', device);
      for (const { indicator, item, value, timeMs } of live.of(device)) {
        if (nowMs - timeMs > CURRENT_MS || Number.isNaN(value)) continue;
        const { name, item: itemLabel, factor } = FAMILIES.get(indicator) ?? family(indicator);
        const labels = itemLabel === null ? instance : `${instance},${labelText(itemLabel, item)}`;
        const line = `${name}{${labels}} ${formatValue(value * factor)}\n`;
        groups.set(indicator, (groups.get(indicator) ?? '') + line);
      }
    }
  }
  let text = '';
  for (const [indicator, { name, type, help }] of FAMILIES) {
    const lines = groups.get(indicator);
    if (lines !== undefined) text += metricHead(name, type, help) + lines;
  }
  return text;
}
