import { expect, test } from 'vitest';
import {
  acknowledged,
  appended,
  emptyLedger,
  type Ledger,
  liveStream,
  offered,
  openLive,
} from '../../../src/agent/spool/ledger.ts';
import {
  type Extent,
  isOwned,
  nextSacrifice,
  removable,
  waitingIn,
} from '../../../src/agent/spool/limits.ts';

const EPOCH = 'e'.repeat(32);
const HOUR_MS = 3_600_000;
const LIMITS = { maxBytes: 1_000, keepAckedMs: 24 * HOUR_MS, keepAckedBytes: 500, nowMs: 0 };

/** Four files of ten batches and 100 bytes each, an hour apart; the last is being written. */
const EXTENTS: readonly Extent[] = [0, 1, 2, 3].map((i) => ({
  segment: {
    name: `${i}.seg`,
    number: i,
    first: { index: 1 + 10 * i, issued: 100 * i },
    firstMs: i * HOUR_MS,
    epoch: EPOCH,
    seq: 1 + 10 * i,
    bytes: 100,
  },
  end: { index: 11 + 10 * i, issued: 100 * (i + 1) },
  endMs: (i + 1) * HOUR_MS,
  active: i === 3,
}));

function ledgerWith(acked: number): Ledger {
  let ledger = openLive(emptyLedger, EPOCH);
  for (let i = 0; i < 40; i++) ledger = appended(ledger, 10);
  for (let i = 0; i < acked; i++) {
    const stream = liveStream(ledger)!;
    const { index, issued } = stream.cursor;
    ledger = acknowledged(ledger, stream, { index: index + 1, issued: issued + 10 });
  }
  return ledger;
}

const names = (segments: readonly { name: string }[]): string[] => segments.map(({ name }) => name);

test('what waits in a file is the part of it behind the cursor', () => {
  const ledger = ledgerWith(15);
  const ranges = EXTENTS.map((extent) =>
    waitingIn(ledger, extent).map(({ from, to }) => [from.index, to.index]),
  );
  expect(ranges).toEqual([[], [[16, 21]], [[21, 31]], [[31, 41]]]);
});

test('nothing that waits is removed, however old', () => {
  expect(removable(ledgerWith(0), EXTENTS, { ...LIMITS, nowMs: 1_000 * HOUR_MS })).toEqual([]);
});

test('acknowledged files go after a day, the one being written never', () => {
  const ledger = ledgerWith(40);
  expect(removable(ledger, EXTENTS, LIMITS)).toEqual([]);
  const at = (hours: number) =>
    names(removable(ledger, EXTENTS, { ...LIMITS, nowMs: hours * HOUR_MS }));
  expect(at(25)).toEqual([]);
  expect(at(26.5)).toEqual(['0.seg', '1.seg']);
  expect(at(1_000)).toEqual(['0.seg', '1.seg', '2.seg']);
});

test('acknowledged files go beyond half the quota, the oldest first', () => {
  const ledger = ledgerWith(40);
  expect(names(removable(ledger, EXTENTS, { ...LIMITS, keepAckedBytes: 150 }))).toEqual([
    '0.seg',
    '1.seg',
  ]);
});

test('acknowledged files go when all is too much, no more of them than needed', () => {
  const ledger = ledgerWith(20);
  expect(names(removable(ledger, EXTENTS, { ...LIMITS, maxBytes: 350 }))).toEqual(['0.seg']);
});

test('a file without a stream goes at once', () => {
  const ledger = openLive(emptyLedger, 'f'.repeat(32));
  expect(EXTENTS.some((extent) => isOwned(ledger, extent))).toBe(false);
  expect(names(removable(ledger, EXTENTS, LIMITS))).toEqual(['0.seg', '1.seg', '2.seg']);
});

test('the oldest file is the next to be given up, but not with a batch that may be stored', () => {
  const fresh = ledgerWith(0);
  expect(nextSacrifice(fresh, EXTENTS)?.segment.name).toBe('0.seg');
  const sent = offered(fresh, liveStream(fresh)!);
  expect(nextSacrifice(sent, EXTENTS)?.segment.name).toBe('1.seg');
});

test('when only such files are left, the oldest of them is', () => {
  const fresh = ledgerWith(0);
  const sent = offered(fresh, liveStream(fresh)!);
  expect(nextSacrifice(sent, [EXTENTS[0]!, EXTENTS[3]!])?.segment.name).toBe('0.seg');
  expect(nextSacrifice(sent, [EXTENTS[3]!])).toBeNull();
});
