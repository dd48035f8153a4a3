/** Applies a recipe to whole columns: the same arithmetic, in the same order, as the live one. */
import type { Column, Columns } from './columns.ts';
import { GAP_MS } from './counter.ts';
import type { Output } from './plan.ts';
import { settle } from './settle.ts';

/** The values are in a scratch array: used up before the next call. */
export function outputColumn(output: Output, columns: Columns): Column {
  const { recipe, range, plus, minus, over, when } = output;
  const parts = alignColumns(output.sums.map((sum) => columns.sum(sum)));
  const { times, from } = parts[0] as Column;
  const terms = parts.map((part) => part.values);
  const overAt = plus.length + minus.length;
  const values = sumInto(scratch(0, times.length), terms.slice(0, plus.length));
  for (const term of terms.slice(plus.length, overAt)) {
    for (let i = 0; i < values.length; i++) (values[i] as number) -= term[i] as number;
  }
  if (recipe.minusTime) {
    for (let i = 0; i < values.length; i++) (values[i] as number) -= (times[i] as number) / 1_000;
  }
  if (over.length > 0) {
    const whole = sumInto(scratch(1, times.length), terms.slice(overAt));
    for (let i = 0; i < values.length; i++) (values[i] as number) /= whole[i] as number;
  }
  const { scale = 1 } = recipe;
  for (let i = 0; i < values.length; i++) values[i] = settle(range, (values[i] as number) * scale);
  if (when !== -1) distrust({ times, values }, columns.sum(when), recipe.whenNot);
  return { times, from, values };
}

/** Two arrays that grow to the longest window seen: a window has a hundred columns to pass through. */
const scratches: [Float64Array, Float64Array] = [new Float64Array(), new Float64Array()];

function scratch(which: 0 | 1, length: number): Float64Array {
  if (scratches[which].length < length) scratches[which] = new Float64Array(length);
  return scratches[which].subarray(0, length);
}

function sumInto(total: Float64Array, terms: readonly Float64Array[]): Float64Array {
  total.fill(0);
  for (const term of terms) {
    for (let i = 0; i < total.length; i++) (total[i] as number) += term[i] as number;
  }
  return total;
}

/** Keeps the times that all columns have: figures of one scrape. */
function alignColumns(columns: readonly Column[]): readonly Column[] {
  const [first] = columns;
  if (first === undefined || columns.every(({ times }) => times === first.times)) return columns;
  const times = columns.reduce((shared, column) => intersect(shared, column.times), first.times);
  return columns.map((column): Column => {
    const at = positions(times, column.times);
    const pick = (values: Float64Array): Float64Array =>
      Float64Array.from(at, (i) => values[i] as number);
    return { times, from: column.from && pick(column.from), values: pick(column.values) };
  });
}

function intersect(a: Float64Array, b: Float64Array): Float64Array {
  const common = new Float64Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) common[count++] = a[i] as number;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common.subarray(0, count);
}

/** Where each of `wanted` stands in `times`, which has them all. */
function positions(wanted: Float64Array, times: Float64Array): Int32Array {
  let at = 0;
  return Int32Array.from(wanted, (time) => {
    while (times[at] !== time) at++;
    return at;
  });
}

/** Takes away values while `when` is `not`, or should have come with this scrape and did not. */
function distrust(target: Pick<Column, 'times' | 'values'>, when: Column, not = 0): void {
  let at = -1;
  for (let i = 0; i < target.times.length; i++) {
    const time = target.times[i] as number;
    while (at + 1 < when.times.length && (when.times[at + 1] as number) <= time) at++;
    if (at === -1 || Number.isNaN(when.values[at] as number)) continue;
    const since = time - (when.times[at] as number);
    const trusted = since === 0 ? when.values[at] !== not : since > GAP_MS;
    if (!trusted) target.values[i] = Number.NaN;
  }
}
