/**
 * Evaluates a plan against the newest sample of each series. Numbers in reused arrays; runs once
 * per device and arrival, so nothing here allocates.
 */
import type { Latest } from '../store/store.ts';
import { type Counter, GAP_MS, increase, isBroken } from './counter.ts';
import type { Cell, Guard, Output, Plan } from './plan.ts';
import { compileProgram, type Program } from './program.ts';
import { settle } from './settle.ts';

/** What a plan has read so far, index by index as in the plan. NaN: nothing. */
export interface Reading {
  readonly program: Program;
  readonly cellTimes: Float64Array;
  /** The sample itself; NaN also after a stale marker. */
  readonly cellRaw: Float64Array;
  /** The sample or the rate. */
  readonly cellValues: Float64Array;
  readonly guardTimes: Float64Array;
  readonly guardRaw: Float64Array;
  /** When counters last began anew, by their guard. */
  readonly brokenTimes: Float64Array;
  /** Of the newest complete scrape. */
  readonly sumTimes: Float64Array;
  readonly sumValues: Float64Array;
  readonly outputTimes: Float64Array;
  readonly outputValues: Float64Array;
}

export function createReading(plan: Plan): Reading {
  const none = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);
  return {
    program: compileProgram(plan),
    cellTimes: none(plan.cells.length),
    cellRaw: none(plan.cells.length),
    cellValues: none(plan.cells.length),
    guardTimes: none(plan.guards.length),
    guardRaw: none(plan.guards.length),
    brokenTimes: none(plan.guards.length),
    sumTimes: none(plan.sums.length),
    sumValues: none(plan.sums.length),
    outputTimes: none(plan.outputs.length),
    outputValues: none(plan.outputs.length),
  };
}

export function readLatest(plan: Plan, reading: Reading, latest: Latest): void {
  readGuards(plan, reading, latest);
  readCells(plan, reading, latest);
  for (let s = 0; s < plan.sums.length; s++) readSum(reading, s);
  for (let o = 0; o < plan.outputs.length; o++) readOutput(plan, reading, o);
}

function readGuards({ guards }: Plan, reading: Reading, { times, values }: Latest): void {
  const { guardTimes, guardRaw, brokenTimes } = reading;
  for (let g = 0; g < guards.length; g++) {
    const { series, rule } = guards[g] as Guard;
    const time = times[series] as number;
    const beforeTime = guardTimes[g] as number;
    if (time === beforeTime || !(time > 0)) continue;
    const now = values[series] as number;
    const step = { before: guardRaw[g] as number, now, elapsedMs: time - beforeTime };
    if (isBroken(rule, step)) brokenTimes[g] = time;
    guardTimes[g] = time;
    guardRaw[g] = now;
  }
}

function wasBroken(reading: Reading, guards: readonly number[], since: number): boolean {
  for (let i = 0; i < guards.length; i++) {
    if ((reading.brokenTimes[guards[i] as number] as number) > since) return true;
  }
  return false;
}

function readCells({ cells }: Plan, reading: Reading, { times, values }: Latest): void {
  const { cellTimes, cellRaw, cellValues } = reading;
  const { cellSeries, cellKind } = reading.program;
  for (let c = 0; c < cellSeries.length; c++) {
    const series = cellSeries[c] as number;
    const time = times[series] as number;
    const before = cellTimes[c] as number;
    if (time === before || !(time > 0)) continue;
    const value = values[series] as number;
    if (cellKind[c] === 0) {
      cellValues[c] = value;
    } else {
      // The first sample compares with NaN, and so makes no rate.
      const elapsedMs = time - before;
      let gain = value - (cellRaw[c] as number);
      if (!(gain >= 0)) gain = increase(cellRaw[c] as number, value, cells[c]?.counter as Counter);
      const { guards } = cells[c] as Cell;
      if (cellKind[c] === 2 && wasBroken(reading, guards, before)) gain = Number.NaN;
      cellValues[c] = elapsedMs <= GAP_MS ? (gain * 1_000) / elapsedMs : Number.NaN;
    }
    cellTimes[c] = time;
    cellRaw[c] = value;
  }
}

