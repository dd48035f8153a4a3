/**
 * The plan of a device: its series sorted into the arithmetic of the recipes, once, so that
 * evaluating it touches numbers only.
 *
 *   cell    one series, read as it is or as a counter's rate
 *   sum     cells added up, all of one scrape
 *   output  one recipe applied to sums that agree in their labels
 *   figure  one indicator of one item, with its outputs in order of preference
 */
import type { IndicatorName } from '../../shared/indicator.ts';
import { type Labels, labelsKey } from '../../shared/sample.ts';
import type { Counter } from './counter.ts';
import { breakKey, breaksTold, type Match, matchSeries } from './match.ts';
import type { Break, Recipe } from './recipe.ts';
import type { Range } from './settle.ts';

export interface PlanEntry {
  readonly series: number;
  readonly labels: Labels;
}

export interface Cell {
  readonly series: number;
  /** Null: the value itself. */
  readonly counter: Counter | null;
  /** Indexes of `Plan.guards`. */
  readonly guards: readonly number[];
}

/** A series that tells when counters began anew. */
export interface Guard {
  readonly series: number;
  readonly rule: Break;
}

export interface Sum {
  /** Indexes of `Plan.cells`, in the order they are added (floating point minds). */
  readonly cells: Int32Array;
  readonly counts: boolean;
}

export interface Output {
  readonly recipe: Recipe;
  readonly range: Range;
  readonly item: string;
  /** Whose view it is: the label `agent`; '' for none. */
  readonly agent: string;
  /** Indexes of `Plan.sums`. */
  readonly plus: readonly number[];
  readonly minus: readonly number[];
  readonly over: readonly number[];
  /** Plus, minus and over together. */
  readonly sums: readonly number[];
  /** -1 for none. */
  readonly when: number;
  /** Outputs (indexes) of the same thing under a shorter name: while one has data this one is none. */
  readonly hiddenBy: readonly number[];
}

export interface Figure {
  readonly indicator: IndicatorName;
  readonly item: string;
  /** Indexes of `Plan.outputs`. */
  readonly outputs: readonly number[];
}

export interface Plan {
  readonly cells: readonly Cell[];
  readonly guards: readonly Guard[];
  readonly sums: readonly Sum[];
  readonly outputs: readonly Output[];
  readonly figures: readonly Figure[];
}

/** Series that one rule takes together. */
interface Group {
  /** Of its first series; all have rule, item and rest in common. */
  readonly match: Match;
  /** Per term of the rule, the cells it takes. */
  readonly terms: number[][];
}

interface Draft {
  readonly output: Output;
  readonly match: Match;
}

