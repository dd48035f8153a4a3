/** A device's past as the live evaluation would have seen it, scrape by scrape. */
import type { IndicatorValue } from '../../shared/indicator.ts';
import { HOUR_MS } from '../../shared/units.ts';
import type { SeriesWindow, Store } from '../store/store.ts';
import { GAP_MS } from './counter.ts';
import { createDeviceState, evaluateDevice } from './device-state.ts';
import { compilePlan } from './plan.ts';
import { everyTime } from './times.ts';

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Reads an hour at a time; each starts `GAP_MS` early, so that its first rates are there. */
export async function* replayDevice(
  store: Store,
  device: string,
  { fromMs, toMs }: Period,
): AsyncGenerator<readonly IndicatorValue[]> {
  for (let startMs = fromMs; startMs < toMs; startMs += HOUR_MS) {
    const endMs = Math.min(startMs + HOUR_MS, toMs);
    const windows = await store.read(device, startMs - GAP_MS, endMs);
    for (const values of replayWindows(device, windows, startMs)) yield values;
  }
}

/** Steps through the windows in order of time; yields the values of each step from `startMs` on. */
export function* replayWindows(
  device: string,
  windows: readonly SeriesWindow[],
  startMs: number,
): Generator<readonly IndicatorValue[]> {
  const plan = compilePlan(windows.map(({ labels }, series) => ({ series, labels })));
  const state = createDeviceState(device, plan);
  const latest = {
    times: new Float64Array(windows.length),
    values: new Float64Array(windows.length).fill(Number.NaN),
  };
  const next = new Int32Array(windows.length);
  for (const time of everyTime(windows)) {
    windows.forEach(({ times, values }, series) => {
      const at = next[series] ?? 0;
      if (times[at] !== time) return;
      latest.times[series] = time;
      latest.values[series] = values[at] ?? Number.NaN;
      next[series] = at + 1;
    });
    const changed: IndicatorValue[] = [];
    evaluateDevice(state, latest, changed);
    if (time >= startMs && changed.length > 0) yield changed;
  }
}
