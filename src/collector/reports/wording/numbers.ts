/** Numbers as people read them. Every figure in a sentence passes through here. */

const GIB = 1024 ** 3;

/** One decimal, none from 100 on: 41.0, 92.1, 104. */
export function percent(ratio: number, digits = 1): string {
  const points = ratio * 100;
  return points.toFixed(points >= 99.95 ? 0 : digits);
}

/** At most `digits` decimals, without trailing zeros: 4.9, 16. */
export function plain(value: number, digits = 1): string {
  return String(Number(value.toFixed(digits)));
}

/** 1 GB is 2^30 bytes, as memory and disks of servers are sold to their users. */
export function bytes(value: number): string {
  // What rounds to 1024 of the smaller unit is one of the larger.
  const size = Math.abs(value) * (1 + 0.05 / 1024);
  if (size >= 10 * 1024 * GIB) return `${plain(value / (1024 * GIB), 1)} TB`;
  if (size >= GIB) return `${plain(value / GIB)} GB`;
  if (value === 0) return '0';
  return size >= 1024 ** 2 ? `${plain(value / 1024 ** 2)} MB` : `${plain(value / 1024)} KB`;
}

/** Links are named in bits: 125 000 000 B/s is 1 Gbit/s. */
export function bitRate(bytesPerSecond: number): string {
  const megabits = (bytesPerSecond * 8) / 1e6;
  if (megabits >= 1_000) return `${plain(megabits / 1_000)} Gbit/s`;
  return megabits >= 1 ? `${plain(megabits)} Mbit/s` : `${plain(megabits * 1_000)} kbit/s`;
}

/** The day on which it happens, counted from the last one: 34.2 days is day 35. */
export function wholeDays(days: number): string {
  return String(Math.max(1, Math.ceil(days - 1e-6)));
}
