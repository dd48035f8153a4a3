/** Traps put together: child → interpretation → queue → collector. */
import { join } from 'node:path';
import type { DeviceEvent } from '../../shared/device-event.ts';
import { Delivery } from './delivery.ts';
import { EventQueue } from './event-queue.ts';
import type { Counts, Trap } from './frames.ts';
import { rangeTest } from './gate.ts';
import { interpret, type Surroundings } from './interpret.ts';
import { kernelDrops } from './kernel-drops.ts';
import { NotYet } from './not-yet.ts';
import { ReceiverChild } from './receiver-child.ts';
import { RefusalLog } from './refusal-log.ts';
import { Repeats } from './repeats.ts';
import type { TrapStats, Traps, TrapsOptions } from './traps.ts';

/** Addresses outside the list that are remembered with their counts. */
const UNLISTED_MAX = 256;

/** Sums of what children reported, over all of them. */
class Tally {
  received = 0;
  events = 0;
  repeats = 0;
  readonly dropped: Record<string, number> = {};
  readonly unlisted: Record<string, number> = {};

  add({ received, dropped, unlisted }: Counts): void {
    this.received += received;
    for (const [why, count] of Object.entries(dropped)) {
      this.dropped[why] = (this.dropped[why] ?? 0) + count;
    }
    for (const [address, count] of Object.entries(unlisted)) {
      const isKnown = Object.hasOwn(this.unlisted, address);
      const isFull = Object.keys(this.unlisted).length >= UNLISTED_MAX;
      const name = isKnown || !isFull ? address : 'others';
      this.unlisted[name] = (this.unlisted[name] ?? 0) + count;
    }
  }
}

export function createTraps(options: TrapsOptions, verb: string): Traps {
  const { settings, directory, clock, log, transport, script } = options;
  const tally = new Tally();
  const queue = new EventQueue(join(directory, 'events'), settings.queueBytes);
  const notYet = new NotYet(new EventQueue(join(directory, 'later'), settings.queueBytes));
  const delivery = new Delivery({ queue, notYet, transport, clock, log });
  const repeats = new Repeats(settings.repeatMs);
  const refusals = new RefusalLog(log);
  const around: Surroundings = {
    known: settings.known,
    unverifiedMay: settings.unverifiedMay,
    isRelay: rangeTest(settings.relays),
    deviceOf: options.deviceOf,
    interfaceName: options.interfaceName,
  };
  // Numbers of one run never meet those of another.
  const run = clock.randomHex(8);
  const take = (trap: Trap): void => {
    const { rule, ...event } = interpret(trap, around);
    const left = repeats.take({ rule, ...event }, clock.monotonic());
    if (left === null) {
      tally.repeats += 1;
      return;
    }
    tally.events += 1;
    const id = `${run}-${tally.events}`;
    const whole: DeviceEvent = { ...event, id, atMs: clock.now(), repeats: left };
    queue.add(whole);
    delivery.wake();
  };
  const { host, port, sources, credentials, rates } = settings;
  const child = new ReceiverChild({
    script,
    verb,
    settings: { host, port, sources, credentials, rates },
    directory: join(directory, 'crashes'),
    clock,
    log,
    onTrap: take,
    onRefusal: (refusal) => refusals.refused(refusal, clock.monotonic()),
    onCounts: (counts) => {
      tally.add(counts);
      for (const [source, count] of Object.entries(counts.unlisted)) {
        refusals.unlisted(source, count, clock.monotonic());
      }
    },
  });
  return {
    start: async () => {
      for (const warning of settings.warnings) log.warn(warning);
      if (!queue.isEmpty || !notYet.queue.isEmpty) delivery.wake();
      await child.start();
    },
    stop: async () => {
      await child.stop();
      // What is under way is broken off: it is on disk, and sent again.
      transport.close();
      await delivery.stop();
    },
    settled: () => delivery.now(),
    stats: () => statsOf(tally, { queues: [queue, notYet.queue], delivery, child }),
  };
}

function statsOf(
  tally: Tally,
  parts: {
    readonly queues: readonly EventQueue[];
    readonly delivery: Delivery;
    readonly child: ReceiverChild;
  },
): TrapStats {
  const { queues, delivery, child } = parts;
  const sum = (of: (queue: EventQueue) => number): number =>
    queues.reduce((all, queue) => all + of(queue), 0);
  const inKernel = kernelDrops(child.port);
  const dropped: Record<string, number> = { ...tally.dropped };
  if (inKernel !== null) dropped.kernel = inKernel;
  return {
    port: child.port,
    received: tally.received,
    dropped,
    unlisted: { ...tally.unlisted },
    events: tally.events,
    repeats: tally.repeats,
    crashes: child.crashes,
    queuedEvents: sum(({ events }) => events),
    queuedBytes: sum(({ bytes }) => bytes),
    lostEvents: sum(({ lost }) => lost),
    delivered: delivery.delivered,
    refused: delivery.refused,
    lastError: delivery.lastError,
  };
}
