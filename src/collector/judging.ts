/**
 * The tick: `live.update → evaluator.tick → faults.apply → faults.advance`, and its rebuilding
 * after a restart.
 */
import type { Clock } from '../shared/clock.ts';
import type { IndicatorValue } from '../shared/indicator.ts';
import type { Desk, Device } from './desk/desk.ts';
import { agentsByName, factsOf, faultContext, watchedDevices } from './device-facts.ts';
import type { DeviceFacts, Evaluator } from './evaluate/evaluate.ts';
import type { Fault, FaultContext, Faults } from './faults/faults.ts';
import type { LiveIndicators } from './indicators/indicators.ts';
import type { Late } from './late.ts';
import type { Store } from './store/store.ts';

export interface JudgingDoors {
  readonly store: Store;
  readonly desk: Desk;
  readonly live: LiveIndicators;
  readonly evaluator: Evaluator;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Without it every fault is announced. */
  readonly quiet?: QuietWord;
  /** Told of what came, to find what comes late. */
  readonly late?: Pick<Late, 'saw'>;
}

/** What the quiet room says to the faults. */
export interface QuietWord extends Pick<FaultContext, 'quietOf' | 'flapOf'> {
  /** Told what goes on and what was seen, at the start of every tick, before anything is asked. */
  begin(open: readonly Fault[], values: readonly IndicatorValue[]): void;
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
  const { store, desk, live, evaluator, faults, clock, quiet } = doors;
  const context = faultContext(desk, quiet);
  const isLive = ({ device }: IndicatorValue): boolean => desk.device(device)?.status === 'live';
  const judge = async (
    values: readonly IndicatorValue[],
    devices: readonly DeviceFacts[],
  ): Promise<void> => {
    quiet?.begin(faults.open(), values);
    await faults.apply(evaluator.tick(values, devices, clock.now()), context);
    // Also without a verdict: clocks run on, and what was quiet may be announced.
    await faults.advance(context);
  };
  return {
    tick: () => {
      const values = live.update().filter(isLive);
      doors.late?.saw(values);
      return judge(values, watchedDevices(desk, store));
    },
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
