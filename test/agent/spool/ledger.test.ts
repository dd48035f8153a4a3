import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GAPS_MAX, type Loss } from '../../../src/agent/spool/gaps.ts';
import {
  acknowledged,
  appended,
  cut,
  droppedSamples,
  emptyLedger,
  endOf,
  forgotten,
  gapsWith,
  issuedSamples,
  isWaiting,
  type Ledger,
  liveStream,
  notWritten,
  offered,
  openLive,
  pruned,
  reopened,
  rewound,
  type Stream,
  seqOf,
  undelivered,
  waitingSamples,
} from '../../../src/agent/spool/ledger.ts';

const QUOTA: Loss = { reason: 'quota', fromMs: 100, toMs: 200 };
const EPOCHS = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32));
const [A, B, C] = EPOCHS as [string, string, string, string];

/** A ledger with a live epoch and batches of 10 samples. */
function filled(batches: number): Ledger {
  let ledger = openLive(emptyLedger, A);
  for (let i = 0; i < batches; i++) ledger = appended(ledger, 10);
  return ledger;
}

const live = (ledger: Ledger): Stream => liveStream(ledger)!;
/** Hands out the next live batch. */
const send = (ledger: Ledger): Ledger => offered(ledger, live(ledger));
const placeAfter = ({ index, issued }: { index: number; issued: number }, batches: number) => ({
  index: index + batches,
  issued: issued + 10 * batches,
});

test('numbers of an epoch begin at 1', () => {
  const ledger = openLive(filled(3), B);
  expect(ledger.streams.map((s) => seqOf(s, s.cursor.index))).toEqual([1, 1]);
  expect(ledger.streams.map((s) => endOf(ledger, s).index)).toEqual([4, 4]);
  expect(waitingSamples(ledger)).toBe(30);
});

test('a live epoch without batches leaves no trace when the next one opens', () => {
  expect(openLive(openLive(emptyLedger, A), B).streams.map((s) => s.sent.epoch)).toEqual([B]);
});

describe('cut', () => {
  test('behind a number that was used, the rest goes out under a new epoch', () => {
    const start = send(filled(5));
    const stream = live(start);
    const { cursor } = stream;
    const ledger = cut(start, {
      stream,
      from: placeAfter(cursor, 1),
      to: placeAfter(cursor, 3),
      loss: QUOTA,
      newEpoch: B,
    });
    expect(ledger.streams.map((s) => [s.sent.epoch, s.cursor.index])).toEqual([
      [A, 1],
      [B, 4],
    ]);
    expect(seqOf(live(ledger), 4)).toBe(1);
    expect(ledger.dropped).toEqual({ quota: 20 });
    expect(undelivered(ledger)).toEqual([{ ...QUOTA, samples: 20 }]);
  });

  test('numbers that were never used begin anew in the same epoch', () => {
    const start = filled(3);
    const { cursor } = live(start);
    const to = placeAfter(cursor, 2);
    const ledger = cut(start, { stream: live(start), from: cursor, to, loss: QUOTA, newEpoch: B });
    expect(ledger.streams).toHaveLength(1);
    expect(live(ledger).sent).toEqual({ epoch: A, base: 2 });
  });

  test('a place outside the stream is a mistake of ours', () => {
    const ledger = filled(2);
    const stream = live(ledger);
    const beyond = { stream, from: stream.cursor, to: placeAfter(stream.cursor, 3), newEpoch: B };
    expect(() => cut(ledger, { ...beyond, loss: QUOTA })).toThrow('BUG');
  });

  test('a gap whose carrier is cut away travels with another batch', () => {
    const lossy = notWritten(filled(2), 4, { reason: 'disk_error', fromMs: 1, toMs: 2 });
    const sent = send(lossy);
    expect(gapsWith(sent, A, 1)).toHaveLength(1);
    const { cursor } = live(sent);
    const to = placeAfter(cursor, 1);
    const refused = cut(sent, { stream: live(sent), from: cursor, to, loss: QUOTA, newEpoch: B });
    const again = send(refused);
    expect(gapsWith(again, B, 1).map(({ reason }) => reason)).toEqual(['disk_error', 'quota']);
  });
});

describe('gaps', () => {
  test('bind to a batch only when it was never sent before', () => {
    const once = send(filled(2));
    const lossy = notWritten(once, 4, QUOTA);
    const repeated = send(lossy);
    expect(gapsWith(repeated, A, 1)).toEqual([]);
    const stored = acknowledged(repeated, live(repeated), placeAfter(live(repeated).cursor, 1));
    const next = send(stored);
    expect(gapsWith(next, A, 2)).toEqual([{ ...QUOTA, samples: 4 }]);
  });

  test('after a restart not to what may have been sent meanwhile', () => {
    const used = send(filled(30));
    const again = openLive(reopened(openLive(used, B)), C);
    const lossy = notWritten(again, 4, QUOTA);
    const [old] = lossy.streams;
    expect(offered(lossy, old!)).toBe(lossy);
  });

  test('are known to the collector once their carrier is acknowledged', () => {
    const lossy = notWritten(filled(1), 4, QUOTA);
    const sent = send(lossy);
    expect(undelivered(sent)).toHaveLength(1);
    const stored = acknowledged(sent, live(sent), placeAfter(live(sent).cursor, 1));
    expect(undelivered(stored)).toEqual([]);
    expect(gapsWith(stored, A, 1), 'kept for a collector that loses it').toHaveLength(1);
  });

  test('of one reason and close in time are one; in any number they stay few', () => {
    let ledger = filled(1);
    for (let i = 0; i < 500; i++) {
      const fromMs = i * 3_600_000;
      ledger = notWritten(ledger, 1, { reason: 'disk_error', fromMs, toMs: fromMs + 15_000 });
      ledger = notWritten(ledger, 1, {
        reason: 'disk_error',
        fromMs: fromMs + 15_000,
        toMs: fromMs + 30_000,
      });
    }
    const gaps = undelivered(ledger);
    expect(gaps.length).toBeLessThanOrEqual(GAPS_MAX);
    expect(gaps.reduce((sum, { samples }) => sum + samples, 0)).toBe(1_000);
  });

  test('are whole milliseconds in order, even when the clock went back', () => {
    const ledger = notWritten(filled(1), 4, { reason: 'quota', fromMs: 200.7, toMs: 100.2 });
    expect(undelivered(ledger)).toEqual([{ reason: 'quota', fromMs: 100, toMs: 201, samples: 4 }]);
  });
});

