/** Busy hours: the sustained load people feel, as opposed to a peak nobody noticed. */

export interface BusyRule {
  /** A slot above this is busy. */
  readonly busy_ratio: number;
  /** An hour is busy when this share of its slots is. Slots without a figure do not count. */
  readonly busy_share: number;
}

export interface BusyHours {
  readonly hours: number;
  /** Distinct local days with a busy hour. */
  readonly days: number;
  /** Hours with at least one figure. */
  readonly observed: number;
}

/** Local hour and day number of each slot. */
export interface SlotCalendar {
  readonly hours: Int32Array;
  readonly days: Int32Array;
}

/** Forgives the rounding of scaled percentages: 85 % must not be above 0.85. */
const ROUNDING = 1e-7;

export function busyHours(ratios: Float64Array, calendar: SlotCalendar, rule: BusyRule): BusyHours {
  const days = new Set<number>();
  const limit = rule.busy_ratio + ROUNDING;
  let hours = 0;
  let observed = 0;
  const { hours: hourOf } = calendar;
  const length = ratios.length;
  for (let from = 0, to = 0; from < length; from = to) {
    const hour = hourOf[from];
    let seen = 0;
    let busy = 0;
    for (to = from; to < length && hourOf[to] === hour; to++) {
      const ratio = ratios[to] as number;
      if (!Number.isNaN(ratio)) seen++;
      if (ratio > limit) busy++;
    }
    if (seen === 0) continue;
    observed++;
    if (busy < rule.busy_share * seen) continue;
    hours++;
    days.add(calendar.days[from] ?? 0);
  }
  return { hours, days: days.size, observed };
}
