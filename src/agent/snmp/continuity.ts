/**
 * Whether what a device counts is one count from look to look. It restarted: its uptime went back,
 * but for its wrap after 497 days. A port's counters began anew (its card was changed, somebody
 * cleared them): they went back, and ifCounterDiscontinuityTime (RFC 2863) lies after the look
 * before. That column is only asked when a counter went back: most of the time it says nothing.
 */
import { hasRestarted, UPTIME_WRAPS_AT } from '../../shared/uptime.ts';
import type { Asker } from './asker.ts';
import { numberOf } from './cell.ts';
import { COUNTERS, NARROW, type Port } from './interfaces.ts';
import { Reading } from './reading.ts';

/** snmpEngineTime (RFC 3411): seconds since the start, in 31 bits. Many devices have it. */
export const ENGINE_TIME = '1.3.6.1.6.3.10.2.1.3.0';
export const DISCONTINUITY_TIME = '1.3.6.1.2.1.31.1.1.1.19';

/** The two times are read in two questions. */
const ENGINE_SLACK_TICKS = 12_000;
const TICKS_PER_SECOND = 100;

export class Uptime {
  #ticks = Number.NaN;
  #atMs = Number.NaN;
  /** How often the 32 bits were used up since the start, as far as we know. */
  #wraps = 0;

  /** Takes sysUpTime of a look (NaN: not told); true when the device restarted since the last one. */
  look(ticks: number, nowMs: number): boolean {
    if (Number.isNaN(ticks)) return false;
    const didRestart = hasRestarted(this.#ticks, ticks, nowMs - this.#atMs);
    if (didRestart) this.#wraps = 0;
    else if (ticks < this.#ticks) this.#wraps++;
    this.#ticks = ticks;
    this.#atMs = nowMs;
    return didRestart;
  }

  /** What the engine counts does not end after 497 days; one that was started by itself says nothing. */
  learn(engineSeconds: number): void {
    const more = engineSeconds * TICKS_PER_SECOND - this.#ticks;
    const wraps = Math.round(more / UPTIME_WRAPS_AT);
    const isSame = Math.abs(more - wraps * UPTIME_WRAPS_AT) <= ENGINE_SLACK_TICKS;
    if (isSame && wraps >= 0) this.#wraps = wraps;
  }

  /** Since the start, also beyond 497 days; NaN where the device does not say. */
  secondsAt(ticks: number): number {
    return (ticks + this.#wraps * UPTIME_WRAPS_AT) / TICKS_PER_SECOND;
  }
}

const OCTETS = Object.freeze([
  [COUNTERS.ifHCInOctets, NARROW.ifInOctets.column],
  [COUNTERS.ifHCOutOctets, NARROW.ifOutOctets.column],
] as const);

/** Who is asked, and what of the look is known already. */
export interface CountsLook {
  readonly asker: Pick<Asker, 'columns' | 'unanswered'>;
  readonly reading: Reading;
  readonly ports: readonly Port[];
  readonly upTicks: number;
  readonly didRestart: boolean;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** Octets of the ports at the last look: enough to see that a port began anew. */
export class PortCounts {
  #ports: readonly Port[] = [];
  #octets = new Float64Array();
  #upTicks = Number.NaN;
  /** The device has the column; asked again with the ports' names. */
  #isTold = true;

  /** By ifIndex the time, in hundredths since the start, at which a port's counters began anew. */
  async look(look: CountsLook): Promise<ReadonlyMap<string, number>> {
    const { asker, reading, ports, upTicks, didRestart } = look;
    const isNew = ports !== this.#ports;
    if (isNew) this.#forget(ports);
    const didFall = this.#take(reading);
    const since = this.#upTicks;
    this.#upTicks = upTicks;
    // Ports that were named anew cannot be compared: then the column is asked in any case.
    const isWorth = (didFall || isNew) && this.#isTold;
    if (didRestart || Number.isNaN(since) || !isWorth) return NONE;
    const aside = new Reading();
    await asker.columns([DISCONTINUITY_TIME], aside);
    asker.unanswered.delete(DISCONTINUITY_TIME);
    const cells = [...(aside.columns.get(DISCONTINUITY_TIME) ?? [])];
    this.#isTold = cells.length > 0;
    const times = cells.map(([ifIndex, cell]) => [ifIndex, numberOf(cell)] as const);
    return new Map(times.filter(([, time]) => time > 0 && isBetween(since, time, upTicks)));
  }

  #forget(ports: readonly Port[]): void {
    this.#ports = ports;
    this.#octets = new Float64Array(ports.length * OCTETS.length).fill(Number.NaN);
    this.#isTold = true;
  }

  /** True when the octets of some port went back. */
  #take({ columns }: Reading): boolean {
    let didFall = false;
    this.#ports.forEach(({ ifIndex }, p) => {
      OCTETS.forEach(([wide, narrow], o) => {
        const cell = columns.get(wide)?.get(ifIndex) ?? columns.get(narrow)?.get(ifIndex);
        const at = p * OCTETS.length + o;
        const now = numberOf(cell);
        didFall ||= now < (this.#octets[at] as number);
        this.#octets[at] = now;
      });
    });
    return didFall;
  }
}

/** Whether `time` is after `from` and not after `to`, on a dial that begins again at its wrap. */
function isBetween(from: number, time: number, to: number): boolean {
  return from <= to ? time > from && time <= to : time > from || time <= to;
}
