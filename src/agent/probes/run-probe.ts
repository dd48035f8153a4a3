/** One run of one probe: its kind under a deadline, and what came of it as a report. */
import { messageOf } from '../../shared/errors.ts';
import type { Tools } from './look.ts';
import type { Probe, Report } from './probes.ts';
import { ProbeFailure } from './reasons.ts';
import { KINDS } from './registry.ts';
import { Trace } from './trace.ts';

const OVER = new ProbeFailure('timeout');

/** Never throws. `signal`: nobody wants to know any more. */
export async function runProbe(probe: Probe, tools: Tools, signal?: AbortSignal): Promise<Report> {
  const { clock } = tools;
  const trace = new Trace(clock);
  const over = new AbortController();
  // A reason of our own: making the usual one with its stack costs more than a ping.
  const abort = (): void => over.abort(OVER);
  const timer = clock.after(probe.timeoutMs, abort);
  signal?.addEventListener('abort', abort, { once: true });
  const startMs = clock.monotonic();
  let failure: ProbeFailure | null = null;
  try {
    const { timeoutMs, kind, spec } = probe;
    await KINDS[kind]?.run(spec, { ...tools, trace, signal: over.signal, timeoutMs });
  } catch (error) {
    failure = failureOf(error, { over: over.signal, trace, timeoutMs: probe.timeoutMs });
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
    // Whatever still hangs on it lets go.
    abort();
  }
  const seconds = (clock.monotonic() - startMs) / 1_000;
  return report(trace, failure, Number.isNaN(trace.seconds) ? seconds : trace.seconds);
}

interface Ending {
  readonly over: AbortSignal;
  readonly trace: Trace;
  readonly timeoutMs: number;
}

function failureOf(error: unknown, { over, trace, timeoutMs }: Ending): ProbeFailure {
  const isTimeout = error instanceof ProbeFailure && error.reason === 'timeout';
  if (isTimeout || (over.aborted && !(error instanceof ProbeFailure))) {
    const during = trace.under === '' ? '' : ` (during ${trace.under})`;
    return new ProbeFailure('timeout', `no answer within ${timeoutMs / 1_000} s${during}`);
  }
  if (error instanceof ProbeFailure) return error;
  // A mistake of ours is no news of the target.
  return new ProbeFailure('could_not_look', messageOf(error));
}

function report(trace: Trace, failure: ProbeFailure | null, seconds: number): Report {
  const couldLook = failure?.reason !== 'could_not_look';
  return {
    outcome: failure === null ? 'success' : couldLook ? 'failure' : 'unknown',
    reason: failure?.reason ?? 'ok',
    message: failure?.message ?? '',
    step: failure === null ? '' : trace.step,
    seconds,
    phases: trace.phases,
    checks: trace.checks,
    figures: trace.figures,
  };
}
