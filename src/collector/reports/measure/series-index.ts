/** The series of one device by indicator and item. */
import type { IndicatorName } from '../../../shared/indicator.ts';
import type { SlotSeries } from '../../indicators/indicators.ts';

export interface SeriesIndex {
  /** What was read: [fromMs, toMs). */
  readonly span: { readonly fromMs: number; readonly toMs: number };
  /** The series without an item. */
  one(indicator: IndicatorName): SlotSeries | undefined;
  of(indicator: IndicatorName, item: string): SlotSeries | undefined;
  /** Items of an indicator, in code-point order. */
  items(indicator: IndicatorName): readonly string[];
}

export function seriesIndex(
  series: readonly SlotSeries[],
  span: { readonly fromMs: number; readonly toMs: number },
): SeriesIndex {
  const byName = new Map<IndicatorName, Map<string, SlotSeries>>();
  for (const one of series) {
    const items = byName.get(one.indicator) ?? new Map<string, SlotSeries>();
    items.set(one.item, one);
    byName.set(one.indicator, items);
  }
  return {
    span,
    one: (indicator) => byName.get(indicator)?.get(''),
    of: (indicator, item) => byName.get(indicator)?.get(item),
    items: (indicator) => [...(byName.get(indicator)?.keys() ?? [])].sort(),
  };
}
