/**
 * A program that sends echo requests: `fping` for many addresses in one process, else the system's
 * `ping`, one process per address. Raw sockets need a right that Node cannot be given alone.
 */
import type { Clock } from '../../../shared/clock.ts';
import { findProgram } from '../../../shared/programs.ts';
import { fping } from './fping.ts';
import { systemPing } from './system-ping.ts';

/** Addresses that are asked together: all with the same count and patience. */
export interface Volley {
  /** Validated IP addresses. */
  readonly addresses: readonly string[];
  /** Echo requests to each. */
  readonly count: number;
  /** Between two requests to one address. */
  readonly spacingMs: number;
  /** For the last answer. */
  readonly waitMs: number;
}

export interface Echoes {
  readonly sent: number;
  /** One per answer. */
  readonly roundTripsMs: readonly number[];
  /** Time to live of an answer as it arrived; null where the program does not tell. */
  readonly hopLimit: number | null;
}

export interface PingTool {
  readonly name: 'fping' | 'ping';
  readonly path: string;
  /** Addresses per process. */
  readonly most: number;
  /** By address. Throws `unavailable` when nothing was sent: no program, no right. */
  send(volley: Volley, clock: Clock, signal?: AbortSignal): Promise<ReadonlyMap<string, Echoes>>;
}

/** The best that is installed; null for none. */
export function findPingTool(find: (name: string) => string | null = findProgram): PingTool | null {
  const many = find('fping');
  if (many !== null) return fping(many);
  const one = find('ping');
  return one === null ? null : systemPing(one);
}
