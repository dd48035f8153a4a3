/** The times of all windows, ascending, each once. */
export function everyTime(windows: readonly { readonly times: Float64Array }[]): Float64Array {
  const all = new Float64Array(windows.reduce((sum, { times }) => sum + times.length, 0));
  let at = 0;
  for (const { times } of windows) {
    all.set(times, at);
    at += times.length;
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) {
    if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i] ?? 0;
  }
  return all.subarray(0, count);
}
