/** Traffic, errors and drops by interface, from /proc/net/dev (proc(5)); without the loopback. */
import { numberOf, readProc, wordsOf } from './lines.ts';
import { counter } from './metric.ts';
import type { Source } from './sources.ts';

/** In the kernel's order. */
const FIELDS = [
  ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'].map(
    (field) => `receive_${field}`,
  ),
  ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'].map(
    (field) => `transmit_${field}`,
  ),
];
const NAMES = FIELDS.map((field) => `node_network_${field}_total`);

export const netdev: Source = {
  name: 'netdev',
  metrics: Object.fromEntries(
    FIELDS.map((field) => [
      `node_network_${field}_total`,
      counter(`Network device statistic ${field}.`),
    ]),
  ),
  missing: () => null,
  collect: (host, emit) => {
    for (const line of readProc(host, 'net/dev', 'Receive').split('\n')) {
      // The two header lines hold no colon, and some drivers leave no blank after it.
      const [device = '', figures] = line.split(':', 2);
      if (figures === undefined || device.trim() === 'lo') continue;
      const counts = wordsOf(figures);
      NAMES.forEach((name, i) => {
        emit(name, numberOf(counts[i]), 'device', device.trim());
      });
    }
  },
};