test('going back makes everything older wait again as well', () => {
  const first = filled(3);
  const done = acknowledged(first, live(first), placeAfter(live(first).cursor, 3));
  const second = appended(appended(openLive(done, B), 10), 10);
  const acked = acknowledged(second, live(second), placeAfter(live(second).cursor, 2));
  expect([waitingSamples(acked), acked.acked]).toEqual([0, 50]);
  const back = rewound(acked, live(acked), live(acked).from);
  expect([waitingSamples(back), back.acked]).toEqual([50, 0]);
});

test('what is asked for again and gone is a loss, and the rest gets new numbers', () => {
  const start = filled(5);
  const stream = live(start);
  const done = acknowledged(start, stream, placeAfter(stream.cursor, 5));
  const to = placeAfter(stream.cursor, 2);
  const back = rewound(done, live(done), to);
  const ledger = forgotten(back, { stream: live(back), to, samples: 20, loss: QUOTA, newEpoch: B });
  expect(ledger.acked).toBe(0);
  expect(ledger.dropped).toEqual({ quota: 20 });
  expect(live(ledger).sent).toEqual({ epoch: B, base: 2 });
});

test('pruning keeps what is live, waits or is still on disk', () => {
  const first = filled(3);
  const acked = acknowledged(first, live(first), placeAfter(live(first).cursor, 3));
  const second = openLive(appended(openLive(acked, B), 10), C);
  const epochs = (ledger: Ledger) => ledger.streams.map((s) => s.sent.epoch);
  expect(epochs(pruned(second, 1))).toEqual([A, B, C]);
  expect(epochs(pruned(second, 4))).toEqual([B, C]);
});

type Step = { readonly op: string; readonly n: number };
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(
    'append',
    'fail',
    'send',
    'ack',
    'cut',
    'split',
    'rewind',
    'forget',
    'reopen',
  ),
  n: fc.nat(100),
});

function apply(ledger: Ledger, { op, n }: Step, newEpoch: string): Ledger {
  const waiting = ledger.streams.filter((s) => isWaiting(ledger, s));
  const stream = waiting[n % Math.max(1, waiting.length)];
  if (op === 'append') return appended(ledger, 10);
  if (op === 'fail') return notWritten(ledger, n, QUOTA);
  if (op === 'split') return openLive(ledger, newEpoch);
  if (op === 'reopen') return openLive(reopened(openLive(ledger, newEpoch)), `${newEpoch}'`);
  if (op === 'rewind') {
    const any = ledger.streams[n % ledger.streams.length]!;
    return rewound(ledger, any, any.from);
  }
  if (op === 'forget') {
    const any = ledger.streams[n % ledger.streams.length]!;
    const back = rewound(ledger, any, any.cursor);
    const same = back.streams[ledger.streams.indexOf(any)]!;
    return forgotten(back, { stream: same, to: same.cursor, samples: n, loss: QUOTA, newEpoch });
  }
  if (stream === undefined) return ledger;
  if (op === 'send') return offered(ledger, stream);
  if (op === 'ack') return acknowledged(ledger, stream, placeAfter(stream.cursor, 1));
  const room = endOf(ledger, stream).index - stream.cursor.index;
  const from = placeAfter(stream.cursor, n % room);
  const to = placeAfter(from, 1);
  return cut(ledger, { stream, from, to, loss: n % 2 ? QUOTA : null, newEpoch });
}

test('issued = acked + waiting + dropped, and streams stay in order, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let ledger = openLive(emptyLedger, 'e');
      steps.forEach((each, i) => {
        // A cut without a loss must not take records away.
        ledger = each.op === 'cut' && each.n % 2 === 0 ? ledger : apply(ledger, each, `e${i}`);
        const accounted = ledger.acked + waitingSamples(ledger) + droppedSamples(ledger);
        expect(accounted, each.op).toBe(issuedSamples(ledger));
        ledger.streams.forEach((stream, place) => {
          expect(stream.from.index).toBeLessThanOrEqual(stream.cursor.index);
          expect(stream.cursor.index).toBeLessThanOrEqual(endOf(ledger, stream).index);
          const next = ledger.streams[place + 1];
          if (next) expect(endOf(ledger, stream).index).toBeLessThanOrEqual(next.from.index);
        });
        expect(new Set(ledger.streams.map((s) => s.sent.epoch)).size).toBe(ledger.streams.length);
        expect(live(ledger)).toBeDefined();
      });
    }),
    { numRuns: 500 },
  );
});
