/** Kernel and host name, from /proc/sys/kernel: what uname(2) gives. */
import { gauge } from './metric.ts';
import type { Source } from './sources.ts';

export const uname: Source = {
  name: 'uname',
  metrics: {
    node_uname_info: gauge('Labeled system information as provided by the uname system call.'),
  },
  missing: () => null,
  collect: (host, emit) => {
    const kernel = (name: string): string => host.fact(`${host.procPath}/sys/kernel/${name}`) ?? '';
    emit(
      'node_uname_info',
      1,
      ...['domainname', kernel('domainname')],
      ...['machine', host.os.machine()],
      ...['nodename', kernel('hostname')],
      ...['release', kernel('osrelease')],
      ...['sysname', kernel('ostype')],
      ...['version', kernel('version')],
    );
  },
};
