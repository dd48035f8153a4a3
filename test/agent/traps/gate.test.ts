import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Gate, parseRange, plainAddress, rangeTest } from '../../../src/agent/traps/gate.ts';

const RATES = { perSecond: 10, burst: 20, allPerSecond: 1_000, allBurst: 1_000 };

describe('ranges', () => {
  test.each([
    ['192.0.2.0/24', { address: '192.0.2.0', prefix: 24 }],
    ['192.0.2.7', { address: '192.0.2.7', prefix: 32 }],
    ['2001:db8::/32', { address: '2001:db8::', prefix: 32 }],
    ['::1', { address: '::1', prefix: 128 }],
    ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0 }],
  ])('%s is one', (text, range) => expect(parseRange(text)).toEqual(range));

  test.each(['', '192.0.2.0/33', '::/129', '192.0.2', 'host', '192.0.2.0/', '-1', '1.2.3.4/-1'])(
    '%j is none',
    (text) => expect(parseRange(text)).toBeNull(),
  );

  test('an address over an IPv6 socket is the address it is', () => {
    expect(plainAddress('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
    expect(plainAddress('192.0.2.7')).toBe('192.0.2.7');
  });

  test('hold exactly the addresses whose first bits agree', () => {
    const octet = fc.nat(255);
    const address = fc.tuple(octet, octet, octet, octet);
    fc.assert(
      fc.property(address, address, fc.nat(32), (a, b, prefix) => {
        const bits = (o: number[]): string => o.map((x) => x.toString(2).padStart(8, '0')).join('');
        const inside = bits(a).slice(0, prefix) === bits(b).slice(0, prefix);
        expect(rangeTest([`${a.join('.')}/${prefix}`])(b.join('.'))).toBe(inside);
      }),
    );
  });
});

describe('the gate', () => {
  test('takes what is listed and counts the others by address, up to a number of them', () => {
    const gate = new Gate(['192.0.2.0/24'], RATES);
    expect(gate.admit('192.0.2.1', 0)).toBe('taken');
    for (let i = 0; i < 300; i++)
      expect(gate.admit(`10.0.${i >> 8}.${i & 255}`, 0)).toBe('unlisted');
    expect(gate.admit('10.0.0.1', 0)).toBe('unlisted');
    const unlisted = gate.takeUnlisted();
    expect(Object.keys(unlisted).length).toBe(65);
    expect(unlisted['10.0.0.1']).toBe(2);
    expect(unlisted.others).toBe(300 - 64);
    expect(gate.takeUnlisted()).toEqual({});
  });

  test('takes a burst, then the rate, of each source by itself', () => {
    const gate = new Gate(['0.0.0.0/0'], RATES);
    const taken = (address: string, nowMs: number): number =>
      Array.from({ length: 100 }, () => gate.admit(address, nowMs)).filter((x) => x === 'taken')
        .length;
    expect(taken('192.0.2.1', 0)).toBe(20);
    expect(taken('192.0.2.1', 500)).toBe(5);
    expect(taken('192.0.2.2', 500)).toBe(20);
    expect(taken('192.0.2.1', 100_000)).toBe(20);
  });

  test('takes no more than the rate of all, from however many sources', () => {
    const gate = new Gate(['0.0.0.0/0'], RATES);
    const answers = Array.from({ length: 10_000 }, (_, i) =>
      gate.admit(`10.1.${i >> 8}.${i & 255}`, 0),
    );
    expect(answers.filter((x) => x === 'taken').length).toBe(1_000);
    expect(answers.filter((x) => x === 'rate_all').length).toBeGreaterThan(3_000);
    // Those beyond the table share one bucket.
    expect(answers.filter((x) => x === 'rate').length).toBeGreaterThan(5_000);
  });

  test('has room again when sources were silent for a while', () => {
    const gate = new Gate(['0.0.0.0/0'], { ...RATES, allPerSecond: 1e9, allBurst: 1e9 });
    for (let i = 0; i < 5_000; i++) gate.admit(`10.1.${i >> 8}.${i & 255}`, 0);
    const later = Array.from({ length: 21 }, () => gate.admit('192.0.2.9', 10_000));
    expect(later.filter((x) => x === 'taken').length).toBe(20);
    expect(gate.admit('192.0.2.10', 10_000)).toBe('taken');
  });
});
