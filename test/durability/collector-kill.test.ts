/** F3 at the pull-request count: the collector is killed mid-batch; P1 and P2 must hold. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/collector/store/store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLog } from '../../src/shared/log.ts';
import { addToken, type CollectorProcess, startCollector } from '../support/collector-process.ts';
import { judge } from './oracle.ts';
import { Sender } from './sender.ts';

const KILLS = Number(process.env.KILLS ?? 100);
const SENDERS = 4;

/** Deterministic spread of kill times over 0–250 ms after the collector is ready. */
const killAfterMs = (round: number): number => (round * 97) % 251;

test(`${KILLS} kills of the collector under load lose, double and change nothing`, {
  timeout: 600_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wk-f3-'));
  const startMs = Date.now() - 3_600_000;
  const senders: Sender[] = [];
  let collector: CollectorProcess | null = null;
  let port = 0;
  try {
    for (let i = 0; i < SENDERS; i++) {
      const name = `oracle-${i}`;
      const epoch = `${i}`.repeat(32).slice(0, 32);
      const token = addToken(directory, name);
      senders.push(new Sender({ name, token, epoch, startMs, port: () => port }));
    }
    let stopped = false;
    const loads = senders.map(async (sender) => {
      for (let index = 1; !stopped; index++) await sender.deliver(index, () => stopped);
    });
    for (let round = 0; round < KILLS; round++) {
      collector = await startCollector(directory, { port });
      port = Number(new URL(collector.url).port);
      await new Promise((resolve) => setTimeout(resolve, killAfterMs(round)));
      await collector.kill();
    }
    collector = await startCollector(directory, { port });
    port = Number(new URL(collector.url).port);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stopped = true;
    await Promise.all(loads);
    expect(await collector.stop()).toBe(0);
    collector = null;

    const store = await openStore({ directory, clock: systemClock, log: silentLog });
    const verdict = await judge(store, startMs, new Map(senders.map((s, i) => [`oracle-${i}`, s])));
    const { journalSamples, blockSamples } = store.stats();
    await store.close();
    const acked = senders.reduce((n, s) => n + s.acked.size, 0);
    console.log(`F3: ${KILLS} kills, ${acked} acknowledged batches`, verdict);
    expect(acked).toBeGreaterThan(KILLS);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0 });
    // Counted where they lie, so that deduplication on reading cannot hide a second copy.
    expect(journalSamples + blockSamples).toBe(verdict.stored);
  } finally {
    await collector?.kill();
    for (const sender of senders) sender.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
