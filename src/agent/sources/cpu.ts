/** CPU time by core and mode, from the `cpuN` lines of /proc/stat (proc(5)). */
import { USER_HZ } from './host.ts';
import { numberOf, readProc, wordsOf } from './lines.ts';
import { counter } from './metric.ts';
import type { Source } from './sources.ts';

/** In the kernel's order. Guest time follows; it is contained in user and nice as well. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
const GUEST_MODES = ['user', 'nice'];

export const cpu: Source = {
  name: 'cpu',
  metrics: {
    node_cpu_seconds_total: counter('Seconds the CPUs spent in each mode.'),
    node_cpu_guest_seconds_total: counter('Seconds the CPUs spent in guests (VMs) for each mode.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    for (const line of readProc(host, 'stat', 'cpu').split('\n')) {
      // The lines of the CPUs come first, and the very first is their sum.
      if (!line.startsWith('cpu')) break;
      const [word = '', ...ticks] = wordsOf(line);
      if (word === 'cpu') continue;
      const core = word.slice(3);
      MODES.forEach((mode, i) => {
        emit('node_cpu_seconds_total', numberOf(ticks[i]) / USER_HZ, 'cpu', core, 'mode', mode);
      });
      GUEST_MODES.forEach((mode, i) => {
        const seconds = numberOf(ticks[MODES.length + i]) / USER_HZ;
        emit('node_cpu_guest_seconds_total', seconds, 'cpu', core, 'mode', mode);
      });
    }
  },
};
