import { describe, expect, onTestFinished, test } from 'vitest';
import { Delivery } from '../../../src/agent/traps/delivery.ts';
import { EventQueue } from '../../../src/agent/traps/event-queue.ts';
import { NotYet } from '../../../src/agent/traps/not-yet.ts';
import { eventOutcome } from '../../../src/agent/traps/outcome.ts';
import type { DeviceEvent } from '../../../src/shared/device-event.ts';
import { createLog } from '../../../src/shared/log.ts';
import { HEADER_RECEIPT } from '../../../src/shared/protocol.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { Ear, temporaryDirectory } from './rig.ts';

const OURS = { [HEADER_RECEIPT]: 'events' };
const RECEIPT = JSON.stringify({ stored: 1, duplicates: 0, refused: [], later: [] });
const error = (code: string): string => JSON.stringify({ error: { code, message: 'x', hint: '' } });

describe('an answer', () => {
  test.each([
    [{ status: 200, headers: OURS, body: RECEIPT }, 'stored'],
    [{ status: 200, headers: {}, body: RECEIPT }, 'retry'],
    [{ status: 200, headers: OURS, body: '<html>' }, 'retry'],
    [{ status: 204, headers: OURS, body: '' }, 'retry'],
    [{ status: 200, headers: OURS, body: '{"stored":"1"}' }, 'retry'],
    [{ status: 400, headers: {}, body: error('bad_request') }, 'refused'],
    [{ status: 400, headers: {}, body: '<html>bad gateway' }, 'retry'],
    [{ status: 413, headers: {}, body: error('too_large') }, 'refused'],
    [{ status: 404, headers: {}, body: error('not_found') }, 'retry'],
    [{ status: 401, headers: {}, body: error('unauthorised') }, 'unauthorised'],
    [{ status: 403, headers: {}, body: '' }, 'unauthorised'],
    [{ status: 429, headers: {}, body: error('overloaded') }, 'retry'],
    [{ status: 503, headers: {}, body: '' }, 'retry'],
    [{ status: 500, headers: OURS, body: error('internal') }, 'retry'],
  ])('%j means %s', (answer, kind) => expect(eventOutcome(answer).kind).toBe(kind));
});

function event(id: string): DeviceEvent {
  return {
    ...{ id, device: 'd', kind: 'trap', atMs: 1, source: '', verified: false, oid: '1.3' },
    ...{ item: '', text: { en: '', zh: '' }, fields: {}, repeats: 0, fault: null },
  };
}

function rig() {
  const clock = manualClock();
  const ear = new Ear();
  const logged: string[] = [];
  const log = createLog({ write: (line) => void logged.push(line), now: clock.now });
  const queue = new EventQueue(temporaryDirectory(), 1024 * 1024);
  const notYet = new NotYet(new EventQueue(temporaryDirectory(), 1024 * 1024));
  const delivery = new Delivery({ queue, notYet, transport: ear, clock, log });
  onTestFinished(() => delivery.stop());
  return { clock, ear, logged, queue, notYet, delivery };
}