function readSum(reading: Reading, index: number): void {
  const { program, cellTimes, cellRaw, cellValues } = reading;
  const { sumStarts, sumCells } = program;
  const end = sumStarts[index + 1] as number;
  const start = sumStarts[index] as number;
  const time = cellTimes[sumCells[start] as number] as number;
  let total = 0;
  for (let i = start; i < end; i++) {
    const cell = sumCells[i] as number;
    if (cellTimes[cell] !== time || Number.isNaN(cellRaw[cell] as number)) {
      readUnevenSum(reading, index);
      return;
    }
    total += cellValues[cell] as number;
  }
  reading.sumTimes[index] = time;
  reading.sumValues[index] = program.sumCounts[index] === 1 ? end - start : total;
}

/**
 * A scrape has one time. A sum waits while a series that was there within `GAP_MS` has not come
 * yet; one that stopped for longer, or said so with a stale marker, is gone.
 */
function readUnevenSum(reading: Reading, index: number): void {
  const { program, cellTimes, cellRaw, cellValues, sumTimes, sumValues } = reading;
  const { sumStarts, sumCells, sumCounts } = program;
  const cells = sumCells.subarray(sumStarts[index], sumStarts[index + 1]);
  let newest = Number.NaN;
  for (const cell of cells) {
    const time = cellTimes[cell] as number;
    if (!Number.isNaN(cellRaw[cell] as number) && !(time <= newest)) newest = time;
  }
  let total = 0;
  for (const cell of cells) {
    if (Number.isNaN(cellRaw[cell] as number)) continue;
    const time = cellTimes[cell] as number;
    if (time === newest) total += sumCounts[index] === 1 ? 1 : (cellValues[cell] as number);
    else if (newest - time <= GAP_MS) return;
  }
  sumTimes[index] = newest;
  sumValues[index] = total;
}

function readOutput(plan: Plan, reading: Reading, index: number): void {
  const { program, sumTimes, outputTimes, outputValues } = reading;
  const { outputStarts, outputSums, outputWhen } = program;
  const start = outputStarts[4 * index] as number;
  const end = outputStarts[4 * index + 3] as number;
  const time = sumTimes[outputSums[start] as number] as number;
  if (time === outputTimes[index]) return;
  if (Number.isNaN(time)) {
    outputTimes[index] = Number.NaN;
    outputValues[index] = Number.NaN;
    return;
  }
  for (let i = start + 1; i < end; i++) {
    if (sumTimes[outputSums[i] as number] !== time) return;
  }
  const { whenNot = 0 } = (plan.outputs[index] as Output).recipe;
  const trust = trustOf(reading, outputWhen[index] as number, { time, whenNot });
  if (trust === 'wait') return;
  outputTimes[index] = time;
  outputValues[index] = trust === 'yes' ? compute(plan, reading, index) : Number.NaN;
}

function trustOf(
  reading: Reading,
  when: number,
  { time, whenNot }: { readonly time: number; readonly whenNot: number },
): 'yes' | 'no' | 'wait' {
  if (when === -1) return 'yes';
  const since = time - (reading.sumTimes[when] as number);
  if (since === 0) return reading.sumValues[when] === whenNot ? 'no' : 'yes';
  return since <= GAP_MS ? 'wait' : 'yes';
}

function compute(plan: Plan, reading: Reading, index: number): number {
  const { recipe, range } = plan.outputs[index] as Output;
  const { outputStarts, outputSums } = reading.program;
  const sums = reading.sumValues;
  const minusAt = outputStarts[4 * index + 1] as number;
  const overAt = outputStarts[4 * index + 2] as number;
  const end = outputStarts[4 * index + 3] as number;
  let value = 0;
  let i = outputStarts[4 * index] as number;
  for (; i < minusAt; i++) value += sums[outputSums[i] as number] as number;
  for (; i < overAt; i++) value -= sums[outputSums[i] as number] as number;
  if (recipe.minusTime) value -= (reading.outputTimes[index] as number) / 1_000;
  if (overAt < end) {
    let whole = 0;
    for (; i < end; i++) whole += sums[outputSums[i] as number] as number;
    value /= whole;
  }
  return settle(range, recipe.scale === undefined ? value : value * recipe.scale);
}
