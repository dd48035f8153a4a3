/**
 * How wrong this host's clock is. The kernel's own estimate (adjtimex) is out of reach without
 * native code and is in no file of /proc or /sys, so nothing is said under node_timex names; the
 * offset against the collector, measured on every receipt, has a name of our own.
 */
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

export const timex: Source = {
  name: 'timex',
  metrics: {
    watchkeeper_agent_clock_offset_seconds: gauge(
      "The collector's clock minus this host's, in seconds.",
    ),
  },
  missing: (host) =>
    Number.isNaN(host.clockOffset())
      ? {
          reason: 'no collector has answered yet, so the clock has nothing to be compared with',
          mend: 'run the agent with a collector it can reach',
        }
      : null,
  collect: (host, emit) => emit('watchkeeper_agent_clock_offset_seconds', host.clockOffset()),
};
