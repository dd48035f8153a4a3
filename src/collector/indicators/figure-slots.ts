/** The slots of every figure of a device in a window: recipes over time. */
import type { IndicatorName } from '../../shared/indicator.ts';
import type { SeriesWindow } from '../store/store.ts';
import { createColumns } from './columns.ts';
import { outputColumn } from './output-column.ts';
import { compilePlan, type Figure, type Output } from './plan.ts';
import { keepDigits } from './precision.ts';
import { emptyStats, foldSlots, type SlotRange, type SlotStats } from './slot-stats.ts';

export interface FigureSlots extends SlotStats {
  readonly indicator: IndicatorName;
  readonly item: string;
}

/**
 * Pure: a slot depends on the samples from `GAP_MS` before it to `GAP_MS` after it and on nothing
 * else, so a longer window gives the same slot. Figures without any data are left out.
 */
export function computeSlots(
  windows: readonly SeriesWindow[],
  range: SlotRange,
  wanted: (indicator: IndicatorName) => boolean = () => true,
): FigureSlots[] {
  const plan = compilePlan(windows.map(({ labels }, series) => ({ series, labels })));
  const columns = createColumns(plan, windows);
  const folded = new Map<number, SlotStats | null>();
  const statsOf = (index: number): SlotStats | null => {
    let stats = folded.get(index);
    if (stats === undefined) {
      stats = foldSlots(outputColumn(plan.outputs[index] as Output, columns), range);
      folded.set(index, stats);
    }
    return stats;
  };
  const figures: FigureSlots[] = [];
  for (const figure of plan.figures) {
    if (!wanted(figure.indicator)) continue;
    const stats = chooseSlots(figure, plan.outputs, { statsOf, slots: range.slots });
    if (stats === null) continue;
    keepDigits(figure.indicator, stats, isExact(figure, plan.outputs));
    figures.push({ indicator: figure.indicator, item: figure.item, ...stats });
  }
  return figures;
}

/** Whether the values are samples as they came, or whole ones added up: nothing was divided. */
function isExact({ outputs }: Figure, all: readonly Output[]): boolean {
  return outputs.every((index) => {
    const { read, over } = (all[index] as Output).recipe;
    return read !== 'rate' && over === undefined;
  });
}

interface Folded {
  readonly statsOf: (output: number) => SlotStats | null;
  readonly slots: number;
}

/** Per slot the first output that has something and is not hidden. */
function chooseSlots(
  figure: Figure,
  all: readonly Output[],
  { statsOf, slots }: Folded,
): SlotStats | null {
  const [only = -1] = figure.outputs;
  if (figure.outputs.length === 1 && all[only]?.hiddenBy.length === 0) return statsOf(only);
  const voters = figure.outputs.filter((index) => all[index]?.recipe.votes);
  const together = voters.length > 1 ? averageOfAgents(voters, all, { statsOf, slots }) : null;
  const chosen = emptyStats(slots);
  let any = false;
  for (const index of figure.outputs) {
    const stats = (voters.includes(index) ? together : null) ?? statsOf(index);
    if (stats === null) continue;
    const hiding = (all[index]?.hiddenBy ?? []).map(statsOf);
    for (let slot = 0; slot < slots; slot++) {
      if (!has(stats, slot) || has(chosen, slot)) continue;
      if (hiding.some((other) => other !== null && has(other, slot))) continue;
      chosen.mean[slot] = stats.mean[slot] as number;
      chosen.max[slot] = stats.max[slot] as number;
      chosen.last[slot] = stats.last[slot] as number;
      any = true;
    }
  }
  return any ? chosen : null;
}

/** Per slot the average of the agents, each by its first output that has something there. */
function averageOfAgents(
  outputs: readonly number[],
  all: readonly Output[],
  { statsOf, slots }: Folded,
): SlotStats | null {
  const average = emptyStats(slots);
  let any = false;
  for (let slot = 0; slot < slots; slot++) {
    const heard = new Map<string, SlotStats>();
    for (const index of outputs) {
      const stats = statsOf(index);
      const agent = all[index]?.agent ?? '';
      if (stats !== null && has(stats, slot) && !heard.has(agent)) heard.set(agent, stats);
    }
    if (heard.size === 0) continue;
    any = true;
    for (const part of ['mean', 'max', 'last'] as const) {
      const values = [...heard.values()].map((stats) => stats[part][slot] as number);
      average[part][slot] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
  }
  return any ? average : null;
}

const has = ({ mean }: SlotStats, slot: number): boolean => !Number.isNaN(mean[slot] as number);
