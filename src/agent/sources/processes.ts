/**
 * Processes and threads by count and state, from /proc/PID/stat (proc(5)). One file per process:
 * the dearest source, so it goes at a slower pace.
 */
import { Failure } from '../../shared/errors.ts';
import { numberOf } from './lines.ts';
import { gauge } from './metric.ts';
import type { Host, Missing, Source } from './sources.ts';

/** Words between the state and the number of threads in /proc/PID/stat. */
const THREADS_AFTER_STATE = 17;

/** The command stands in parentheses and may hold anything, also parentheses. */
function parseStat(text: string): { state: string; threads: number } | null {
  const close = text.lastIndexOf(')');
  if (close < 0) return null;
  const words = text.slice(close + 2).split(' ', THREADS_AFTER_STATE + 1);
  const threads = Number(words[THREADS_AFTER_STATE]);
  return { state: words[0] ?? '', threads: Number.isFinite(threads) ? threads : 0 };
}

const isPid = (name: string): boolean => {
  const c = name.charCodeAt(0);
  return c >= 0x31 && c <= 0x39;
};

const limit = (host: Host, name: string): number =>
  numberOf(host.fact(`${host.procPath}/sys/kernel/${name}`));

/** Process 1 is always there: who does not see it sees only his own, and would count too few. */
const sees = (host: Host): boolean => host.fact(`${host.procPath}/1/stat`) !== null;

const HIDDEN: Missing = Object.freeze({
  reason: 'the processes of other users are hidden from the agent',
  mend: 'mount /proc without hidepid, and leave ProtectProc= out of the unit of the agent',
});

export const processes: Source = {
  name: 'processes',
  intervalMs: 60_000,
  metrics: {
    node_processes_state: gauge('Number of processes in each state.'),
    node_processes_pids: gauge('Number of PIDs'),
    node_processes_threads: gauge('Allocated threads in system'),
    node_processes_max_processes: gauge('Number of max PIDs limit'),
    node_processes_max_threads: gauge('Limit of threads in the system'),
  },
  missing: (host) => (sees(host) ? null : HIDDEN),
  collect: (host, emit) => {
    if (!sees(host)) throw new Failure('io', HIDDEN.reason, { hint: HIDDEN.mend });
    const states = new Map<string, number>();
    let pids = 0;
    let threads = 0;
    for (const name of host.list(host.procPath) ?? []) {
      if (!isPid(name)) continue;
      const found = parseStat(host.text(`${host.procPath}/${name}/stat`) ?? '');
      // Ended since the directory was read.
      if (found === null) continue;
      pids++;
      threads += found.threads;
      states.set(found.state, (states.get(found.state) ?? 0) + 1);
    }
    for (const [state, count] of states) emit('node_processes_state', count, 'state', state);
    emit('node_processes_pids', pids);
    emit('node_processes_threads', threads);
    emit('node_processes_max_processes', limit(host, 'pid_max'));
    emit('node_processes_max_threads', limit(host, 'threads-max'));
  },
};
