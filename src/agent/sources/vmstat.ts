/** Paging, page faults and OOM kills, from /proc/vmstat: what node_exporter takes by default. */
import { numberOf, readProc } from './lines.ts';
import { untyped } from './metric.ts';
import type { Source } from './sources.ts';

const FIELDS = ['oom_kill', 'pgfault', 'pgmajfault', 'pgpgin', 'pgpgout', 'pswpin', 'pswpout'];
const FIELD = new RegExp(`^(${FIELDS.join('|')}) (.*)$`, 'gm');

export const vmstat: Source = {
  name: 'vmstat',
  metrics: Object.fromEntries(
    FIELDS.map((field) => [
      `node_vmstat_${field}`,
      untyped(`/proc/vmstat information field ${field}.`),
    ]),
  ),
  missing: () => null,
  collect: (host, emit) => {
    for (const [, field, value] of readProc(host, 'vmstat', 'pgfault').matchAll(FIELD)) {
      emit(`node_vmstat_${field}`, numberOf(value));
    }
  },
};
