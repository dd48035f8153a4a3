/** Load averages, from /proc/loadavg (proc(5)). */
import { numberOf, readProc, wordsOf } from './lines.ts';
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

export const loadavg: Source = {
  name: 'loadavg',
  metrics: {
    node_load1: gauge('1m load average.'),
    node_load5: gauge('5m load average.'),
    node_load15: gauge('15m load average.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    const [load1, load5, load15] = wordsOf(readProc(host, 'loadavg', '.'));
    emit('node_load1', numberOf(load1));
    emit('node_load5', numberOf(load5));
    emit('node_load15', numberOf(load15));
  },
};
