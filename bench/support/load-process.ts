/** The load process, from the side that gives the orders. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { stopChild } from './child.ts';
import type { LoadAnswer, LoadOrder, LoadPlan, LoadResult, LoadRun } from './load-protocol.ts';

export interface Load {
  prepare(plan: Omit<LoadPlan, 'kind'>): Promise<void>;
  run(order: Omit<LoadRun, 'kind'>): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load.ts'), [], { execArgv: [] });
  let waiting: PromiseWithResolvers<LoadAnswer> | null = null;
  child.on('message', (answer) => waiting?.resolve(answer as LoadAnswer));
  child.on('exit', (code) => waiting?.reject(new Error(`the load process ended with ${code}`)));
  const ask = (order: LoadOrder): Promise<LoadAnswer> => {
    waiting = Promise.withResolvers();
    child.send(order);
    return waiting.promise;
  };
  return {
    prepare: async (plan) => {
      await ask({ kind: 'prepare', ...plan });
    },
    run: async (order) => {
      const answer = await ask({ kind: 'run', ...order });
      if (answer.kind !== 'done') throw new Error('BUG: not a result');
      return answer;
    },
    stop: () => stopChild(child),
  };
}
