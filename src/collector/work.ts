/**
 * The collector's own rhythm: a tick each second, and in the time between, care of the store in
 * slices short enough that ingest never waits 100 ms for the event loop.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../shared/clock.ts';
import { messageOf } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';

const TICK_MS = 1_000;
/** Longest slice of maintenance; after it the loop is left alone for as long. */
export const SLICE_MS = 20;
/** The histogram covers one to two of these. */
const DELAY_WINDOW_TICKS = 60;
const DELAY_RESOLUTION_MS = 10;
const WHOLE: WorkState['failing'] = Object.freeze({ ticks: 0, reason: '' });

export interface WorkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly tick: () => Promise<void>;
  /** Each works for about `SLICE_MS`; true when more is waiting. */
  readonly slices: readonly (() => Promise<boolean>)[];
}

export interface WorkState {
  readonly ticks: number;
  readonly failures: number;
  /** Ticks that failed since the last one that was whole, and why the newest did. */
  readonly failing: { readonly ticks: number; readonly reason: string };
  readonly tickSeconds: number;
  readonly lagSeconds: number;
  readonly delay: { readonly p99Seconds: number; readonly maxSeconds: number };
}

export interface Work {
  state(): WorkState;
  /** Waits for the tick or slice under way. */
  stop(): Promise<void>;
}

/** Event-loop delay of the last one to two windows. Recorded intervals include the resolution. */
function watchDelay() {
  const histogram = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  histogram.enable();
  const seconds = (ns: number): number =>
    Number.isFinite(ns) ? Math.max(0, ns / 1e9 - DELAY_RESOLUTION_MS / 1e3) : 0;
  const read = () => ({
    p99Seconds: histogram.count === 0 ? 0 : seconds(histogram.percentile(99)),
    maxSeconds: histogram.count === 0 ? 0 : seconds(histogram.max),
  });
  let before = { p99Seconds: 0, maxSeconds: 0 };
  return {
    read: () => {
      const now = read();
      return {
        p99Seconds: Math.max(now.p99Seconds, before.p99Seconds),
        maxSeconds: Math.max(now.maxSeconds, before.maxSeconds),
      };
    },
    turn: () => {
      before = read();
      histogram.reset();
    },
    stop: () => void histogram.disable(),
  };
}

/** Sleep that can be ended for good. */
function openRest(clock: Clock) {
  let ended = false;
  let wake = (): void => {};
  return {
    ended: () => ended,
    /** Until `atMs` of the monotonic clock. */
    until: (atMs: number): Promise<void> =>
      new Promise((resolve) => {
        if (ended) {
          resolve();
          return;
        }
        const timer = clock.after(Math.max(0, atMs - clock.monotonic()), resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
      }),
    end: () => {
      ended = true;
      wake();
    },
  };
}

export function startWork({ clock, log, tick, slices }: WorkOptions): Work {
  const delay = watchDelay();
  const rest = openRest(clock);
  let state: Omit<WorkState, 'delay'> = {
    ...{ ticks: 0, failures: 0, failing: WHOLE },
    ...{ tickSeconds: 0, lagSeconds: 0 },
  };

  /** Why it failed; '' when it did not. */
  const attempt = async (what: string, task: () => Promise<void>): Promise<string> => {
    try {
      await task();
      return '';
    } catch (error) {
      const reason = messageOf(error);
      state = { ...state, failures: state.failures + 1 };
      log.error(`${what} failed, the next one tries again`, { error: reason });
      return reason || 'no reason given';
    }
  };
  const oneTick = async (dueMs: number): Promise<void> => {
    const from = clock.monotonic();
    const reason = await attempt('tick', tick);
    const failing = reason === '' ? WHOLE : { ticks: state.failing.ticks + 1, reason };
    const tickSeconds = (clock.monotonic() - from) / 1e3;
    const lagSeconds = Math.max(0, (from - dueMs) / 1e3);
    state = { ...state, ticks: state.ticks + 1, failing, tickSeconds, lagSeconds };
    if (state.ticks % DELAY_WINDOW_TICKS === 0) delay.turn();
  };
  /** Slices while work is waiting and the next tick is not due. */
  const care = async (nextMs: number): Promise<void> => {
    let waiting = true;
    while (waiting && !rest.ended() && clock.monotonic() + 2 * SLICE_MS < nextMs) {
      waiting = false;
      for (const slice of slices) {
        const from = clock.monotonic();
        await attempt('maintenance', async () => {
          if (await slice()) waiting = true;
        });
        await rest.until(clock.monotonic() + Math.max(1, clock.monotonic() - from));
        if (rest.ended()) return;
      }
    }
  };
  const run = async (): Promise<void> => {
    let dueMs = clock.monotonic();
    while (!rest.ended()) {
      await oneTick(dueMs);
      dueMs = Math.max(dueMs + TICK_MS, clock.monotonic());
      await care(dueMs);
      await rest.until(dueMs);
    }
  };
  const running = run();
  return {
    state: () => ({ ...state, delay: delay.read() }),
    stop: async () => {
      rest.end();
      await running;
      delay.stop();
    },
  };
}
