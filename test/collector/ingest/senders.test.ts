import { describe, expect, it } from 'vitest';
import { Senders } from '../../../src/collector/ingest/senders.ts';
import { bytesField } from './wire-bytes.ts';

const LIMITS = {
  keysPerSender: { agent: 100, 'remote-write': 100, import: 100 },
  seriesPerAgent: 1_000,
  keyBytesInAll: 2_000,
  templateBytesInAll: 1_000,
};

function learn(senders: Senders, name: string, count: number) {
  const sender = senders.of({ name, kind: 'agent' }, 0);
  for (let index = 0; index < count; index++) {
    const bytes = Uint8Array.from([...bytesField(1, `${name}-${index}`), ...Array(16).fill(0)]);
    const before = sender.keys.usedBytes;
    sender.keys.find({ bytes, view: new DataView(bytes.buffer) }, 0, bytes.length - 16);
    senders.grew(sender, sender.keys.usedBytes - before);
  }
  return sender;
}

describe('Senders', () => {
  it('gives a name the same memory, until its kind changes', () => {
    const senders = new Senders(1);
    const agent = senders.of({ name: 'web1', kind: 'agent' }, 0);
    expect(senders.of({ name: 'web1', kind: 'agent' }, 0)).toBe(agent);
    expect(senders.of({ name: 'web2', kind: 'agent' }, 0)).not.toBe(agent);
    expect(senders.of({ name: 'web1', kind: 'import' }, 0)).not.toBe(agent);
  });

  it('forgets the keys of a sender that has too many, not those of others', () => {
    const senders = new Senders(1, { ...LIMITS, keyBytesInAll: 1e9 });
    const calm = learn(senders, 'calm', 10);
    const greedy = learn(senders, 'greedy', 1_000);
    expect(greedy.keys.count).toBeLessThanOrEqual(100);
    expect(calm.keys.count).toBe(11);
  });

  it('forgets all keys when they take too much memory together', () => {
    const senders = new Senders(1, LIMITS);
    const all = Array.from({ length: 50 }, (_, index) => learn(senders, `web${index}`, 40));
    const bytes = all.reduce((sum, { keys }) => sum + keys.usedBytes, 0);
    expect(bytes).toBeLessThanOrEqual(LIMITS.keyBytesInAll);
    expect(bytes).toBeGreaterThan(0);
  });

  it('counts what it forgot as free again', () => {
    const senders = new Senders(1, LIMITS);
    for (let round = 0; round < 20; round++) {
      const sender = learn(senders, 'web1', 60);
      expect(sender.keys.count).toBe(61);
      senders.forget(sender);
    }
  });
});
