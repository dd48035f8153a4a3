/** Live values: one plan per device, evaluated when samples of the device were committed. */
import type { IndicatorValue } from '../../shared/indicator.ts';
import { HOUR_MS } from '../../shared/units.ts';
import type { Store } from '../store/store.ts';
import { voicesOf } from './choose.ts';
import { carryCells, createDeviceState, type DeviceState, evaluateDevice } from './device-state.ts';
import type { LiveIndicators } from './indicators.ts';
import { compilePlan } from './plan.ts';
import { replayDevice } from './replay.ts';

/** A figure older than the device's newest by more than this is history; a daily probe stays. */
const KEEP_MS = 25 * HOUR_MS;

interface Known {
  readonly state: DeviceState;
  readonly revision: number;
  readonly generation: number;
  /** Whether `update` has returned this device before: the first time it returns everything. */
  told: boolean;
}

export function createLiveIndicators(store: Store): LiveIndicators {
  const devices = new Map<string, Known>();
  const changed: IndicatorValue[] = [];

  const known = (device: string): Known => {
    const before = devices.get(device);
    const { generation } = store;
    const revision = store.deviceRevision(device);
    if (before?.revision === revision && before.generation === generation) return before;
    const state = createDeviceState(device, compilePlan(store.seriesOf(device)), before?.state);
    // A new generation numbers the series anew; then the counters start over.
    if (before?.generation === generation) carryCells(before.state, state);
    const entry = { state, revision, generation, told: before?.told ?? false };
    devices.set(device, entry);
    return entry;
  };

  return {
    update: () => {
      changed.length = 0;
      for (const device of store.takeChanged()) {
        const entry = known(device);
        evaluateDevice(entry.state, store.latest, entry.told ? changed : []);
        if (!entry.told) changed.push(...withValue(entry.state.values));
        entry.told = true;
      }
      return changed;
    },
    of: (device) => {
      if (store.deviceRevision(device) === 0) return [];
      const entry = known(device);
      // After a start a device that is silent still shows what it said last.
      if (!entry.told) evaluateDevice(entry.state, store.latest, []);
      return current(entry.state.values);
    },
    voices: (device) => {
      if (store.deviceRevision(device) === 0) return [];
      const { state, told } = known(device);
      if (!told) evaluateDevice(state, store.latest, []);
      const { plan, reading } = state;
      const figure = plan.figures.findIndex(({ indicator }) => indicator === 'reachable');
      return figure === -1 ? [] : voicesOf(plan, reading, figure);
    },
    replay: (device, fromMs, toMs) => replayDevice(store, device, { fromMs, toMs }),
    forget: (device) => {
      devices.delete(device);
    },
  };
}

const withValue = (values: readonly IndicatorValue[]): IndicatorValue[] =>
  values.filter(({ timeMs }) => !Number.isNaN(timeMs));

function current(values: readonly IndicatorValue[]): IndicatorValue[] {
  const present = withValue(values);
  const newest = present.reduce((time, { timeMs }) => Math.max(time, timeMs), 0);
  return present.filter(({ timeMs }) => timeMs >= newest - KEEP_MS);
}
