import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appended, emptyLedger, notWritten, openLive } from '../../../src/agent/spool/ledger.ts';
import {
  formatLedger,
  parseLedger,
  readLedger,
  writeLedger,
} from '../../../src/agent/spool/ledger-file.ts';
import { simFs } from '../../support/sim-fs.ts';
import { DIRECTORY, randomOf } from './parts.ts';

const ledgerOf = (batches: number) => {
  let ledger = openLive(emptyLedger, 'a1'.repeat(16));
  for (let i = 0; i < batches; i++) ledger = appended(ledger, 10);
  return notWritten(ledger, 3, { reason: 'disk_error', fromMs: 1, toMs: 2 });
};

test('what was written is read again', async () => {
  const fs = simFs();
  await writeLedger(fs, DIRECTORY, ledgerOf(3));
  expect(await readLedger(fs, DIRECTORY)).toEqual({ ledger: ledgerOf(3), newest: true });
});

test('no flipped bit and no cut passes for a ledger', () => {
  const bytes = formatLedger(ledgerOf(5));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const spoilt = Buffer.from(bytes);
      spoilt[at]! ^= 1 << bit;
      expect(parseLedger(spoilt)).toBeNull();
      expect(parseLedger(bytes.subarray(0, at))).toBeNull();
    }),
  );
});

test('a checksum does not make nonsense a ledger', () => {
  const nonsense = [
    { ...ledgerOf(1), tail: { index: -1, issued: 0 } },
    { ...ledgerOf(1), acked: 'many' },
    { ...ledgerOf(1), gaps: 7 },
    { ...ledgerOf(1), streams: [{ ...ledgerOf(1).streams[0], sent: { epoch: '../x', base: 0 } }] },
  ];
  for (const each of nonsense) expect(parseLedger(formatLedger(each as never))).toBeNull();
});

test('without a file there is none', async () => {
  expect(await readLedger(simFs(), DIRECTORY)).toBeNull();
});

test('a power cut at any operation leaves this one or the one before', async () => {
  for (let step = 1; step <= 12; step++) {
    for (let seed = 1; seed <= 20; seed++) {
      const fs = simFs();
      await writeLedger(fs, DIRECTORY, ledgerOf(1));
      await writeLedger(fs, DIRECTORY, ledgerOf(2));
      fs.crashAt(fs.steps + step);
      await Promise.race([writeLedger(fs, DIRECTORY, ledgerOf(3)), fs.off]);
      const read = await readLedger(fs.powerCut(randomOf(seed)), DIRECTORY);
      expect([2, 3], `step ${step}, seed ${seed}`).toContain(read!.ledger.tail.index - 1);
    }
  }
});
