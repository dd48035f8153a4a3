/** Boot time, context switches, interrupts, forks and the run queue, from /proc/stat (proc(5)). */
import { numberOf, readProc } from './lines.ts';
import { counter, gauge } from './metric.ts';
import type { Source } from './sources.ts';

const NAMES = new Map([
  ['intr', 'node_intr_total'],
  ['ctxt', 'node_context_switches_total'],
  ['btime', 'node_boot_time_seconds'],
  ['processes', 'node_forks_total'],
  ['procs_running', 'node_procs_running'],
  ['procs_blocked', 'node_procs_blocked'],
]);

export const stat: Source = {
  name: 'stat',
  metrics: {
    node_intr_total: counter('Total number of interrupts serviced.'),
    node_context_switches_total: counter('Total number of context switches.'),
    node_boot_time_seconds: gauge('Node boot time, in unixtime.'),
    node_forks_total: counter('Total number of forks.'),
    node_procs_running: gauge('Number of processes in runnable state.'),
    node_procs_blocked: gauge('Number of processes blocked waiting for I/O to complete.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    for (const line of readProc(host, 'stat', 'btime').split('\n')) {
      // The line of the interrupts goes on with a count of each; the first is their sum.
      const [field = '', value] = line.split(' ', 2);
      const name = NAMES.get(field);
      if (name !== undefined) emit(name, numberOf(value));
    }
  },
};
