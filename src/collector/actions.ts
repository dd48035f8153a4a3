/** Steps that concern several rooms: the end of an import, the removal of a device. */
import { setImmediate } from 'node:timers/promises';
import type { Actor } from './desk/desk.ts';
import type { IndicatorHistory } from './indicators/indicators.ts';
import type { Judging, JudgingDoors } from './judging.ts';
import type { ImportEnd } from './web/web.ts';

/** Samples of a demo this near to its end are judged as if they came now. */
const DEMO_JUDGED_MS = 3_600_000;

export async function removeDevice(doors: JudgingDoors, name: string, actor: Actor): Promise<void> {
  const { store, desk, live, evaluator, faults } = doors;
  await faults.retire(name, { by: actor.who, note: 'the device was removed' });
  evaluator.forget(name);
  live.forget(name);
  await store.removeDevice(name);
  await desk.removeDevice(name, actor);
}

export interface ImportDoors extends JudgingDoors {
  readonly history: IndicatorHistory;
  readonly judging: Judging;
  /** How long rolling up may hold the event loop at a time. */
  readonly sliceMs: number;
}

export async function finishImport(
  doors: ImportDoors,
  { agent, token, devices }: ImportEnd,
  actor: Actor,
): Promise<{ readonly refusedSamples: number }> {
  const { store, desk, history, judging, sliceMs } = doors;
  await store.sealAll();
  while (await history.rollUp({ budgetMs: sliceMs })) await setImmediate();
  await desk.revokeAgent(token, actor);
  await desk.flush();
  const demo = devices.flatMap((name) => desk.device(name) ?? []);
  await judging.replay(
    demo.filter(({ status }) => status === 'demo'),
    DEMO_JUDGED_MS,
  );
  await judging.settle();
  const gaps = await store.gaps(0, Number.MAX_SAFE_INTEGER);
  const refused = gaps.filter((gap) => gap.agent === agent);
  return { refusedSamples: refused.reduce((sum, { samples }) => sum + samples, 0) };
}