describe('events', () => {
  test('wait a moment for company, then go together', async () => {
    const { clock, ear, queue, delivery } = rig();
    for (const id of ['a', 'b', 'c']) {
      queue.add(event(id));
      delivery.wake();
    }
    await clock.advance(100);
    expect(ear.requests).toBe(0);
    await clock.advance(200);
    await expect.poll(() => ear.events.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(ear.requests).toBe(1);
    await expect.poll(() => delivery.delivered).toBe(3);
    await expect.poll(() => queue.isEmpty).toBe(true);
  });

  test('are sent again, later and later, until the collector has them', async () => {
    const { clock, ear, logged, queue, delivery } = rig();
    ear.answer = { status: 503, headers: {}, body: '' };
    queue.add(event('a'));
    await delivery.now();
    const waits: number[] = [];
    for (let round = 1; round <= 9; round++) {
      const from = clock.monotonic();
      const before = ear.requests;
      while (ear.requests === before) {
        await clock.advance(250);
        // Once its time has come it reads from disk: the clock waits for that.
        await expect.poll(() => clock.pending() > 0 || ear.requests > before).toBe(true);
      }
      waits.push(clock.monotonic() - from);
      // What follows the answer needs real turns of the file system.
      await expect.poll(() => clock.pending()).toBeGreaterThan(0);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(91_000);
    expect(waits.at(-1) ?? 0).toBeGreaterThan(25_000);
    expect(waits.at(0) ?? 0).toBeLessThanOrEqual(2_000);
    // One line for one reason, not one for each attempt.
    expect(logged.length).toBe(1);
    ear.answer = null;
    await delivery.now();
    expect(ear.events.map(({ id }) => id)).toEqual(['a']);
    expect(delivery.lastError).toBe('');
  });

  test('that arrived although the answer was lost are no second event', async () => {
    const { ear, queue, delivery } = rig();
    queue.add(event('a'));
    await queue.flush();
    const { events = [] } = (await queue.oldest()) ?? {};
    await ear.send({ body: Buffer.from(JSON.stringify({ events })) });
    await delivery.now();
    expect(ear.events.length).toBe(1);
    expect(delivery.delivered).toBe(1);
  });

  test('refused for good are counted and do not stand in the way', async () => {
    const { ear, logged, queue, delivery } = rig();
    ear.answer = { status: 400, headers: {}, body: error('bad_request') };
    queue.add(event('a'));
    await delivery.now();
    expect([delivery.refused, queue.isEmpty]).toEqual([1, true]);
    expect(logged.join('')).toContain('for good');
    const refused = [{ id: 'b', reason: 'not your device' }];
    const body = JSON.stringify({ stored: 0, duplicates: 0, refused, later: [] });
    ear.answer = { status: 200, headers: OURS, body };
    queue.add(event('b'));
    await delivery.now();
    expect(delivery.refused).toBe(2);
    expect(logged.join('')).toContain('not your device');
  });

  test('with a token that is void wait a minute', async () => {
    const { clock, ear, queue, delivery } = rig();
    ear.answer = { status: 401, headers: {}, body: error('unauthorised') };
    queue.add(event('a'));
    await delivery.now();
    await clock.advance(25_000);
    expect(ear.requests).toBe(1);
    await clock.advance(70_000);
    await expect.poll(() => ear.requests).toBe(2);
  });

  test('are on disk when the agent stops', async () => {
    const { ear, queue, delivery } = rig();
    queue.add(event('a'));
    await delivery.stop();
    expect(ear.requests).toBe(0);
    expect(queue.bytes).toBeGreaterThan(0);
  });
});

describe('events of a device the collector does not know yet', () => {
  function unknown() {
    const made = rig();
    made.ear.unknown.add('d');
    return made;
  }
  const heard = ({ ear }: { ear: Ear }) => ear.events.map(({ id }) => id);

  test('wait and arrive in their order once it is known; others do not wait', async () => {
    const made = unknown();
    const { clock, ear, logged, queue, notYet, delivery } = made;
    for (const id of ['a', 'b']) queue.add(event(id));
    queue.add({ ...event('other'), device: 'e' });
    await delivery.now();
    expect([heard(made), queue.isEmpty, notYet.queue.events]).toEqual([['other'], true, 2]);
    expect(logged.join('')).toContain('events wait until');
    ear.unknown.clear();
    // It is known by now, but what came before it is still here.
    queue.add(event('c'));
    await delivery.now();
    expect(heard(made)).toEqual(['other']);
    await clock.advance(60_000);
    await expect.poll(() => heard(made)).toEqual(['other', 'a', 'b', 'c']);
    await expect.poll(() => notYet.queue.isEmpty).toBe(true);
    expect(delivery.refused).toBe(0);
  });

  test('are given up after an hour and counted as refused', async () => {
    const { clock, ear, queue, notYet, delivery } = unknown();
    queue.add(event('a'));
    await delivery.now();
    await clock.advance(3_599_000);
    await delivery.now();
    expect([delivery.refused, notYet.queue.events]).toEqual([0, 1]);
    await clock.advance(61_000);
    await delivery.now();
    expect([delivery.refused, notYet.queue.isEmpty]).toEqual([1, true]);
    expect(ear.events).toEqual([]);
  });

  test('a new event of another device goes at once while they rest', async () => {
    const made = unknown();
    made.queue.add(event('a'));
    await made.delivery.now();
    made.queue.add({ ...event('other'), device: 'e' });
    made.delivery.wake();
    await made.clock.advance(300);
    await expect.poll(() => heard(made)).toEqual(['other']);
  });
});