export function compilePlan(entries: readonly PlanEntry[]): Plan {
  const cells = new Interned<Cell>();
  const guards = new Guards(entries);
  const sums = new Interned<Sum>();
  const drafts: Draft[] = [];
  for (const group of groupSeries(entries, { cells, guards })) {
    const output = makeOutput(group, sums);
    if (output !== null) drafts.push({ output, match: group.match });
  }
  drafts.sort(
    ({ match: a }, { match: b }) => a.rule.rank - b.rule.rank || compareText(a.rest, b.rest),
  );
  const outputs = hideDuplicates(drafts);
  return {
    cells: cells.all,
    guards: guards.all,
    sums: sums.all,
    outputs,
    figures: makeFigures(outputs),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The guards of counters, of those series that are there. */
class Guards {
  readonly #found = new Interned<Guard>();
  readonly #series = new Map<string, number>();

  constructor(entries: readonly PlanEntry[]) {
    for (const { series, labels } of entries) {
      for (const rule of breaksTold(labels)) this.#series.set(breakKey(rule, labels), series);
    }
  }

  get all(): readonly Guard[] {
    return this.#found.all;
  }

  of(counter: Counter | null, labels: Labels): readonly number[] {
    if (this.#series.size === 0) return [];
    return (counter?.breaks ?? []).flatMap((rule) => {
      const series = this.#series.get(breakKey(rule, labels));
      return series === undefined ? [] : [this.#found.add(`${series}`, () => ({ series, rule }))];
    });
  }
}

interface Drawers {
  readonly cells: Interned<Cell>;
  readonly guards: Guards;
}

function groupSeries(entries: readonly PlanEntry[], { cells, guards }: Drawers): Iterable<Group> {
  const used: (PlanEntry & { key: string; matches: Match[] })[] = [];
  for (const entry of entries) {
    const matches = matchSeries(entry.labels);
    if (matches.length > 0) used.push({ ...entry, key: labelsKey(entry.labels), matches });
  }
  // Sums add up in the order of labels: numbers of series differ from one collector to the next.
  used.sort((a, b) => compareText(a.key, b.key));
  const groups = new Map<string, Group>();
  for (const { series, labels, matches } of used) {
    for (const match of matches) {
      const { rule, item, rest, counter } = match;
      const key = `${rule.rank}\u0003${item}\u0003${rest}`;
      let group = groups.get(key);
      if (group === undefined) {
        group = { match, terms: rule.terms.map(() => []) };
        groups.set(key, group);
      }
      const cell = cells.add(cellKey(series, counter), () => ({
        series,
        counter,
        guards: guards.of(counter, labels),
      }));
      group.terms[match.term]?.push(cell);
    }
  }
  return groups.values();
}

/** Equal for cells that read the same. */
export function cellKey(series: number, counter: Counter | null): string {
  return counter === null ? `${series}` : `${series} ${counter.wrapsAt} ${counter.dips}`;
}

function makeOutput({ match, terms }: Group, sums: Interned<Sum>): Output | null {
  const { item } = match;
  const { recipe, range } = match.rule;
  const counts = recipe.read === 'count';
  const needed = recipe.when === undefined ? terms : terms.slice(0, -1);
  if (needed.some((cells) => cells.length === 0)) return null;
  const sumOf = (cells: readonly number[]): number =>
    sums.add(`${counts} ${cells.join(' ')}`, () => ({ cells: Int32Array.from(cells), counts }));
  const all = needed.map(sumOf);
  const minusAt = recipe.plus.length;
  const overAt = minusAt + (recipe.minus?.length ?? 0);
  const guard = terms.length > needed.length ? terms.at(-1) : undefined;
  return {
    recipe,
    range,
    item,
    agent: match.agent,
    plus: all.slice(0, minusAt),
    minus: all.slice(minusAt, overAt),
    over: all.slice(overAt),
    sums: all,
    when: guard === undefined || guard.length === 0 ? -1 : sumOf(guard),
    hiddenBy: [],
  };
}

/** Of several mount points of one device (bind mounts, subvolumes) the shortest name stands for it. */
function hideDuplicates(drafts: readonly Draft[]): Output[] {
  const alike = new Map<string, number[]>();
  drafts.forEach(({ match }, index) => {
    if (match.collapse === '') return;
    const key = `${match.rule.rank}\u0003${match.collapse}`;
    alike.set(key, [...(alike.get(key) ?? []), index]);
  });
  return drafts.map(({ output, match }): Output => {
    const same = alike.get(`${match.rule.rank}\u0003${match.collapse}`) ?? [];
    const hiddenBy = same.filter((other) =>
      isShorter(drafts[other]?.output.item ?? '', output.item),
    );
    return { ...output, hiddenBy };
  });
}

const isShorter = (a: string, b: string): boolean =>
  a.length < b.length || (a.length === b.length && a < b);

function makeFigures(outputs: readonly Output[]): Figure[] {
  const figures = new Map<string, { indicator: IndicatorName; item: string; outputs: number[] }>();
  outputs.forEach(({ recipe: { indicator }, item }, index) => {
    const key = figureKey(indicator, item);
    const figure = figures.get(key);
    if (figure === undefined) figures.set(key, { indicator, item, outputs: [index] });
    else figure.outputs.push(index);
  });
  return [...figures.values()];
}

export function figureKey(indicator: IndicatorName, item: string): string {
  return `${indicator}\u0003${item}`;
}

/** A list whose members are found by a key and added once. */
class Interned<T> {
  readonly all: T[] = [];
  readonly #index = new Map<string, number>();

  add(key: string, make: () => T): number {
    let index = this.#index.get(key);
    if (index === undefined) {
      index = this.all.push(make()) - 1;
      this.#index.set(key, index);
    }
    return index;
  }
}
