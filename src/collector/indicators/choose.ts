/** Which of a figure's outputs stands for it now: the first one that is fresh. */
import { SLOT_MS } from '../../shared/units.ts';
import type { Voice } from './indicators.ts';
import type { Reading } from './latest.ts';
import type { Figure, Output, Plan } from './plan.ts';

/** An earlier row keeps its place while it is at most this much older than the newest one. */
const PREFER_MS = SLOT_MS;

/** Index of the output, or -1 when none has a value. */
export function chooseOutput(plan: Plan, reading: Reading, index: number): number {
  const only = reading.program.figureOutput[index] as number;
  if (only !== -1) return Number.isNaN(reading.outputValues[only] as number) ? -1 : only;
  const { outputs } = plan.figures[index] as Figure;
  let newest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < outputs.length; i++) {
    const output = outputs[i] as number;
    if (hasValue(plan, reading, output)) newest = Math.max(newest, timeOf(reading, output));
  }
  for (let i = 0; i < outputs.length; i++) {
    const output = outputs[i] as number;
    const fresh = timeOf(reading, output) >= newest - PREFER_MS;
    if (fresh && hasValue(plan, reading, output)) return output;
  }
  return -1;
}

/**
 * What the agents say together: the share of those whose newest look is fresh that say 1. An agent
 * with several outputs speaks once, by its first. The time is that of the chosen output, so that a
 * device watched by three agents is judged as often as one watched by one.
 */
export function voteOf(plan: Plan, reading: Reading, index: number): number {
  const voices = voicesOf(plan, reading, index);
  const yes = voices.filter(({ value }) => value > 0).length;
  return voices.length === 0 ? Number.NaN : yes / voices.length;
}

export function voicesOf(plan: Plan, reading: Reading, index: number): readonly Voice[] {
  const { outputs } = plan.figures[index] as Figure;
  const able = outputs.filter(
    (output) => (plan.outputs[output] as Output).recipe.votes && hasValue(plan, reading, output),
  );
  const newest = Math.max(...able.map((output) => timeOf(reading, output)));
  const voices = new Map<string, Voice>();
  for (const output of able) {
    const timeMs = timeOf(reading, output);
    const { agent } = plan.outputs[output] as Output;
    if (timeMs < newest - PREFER_MS || voices.has(agent)) continue;
    voices.set(agent, { agent, timeMs, value: reading.outputValues[output] as number });
  }
  return [...voices.values()];
}

const timeOf = ({ outputTimes }: Reading, output: number): number => outputTimes[output] as number;

function hasValue({ outputs }: Plan, reading: Reading, index: number): boolean {
  const { outputTimes, outputValues } = reading;
  if (Number.isNaN(outputValues[index] as number)) return false;
  const { hiddenBy } = outputs[index] as Output;
  for (let i = 0; i < hiddenBy.length; i++) {
    const other = hiddenBy[i] as number;
    if ((outputTimes[other] as number) >= (outputTimes[index] as number) - PREFER_MS) return false;
  }
  return true;
}

/** True once every series behind the figure said that it ended. */
export function hasEnded({ outputTimes }: Reading, { outputs }: Figure): boolean {
  for (let i = 0; i < outputs.length; i++) {
    if (!Number.isNaN(outputTimes[outputs[i] as number] as number)) return false;
  }
  return true;
}
