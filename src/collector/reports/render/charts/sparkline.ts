/** A year in a table cell: 13 monthly P95 values. Drawn by hand, because there is one per server. */

const WIDTH = 66;
const HEIGHT = 16;
const PAD = 2;

/** Values are shares 0–1; months without data leave a gap. Empty text when nothing is known. */
export function sparkline(values: Float64Array, limit: number): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '';
  const x = (i: number): string =>
    (PAD + (i * (WIDTH - 2 * PAD)) / (values.length - 1 || 1)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - PAD - Math.min(1, Math.max(0, value)) * (HEIGHT - 2 * PAD)).toFixed(1);
  let path = '';
  let pen = 'M';
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) path += `${pen}${x(i)} ${y(value)}`;
    pen = Number.isNaN(value) ? 'M' : 'L';
  });
  const last = values.length - 1;
  const dot = Number.isNaN(values[last] ?? NaN)
    ? ''
    : `<circle cx="${x(last)}" cy="${y(values[last] ?? NaN)}" r="1.6"/>`;
  return (
    `<svg class="spark" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">` +
    `<path class="limit" d="M0 ${y(limit)}H${WIDTH}"/><path d="${path}"/>${dot}</svg>`
  );
}
