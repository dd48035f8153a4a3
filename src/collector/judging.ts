/** The tick: `live.update → evaluator.tick → faults.apply`, and its rebuilding after a restart. */
import type { Clock } from '../shared/clock.ts';
import type { IndicatorValue } from '../shared/indicator.ts';
import type { Desk, Device } from './desk/desk.ts';
import { agentsByName, factsOf, impactOf, watchedDevices } from './device-facts.ts';
import type { DeviceFacts, Evaluator } from './evaluate/evaluate.ts';
import type { Faults, Impact } from './faults/faults.ts';
import type { LiveIndicators } from './indicators/indicators.ts';
import type { Store } from './store/store.ts';

export interface JudgingDoors {
  readonly store: Store;
  readonly desk: Desk;
  readonly live: LiveIndicators;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
  readonly clock: Clock;
}

export interface Judging {
  /** Judges what changed since the last call. */
  tick(): Promise<void>;
  /**
   * Rebuilds what evaluate remembers from the last `spanMs` of each device's own samples; what
   * came of it is told by the next `tick` or `settle`.
   */
  replay(devices: readonly Device[], spanMs: number): Promise<void>;
  /** Tells what a replay found, without judging anything new. */
  settle(): Promise<void>;
}

export function makeJudging(doors: JudgingDoors): Judging {
  const { store, desk, live, evaluator, faults, clock } = doors;
  const impact = (name: string): Impact => impactOf(desk.device(name)?.labels ?? {});
  const isLive = ({ device }: IndicatorValue): boolean => desk.device(device)?.status === 'live';
  const judge = async (
    values: readonly IndicatorValue[],
    devices: readonly DeviceFacts[],
  ): Promise<void> => {
    // Also without a verdict: policy closes recovered faults with time.
    await faults.apply(evaluator.tick(values, devices, clock.now()), impact);
  };
  return {
    tick: () => judge(live.update().filter(isLive), watchedDevices(desk, store)),
    settle: () => judge([], []),
    replay: async (devices, spanMs) => {
      const agents = agentsByName(desk);
      for (const device of devices) {
        const facts = factsOf(device, agents, store);
        const end = facts.newestMs + 1;
        for await (const values of live.replay(device.name, end - spanMs, end)) {
          const now = values.reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0);
          evaluator.replay(values, facts, now);
        }
      }
    },
  };
}
