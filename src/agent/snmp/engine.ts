/**
 * Who answers SNMPv3 (RFC 3411): the engine's ID is the device's own and stays, its boot counter
 * only goes up. Where that does not hold the device was replaced or set up anew: it is asked on,
 * with keys and clocks made for what answers now, and the log says why.
 */
export interface Engine {
  /** Hexadecimal. */
  readonly id: string;
  /** NaN while no answer was authenticated. */
  readonly boots: number;
}

/** What happened between two looks, for people; '' for nothing. */
export function engineChange(before: Engine | null, now: Engine | null): string {
  if (before === null || now === null) return '';
  if (before.id !== now.id) {
    return `its engine ID went from ${before.id} to ${now.id}: it was replaced or set up anew`;
  }
  if (now.boots < before.boots) {
    return `its boot counter went back from ${before.boots} to ${now.boots}: it was set up anew`;
  }
  return '';
}
