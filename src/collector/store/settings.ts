/** What the store keeps and where it stops, unless configuration says otherwise (design decision 9). */
import { DAY_MS } from '../../shared/units.ts';
import type { StoreSettings } from './store.ts';

export const DEFAULT_STORE_SETTINGS: StoreSettings = Object.freeze({
  rawMs: 30 * DAY_MS,
  rollupMs: 396 * DAY_MS,
  histogramMs: 762 * DAY_MS,
  seriesPerSender: 2_000,
  seriesPerCollector: 500_000,
  minFreeBytes: 64 * 1024 * 1024,
});
