/** A clock that moves only when a test says so. Timers fire in order of their due time. */
import type { Clock } from '../../src/shared/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time forward, firing what falls due and letting promises settle between timers. */
  advance(ms: number): Promise<void>;
  /** Wall-clock step (monotonic time and timers unaffected): an NTP jump. */
  jump(ms: number): void;
  pending(): number;
}

export function manualClock(startMs = Date.UTC(2026, 0, 5, 8, 0, 0), seed = 1): ManualClock {
  let wall = startMs;
  let mono = 0;
  let state = seed >>> 0;
  let order = 0;
  const timers = new Map<number, { at: number; order: number; task: () => void }>();
  const random = (): number => {
    // mulberry32: small, seeded, good enough for jitter.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    // Whole milliseconds, as the system's clock tells them, whatever a jittered timer waited for.
    now: () => Math.floor(wall),
    monotonic: () => mono,
    random,
    randomHex: (bytes) =>
      Array.from({ length: bytes }, () => Math.floor(random() * 256))
        .map((b) => b.toString(16).padStart(2, '0'))
        .join(''),
    after: (delayMs, task) => {
      const id = ++order;
      timers.set(id, { at: mono + Math.max(0, delayMs), order: id, task });
      return { cancel: () => void timers.delete(id) };
    },
    jump: (ms) => {
      wall += ms;
    },
    pending: () => timers.size,
    advance: async (ms) => {
      const end = mono + ms;
      await settle();
      for (;;) {
        let next: { id: number; at: number; order: number } | undefined;
        for (const [id, timer] of timers) {
          if (timer.at > end) continue;
          if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
            next = { id, at: timer.at, order: timer.order };
          }
        }
        if (!next) break;
        const timer = timers.get(next.id);
        timers.delete(next.id);
        wall += next.at - mono;
        mono = next.at;
        timer?.task();
        await settle();
      }
      wall += end - mono;
      mono = end;
      await settle();
    },
  };
}
