/** The host's own time, so that others can see how far it is from theirs. */
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

export const time: Source = {
  name: 'time',
  metrics: { node_time_seconds: gauge('System time in seconds since epoch (1970).') },
  missing: () => null,
  collect: (host, emit) => emit('node_time_seconds', host.clock.now() / 1_000),
};
