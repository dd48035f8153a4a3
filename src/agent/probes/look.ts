/** What a run of a probe works with. */
import type { AddressPolicy, Resolve } from '../../shared/address-policy.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pinger } from './icmp/pinger.ts';
import { ProbeFailure } from './reasons.ts';
import type { Trace } from './trace.ts';
import type { Trust } from './trust.ts';

/** Shared by all probes of an agent. */
export interface Tools {
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
  readonly pinger: Pinger;
  readonly trust: Trust;
}

export interface Look extends Tools {
  readonly trace: Trace;
  /** Aborted when the probe's time is over. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Waits for `work` until the signal says otherwise; then it is a timeout. */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    // Nobody waits for it any more, so nobody may be hit by how it ends.
    work.catch(() => {});
    return Promise.reject(new ProbeFailure('timeout'));
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new ProbeFailure('timeout'));
    signal.addEventListener('abort', abort, { once: true });
    const done = (): void => signal.removeEventListener('abort', abort);
    work.then(
      (value) => {
        done();
        resolve(value);
      },
      (error) => {
        done();
        reject(error);
      },
    );
  });
}
