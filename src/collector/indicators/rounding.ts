/** Rounding to decimals, so that a rounded number is the double nearest to a short decimal. */

/** Exact as doubles up to 10^22. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) =>
  Number(`1e${i}`),
);

export interface Digits {
  /** Behind the point, at most. */
  readonly decimals: number;
  /** Significant, at most. */
  readonly digits: number;
}

/** Nearest. Zero, NaN and infinities stay what they are. */
export function roundTo(value: number, digits: Digits): number {
  return rounded(value, digits, Math.round);
}

/** Away from nothing but down: the result is at least `value`, but for the last bits. */
export function roundUp(value: number, digits: Digits): number {
  // 0.2345 times 10^4 is a little more than 2345 in binary; that is no reason to go to 2346.
  return rounded(value, digits, (scaled) => Math.ceil(scaled - Math.abs(scaled) * 1e-12));
}

function rounded(
  value: number,
  { decimals, digits }: Digits,
  whole: (x: number) => number,
): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const places = Math.min(decimals, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const power = POWERS_OF_TEN[Math.abs(places)];
  if (power === undefined) return value;
  // Plus zero: a small negative value rounds to 0, not to -0.
  return (places >= 0 ? whole(value * power) / power : whole(value / power) * power) + 0;
}
