/**
 * statfs that cannot block the agent. A call on a dead network mount never returns and holds one of
 * the four threads of the pool, so a path under way is not asked again, and once two remote calls
 * hang no further remote mount is asked: the spool still has threads for its disk.
 */
import type { Clock } from '../../shared/clock.ts';
import type { FileSystemSizes, Host, SizeRequest } from './sources.ts';

/** All answers together get this long; well below the deadline of a source. */
const WAIT_MS = 1_000;
const MOST_REMOTE_CALLS = 2;

export interface SizesOptions {
  readonly clock: Clock;
  readonly statfs: (path: string) => Promise<FileSystemSizes>;
}

export function createSizes({ clock, statfs }: SizesOptions): Host['sizes'] {
  const underWay = new Set<string>();
  let remoteUnderWay = 0;

  const ask = async ({ path, remote }: SizeRequest): Promise<FileSystemSizes | null> => {
    if (underWay.has(path)) return null;
    underWay.add(path);
    if (remote) remoteUnderWay++;
    try {
      return await statfs(path);
    } catch {
      return null;
    } finally {
      underWay.delete(path);
      if (remote) remoteUnderWay--;
    }
  };

  return async (asked) => {
    const answers: (FileSystemSizes | null)[] = asked.map(() => null);
    let late = false;
    const answer = async (index: number, request: SizeRequest): Promise<void> => {
      answers[index] = await ask(request);
    };
    const remote = asked.flatMap((request, index) => (request.remote ? [{ request, index }] : []));
    const lane = async (): Promise<void> => {
      for (let next = remote.shift(); next && !late; next = remote.shift()) {
        await answer(next.index, next.request);
      }
    };
    const lanes = Array.from({ length: MOST_REMOTE_CALLS - remoteUnderWay }, lane);
    const locals = asked.map((request, index) => (request.remote ? null : answer(index, request)));
    await within(clock, WAIT_MS, Promise.all([...lanes, ...locals]));
    late = true;
    return [...answers];
  };
}

/** Settles with `work`, or after `waitMs` without it. */
async function within(clock: Clock, waitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(waitMs, resolve);
  await Promise.race([work, deadline]);
  timer.cancel();
}
