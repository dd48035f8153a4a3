/** Open files of the whole host, from /proc/sys/fs/file-nr (proc(5)): allocated, unused, maximum. */
import { numberOf, readProc, wordsOf } from './lines.ts';
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

export const filefd: Source = {
  name: 'filefd',
  metrics: {
    node_filefd_allocated: gauge('File descriptor statistics: allocated.'),
    node_filefd_maximum: gauge('File descriptor statistics: maximum.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    const [allocated, , maximum] = wordsOf(readProc(host, 'sys/fs/file-nr', '\t'));
    emit('node_filefd_allocated', numberOf(allocated));
    emit('node_filefd_maximum', numberOf(maximum));
  },
};
