/** One device as last evaluated: its plan, what the plan has read, the values that came of it. */
import type { IndicatorValue } from '../../shared/indicator.ts';
import type { Latest } from '../store/store.ts';
import { chooseOutput, hasEnded, voteOf } from './choose.ts';
import { createReading, type Reading, readLatest } from './latest.ts';
import { cellKey, type Figure, figureKey, type Plan } from './plan.ts';

type Value = { -readonly [K in keyof IndicatorValue]: IndicatorValue[K] };

export interface DeviceState {
  readonly plan: Plan;
  readonly reading: Reading;
  /** One per figure of the plan, changed in place; `timeMs` NaN while there is no value. */
  readonly values: readonly Value[];
}

export function createDeviceState(device: string, plan: Plan, before?: DeviceState): DeviceState {
  const known = new Map(before?.values.map((value) => [keyOf(value), value]));
  const values = plan.figures.map(
    ({ indicator, item }): Value =>
      known.get(figureKey(indicator, item)) ?? {
        device,
        indicator,
        item,
        timeMs: Number.NaN,
        value: Number.NaN,
      },
  );
  return { plan, reading: createReading(plan), values };
}

const keyOf = ({ indicator, item }: IndicatorValue): string => figureKey(indicator, item);

/** Evaluates against `latest` and adds the values that moved on to `changed`. */
export function evaluateDevice(
  { plan, reading, values }: DeviceState,
  latest: Latest,
  changed: IndicatorValue[],
): void {
  readLatest(plan, reading, latest);
  for (let f = 0; f < plan.figures.length; f++) {
    const value = values[f] as Value;
    const output = chooseOutput(plan, reading, f);
    if (output === -1) {
      if (hasEnded(reading, plan.figures[f] as Figure)) value.timeMs = Number.NaN;
      continue;
    }
    const time = reading.outputTimes[output] as number;
    if (time <= value.timeMs) continue;
    value.timeMs = time;
    const single = reading.outputValues[output] as number;
    value.value = plan.outputs[output]?.recipe.votes ? voteOf(plan, reading, f) : single;
    changed.push(value);
  }
}

/** A new series must not cost the others a rate: what the old plan had read goes on. */
export function carryCells(from: DeviceState, to: DeviceState): void {
  const guards = new Map(from.plan.guards.map(({ series }, i) => [series, i]));
  to.plan.guards.forEach(({ series }, i) => {
    const old = guards.get(series);
    if (old === undefined) return;
    for (const field of ['guardTimes', 'guardRaw', 'brokenTimes'] as const) {
      to.reading[field][i] = from.reading[field][old] ?? Number.NaN;
    }
  });
  const index = new Map(from.plan.cells.map((cell, i) => [cellKey(cell.series, cell.counter), i]));
  to.plan.cells.forEach((cell, i) => {
    const old = index.get(cellKey(cell.series, cell.counter));
    if (old === undefined) return;
    for (const field of ['cellTimes', 'cellRaw', 'cellValues'] as const) {
      to.reading[field][i] = from.reading[field][old] ?? Number.NaN;
    }
  });
}
