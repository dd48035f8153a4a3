/**
 * Time and chance, as parameters. This file, `log.ts` and the two `main.ts` are the only places
 * that may touch the wall clock, timers, randomness, the environment or the console.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time, whole Unix milliseconds. May jump: never subtract two of them to measure a duration. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, task: () => void): Timer;
  /** Uniform in [0, 1). For jitter, never for secrets. */
  random(): number;
  /** `bytes` random bytes from the system's generator, as lower-case hex. For tokens and epochs. */
  randomHex(bytes: number): string;
}

/**
 * The kernel's generator, or OpenSSL's where the kernel offers no file: loading OpenSSL for this
 * alone would make up a tenth of an idle agent's memory.
 */
function systemRandom(bytes: number): Buffer {
  const target = Buffer.alloc(bytes);
  let file: number | undefined;
  try {
    file = openSync('/dev/urandom', 'r');
    if (readSync(file, target, 0, bytes, null) === bytes) return target;
  } catch {
    // No such file on this system.
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return process.getBuiltinModule('node:crypto').randomBytes(bytes);
}

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs: number, task: () => void) => {
    const handle = setTimeout(task, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  random: () => Math.random(),
  randomHex: (bytes: number) => systemRandom(bytes).toString('hex'),
});

/** Resolves after `delayMs` of the clock's time. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** Runs `task` every `periodMs`, the next one after the last ended; `stop()` waits for the one under way. */
export function repeat(
  clock: Clock,
  periodMs: number,
  task: () => void | Promise<void>,
): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  const arm = (): void => {
    timer = clock.after(periodMs, () => {
      running = Promise.resolve(task()).finally(() => {
        if (!stopped) arm();
      });
    });
  };
  arm();
  return {
    stop: async () => {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}
