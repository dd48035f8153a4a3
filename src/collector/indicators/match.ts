/** Which recipes take a series, and in which of their terms. */
import { INDICATORS } from '../../shared/indicator.ts';
import type { Labels } from '../../shared/sample.ts';
import type { Counter } from './counter.ts';
import type { Break, Matchers, Recipe, Term } from './recipe.ts';
import { RECIPES } from './recipes.ts';
import { type Range, rangeOf } from './settle.ts';

/** A recipe with what is asked of it for every series, worked out once. */
export interface Rule {
  readonly recipe: Recipe;
  /** Its rank: earlier rules are preferred. */
  readonly rank: number;
  /** In the order of the formula; `when`, the only optional one, is last. */
  readonly terms: readonly Term[];
  readonly range: Range;
  /** Labels that name the item. */
  readonly itemLabels: readonly string[];
}

/** One term of one rule: a place where series of `term.metric` may go. */
interface Use {
  readonly rule: Rule;
  readonly index: number;
  readonly term: Term;
  readonly counter: Counter | null;
  readonly across: string;
}

export interface Match {
  readonly rule: Rule;
  /** Index in `rule.terms`. */
  readonly term: number;
  /** Null: the value itself. */
  readonly counter: Counter | null;
  readonly item: string;
  /** The label `agent`, '' for none. */
  readonly agent: string;
  /** The labels that series of one value share, as a key. */
  readonly rest: string;
  /** What items that are the same thing have in common, as a key; '' for nothing. */
  readonly collapse: string;
}

const RULES: readonly Rule[] = RECIPES.map((recipe, rank) => {
  const { plus, minus = [], over = [], when } = recipe;
  const { item } = INDICATORS[recipe.indicator];
  return {
    recipe,
    rank,
    range: rangeOf(recipe),
    terms: [...plus, ...minus, ...over, ...(when === undefined ? [] : [when])],
    itemLabels: recipe.item ?? (item === null ? [] : [item]),
  };
});

const USES: ReadonlyMap<string, readonly Use[]> = indexByMetric();

function indexByMetric(): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const rule of RULES) {
    rule.terms.forEach((term, index) => {
      const { wrapsAt = 0, dips = 0, across = [] } = term;
      const { read, breaks = [] } = rule.recipe;
      const counter = read === 'rate' ? { wrapsAt, dips, breaks } : null;
      const use = { rule, index, term, counter, across: across.join() };
      uses.set(term.metric, [...(uses.get(term.metric) ?? []), use]);
    });
  }
  return uses;
}

/** Every kind of break that any counter has. */
const BREAKS: readonly Break[] = [...new Set(RECIPES.flatMap(({ breaks = [] }) => breaks))];

/** The breaks that a series tells; none for nearly all. */
export function breaksTold(labels: Labels): readonly Break[] {
  return BREAKS.filter(({ metric }) => metric === labels.__name__);
}

/** Equal for a counter and for what tells of its breaks. */
export function breakKey({ metric, of }: Break, labels: Labels): string {
  const { agent = '', job = '' } = labels;
  return `${metric}\u0003${of === 'device' ? `${agent}\u0003${job}` : keyWithout(labels, [])}`;
}

export function matchSeries(labels: Labels): Match[] {
  const matches: Match[] = [];
  const keys = new Map<string, string>();
  for (const { rule, index, term, counter, across } of USES.get(labels.__name__ ?? '') ?? []) {
    const { recipe, itemLabels } = rule;
    if (!fits(labels, term.only, true) || !fits(labels, term.skip, false)) continue;
    if (!fits(labels, recipe.skip, false)) continue;
    let rest = keys.get(across);
    if (rest === undefined) {
      rest = keyWithout(labels, term.across ?? []);
      keys.set(across, rest);
    }
    const item = itemOf(labels, itemLabels);
    const collapse = collapseKey(labels, rule);
    const agent = labels.agent ?? '';
    matches.push({ rule, term: index, counter, item, agent, rest, collapse });
  }
  return matches;
}

/** `wanted`: every pattern matches; else: none does. */
function fits(labels: Labels, matchers: Matchers | undefined, wanted: boolean): boolean {
  for (const name in matchers) {
    if (matchers[name]?.test(labels[name] ?? '') !== wanted) return false;
  }
  return true;
}

function itemOf(labels: Labels, names: readonly string[]): string {
  let item = '';
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined) item += item === '' ? value : `/${value}`;
  }
  return item;
}

function keyWithout(labels: Labels, names: readonly string[]): string {
  let key = '';
  for (const name in labels) {
    if (name !== '__name__' && !names.includes(name)) key += `${name}\u0001${labels[name]}\u0002`;
  }
  return key;
}

function collapseKey(labels: Labels, { recipe: { collapse }, itemLabels }: Rule): string {
  if (collapse === undefined || !collapse.when.test(labels[collapse.label] ?? '')) return '';
  return keyWithout(labels, itemLabels);
}
