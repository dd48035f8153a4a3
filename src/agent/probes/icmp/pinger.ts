/**
 * The one who sends echo requests for all probes: what is asked for within a short while goes
 * out together. Starting a process costs the agent more than all the packets it sends.
 */
import type { Clock, Timer } from '../../../shared/clock.ts';
import { messageOf } from '../../../shared/errors.ts';
import { ProbeFailure } from '../reasons.ts';
import type { Echoes, PingTool, Volley } from './tool.ts';

/** How long a request waits for company. */
export const GATHER_MS = 1_000;
/** Processes at a time; what is more waits. */
const MOST_PROCESSES = 8;

export interface PingRequest {
  readonly address: string;
  readonly count: number;
  readonly spacingMs: number;
  readonly waitMs: number;
}

export interface Pinger {
  /** Addresses that one process can ask; 1 also while there is no program. */
  most(): number;
  /** Throws `could_not_look` when nothing could be sent. */
  ping(request: PingRequest): Promise<Echoes>;
  /** Ends what is under way. */
  close(): void;
}

export interface PingerOptions {
  readonly clock: Clock;
  /** Asked for until there is one; null: there is none. */
  readonly tool: () => PingTool | null;
  /** Default `GATHER_MS`; 0 for a single look. */
  readonly gatherMs?: number;
}

interface Waiting extends PingRequest {
  readonly resolve: (echoes: Echoes) => void;
  readonly reject: (error: unknown) => void;
}

export function createPinger({ clock, tool, gatherMs = GATHER_MS }: PingerOptions): Pinger {
  const abort = new AbortController();
  let found: PingTool | null = null;
  let waiting: Waiting[] = [];
  let timer: Timer | undefined;
  let running = 0;
  const queue: (() => Promise<void>)[] = [];

  const look = (): PingTool | null => {
    found ??= tool();
    return found;
  };

  const fly = async (with_: PingTool, requests: readonly Waiting[]): Promise<void> => {
    try {
      answer(requests, await with_.send(volleyOf(requests), clock, abort.signal), with_);
    } catch (error) {
      const failure = new ProbeFailure('could_not_look', messageOf(error));
      for (const { reject } of requests) reject(failure);
    }
  };

  const pump = (): void => {
    while (running < MOST_PROCESSES) {
      const next = queue.shift();
      if (next === undefined) return;
      running++;
      void next().finally(() => {
        running--;
        pump();
      });
    }
  };

  const depart = (): void => {
    timer = undefined;
    const requests = waiting;
    waiting = [];
    const with_ = look();
    if (with_ === null) {
      const failure = new ProbeFailure('could_not_look', 'neither fping nor ping is installed');
      for (const { reject } of requests) reject(failure);
      return;
    }
    for (const alike of groups(requests)) {
      for (let at = 0; at < alike.length; at += with_.most) {
        const part = alike.slice(at, at + with_.most);
        queue.push(() => fly(with_, part));
      }
    }
    pump();
  };

  return {
    most: () => look()?.most ?? 1,
    ping: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...request, resolve, reject });
        timer ??= clock.after(gatherMs, depart);
      }),
    close: () => {
      timer?.cancel();
      abort.abort();
      const failure = new ProbeFailure('could_not_look', 'the agent stops');
      for (const { reject } of waiting.splice(0)) reject(failure);
    },
  };
}

const NO_REQUEST = { count: 0, spacingMs: 0, waitMs: 0 };

/** Requests of one group, as what the program is asked for. */
function volleyOf(requests: readonly Waiting[]): Volley {
  const [{ count, spacingMs, waitMs } = NO_REQUEST] = requests;
  const addresses = [...new Set(requests.map(({ address }) => address))];
  return { addresses, count, spacingMs, waitMs };
}

function answer(
  requests: readonly Waiting[],
  echoes: ReadonlyMap<string, Echoes>,
  { name }: PingTool,
): void {
  for (const { address, resolve, reject } of requests) {
    const found = echoes.get(address);
    if (found !== undefined) resolve(found);
    else reject(new ProbeFailure('could_not_look', `${name} says nothing of ${address}`));
  }
}

/** Requests that can share a process. */
function groups(requests: readonly Waiting[]): Iterable<readonly Waiting[]> {
  return Map.groupBy(
    requests,
    ({ count, spacingMs, waitMs }) => `${count} ${spacingMs} ${waitMs}`,
  ).values();
}
