/** Pressure stall times, from /proc/pressure (kernel: Documentation/accounting/psi.rst). */
import { holding, numberOf } from './lines.ts';
import { counter } from './metric.ts';
import type { Source } from './sources.ts';

const MICROSECONDS = 1e6;

/** `some avg10=2.78 avg60=2.79 avg300=1.27 total=31438285` */
const TOTAL = /^(some|full) .*total=(\S+)$/gm;

/** By file and line: what the kernel calls "some" is waiting, "full" is stalled. */
const FILES: readonly (readonly [file: string, lines: Readonly<Record<string, string>>])[] = [
  ['cpu', { some: 'node_pressure_cpu_waiting_seconds_total' }],
  [
    'io',
    {
      some: 'node_pressure_io_waiting_seconds_total',
      full: 'node_pressure_io_stalled_seconds_total',
    },
  ],
  [
    'memory',
    {
      some: 'node_pressure_memory_waiting_seconds_total',
      full: 'node_pressure_memory_stalled_seconds_total',
    },
  ],
];

export const pressure: Source = {
  name: 'pressure',
  metrics: {
    node_pressure_cpu_waiting_seconds_total: counter(
      'Total time in seconds that processes have waited for CPU time',
    ),
    node_pressure_io_waiting_seconds_total: counter(
      'Total time in seconds that processes have waited due to IO congestion',
    ),
    node_pressure_io_stalled_seconds_total: counter(
      'Total time in seconds no process could make progress due to IO congestion',
    ),
    node_pressure_memory_waiting_seconds_total: counter(
      'Total time in seconds that processes have waited for memory',
    ),
    node_pressure_memory_stalled_seconds_total: counter(
      'Total time in seconds no process could make progress due to memory congestion',
    ),
  },
  missing: (host) =>
    host.text(`${host.procPath}/pressure/cpu`) === null
      ? {
          reason: 'this kernel gives no pressure figures',
          mend: 'start the kernel (4.20 or later) with psi=1, or leave this source out',
        }
      : null,
  collect: (host, emit) => {
    for (const [file, lines] of FILES) {
      const path = `${host.procPath}/pressure/${file}`;
      const text = host.live(path);
      if (text === null) continue;
      for (const [, line = '', total] of holding('total=', text, path).matchAll(TOTAL)) {
        const name = lines[line];
        if (name !== undefined) emit(name, numberOf(total) / MICROSECONDS);
      }
    }
  },
};
