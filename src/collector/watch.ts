/** The watch: what runs every second, and between the seconds. */
import type { Clock } from '../shared/clock.ts';
import { openEvaluator } from './evaluate/evaluate.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { FaultContext } from './faults/faults.ts';
import { makeHolidayWatch } from './holiday-watch.ts';
import type { Judging } from './judging.ts';
import { type Late, makeLate } from './late.ts';
import type { Rooms, RoomsOptions } from './rooms.ts';
import { freeBytes, type State } from './state.ts';
import { SLICE_MS, startWork, type Work } from './work.ts';

/** Samples of this long before the end are judged again after a restart. */
const REBUILD_MS = 30 * 60_000;

/** What agents kept while the line was down is judged as history, by today's thresholds. */
export function openLate(
  rooms: Rooms,
  around: { readonly clock: Clock; readonly state: State; readonly context: FaultContext },
): Late {
  const { desk, pasts } = rooms;
  const { clock, state, context } = around;
  return makeLate({
    ...rooms,
    clock,
    context,
    policy: () => state.policies.quiet.late,
    scratch: () => openEvaluator({ policy: state.policies.thresholds, past: pasts.past }),
    labelsOf: (name) => {
      const device = desk.device(name);
      return device?.status === 'live' ? device.labels : null;
    },
  });
}

/** Ticks and maintenance, once the hold timers of the time before the restart are rebuilt. */
export async function beginWatch(
  { settings, clock, log }: RoomsOptions,
  rooms: Rooms,
  inside: {
    readonly state: State;
    readonly judging: Judging;
    readonly faultDesk: FaultDesk;
    readonly late: Late;
  },
): Promise<Work> {
  const { store, desk, history, pasts } = rooms;
  const { state, judging, faultDesk, late } = inside;
  const live = desk.devices().filter(({ status }) => status === 'live');
  await judging.replay(live, REBUILD_MS);
  await late.lookBack();
  state.reason = '';
  return startWork({
    clock,
    log,
    tick: async () => {
      state.diskFreeBytes = freeBytes(settings.data);
      try {
        await judging.tick();
        await rooms.field.follow(rooms.faults, faultDesk.context);
      } finally {
        // What is in the ledger is told also when judging fails; that it fails is told, too.
        faultDesk.follow();
      }
    },
    slices: [
      () => store.maintain(SLICE_MS),
      () => history.rollUp({ nowMs: clock.now(), budgetMs: SLICE_MS }),
      pasts.fetchOne,
      rooms.field.maintain,
      late.judgeOne,
      makeHolidayWatch(clock, log, () => state.policies.calendars),
    ],
  });
}
