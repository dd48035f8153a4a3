import { describe, expect, it } from 'vitest';
import { TokenIndex } from '../../../src/collector/desk/token-index.ts';

const WEB = { name: 'web1', kind: 'agent' } as const;
const DB = { name: 'db1', kind: 'agent' } as const;
const hash = (end: string): string => '0'.repeat(64 - end.length) + end;

describe('TokenIndex', () => {
  it('compares whole hashes, however alike they begin', () => {
    const index = new TokenIndex();
    index.add({ hash: hash('1'), principal: WEB, expiresMs: null });
    index.add({ hash: hash('2'), principal: DB, expiresMs: null });
    expect(index.find(hash('1'), 0)).toBe(WEB);
    expect(index.find(hash('2'), 0)).toBe(DB);
    expect(index.find(hash('3'), 0)).toBeNull();
    expect(index.find('f'.repeat(64), 0)).toBeNull();
  });

  it('lets tokens end when they are told to, never later than before', () => {
    const index = new TokenIndex();
    index.add({ hash: hash('1'), principal: WEB, expiresMs: null });
    index.add({ hash: hash('2'), principal: WEB, expiresMs: 50 });
    index.add({ hash: hash('3'), principal: DB, expiresMs: null });
    index.expire(WEB, 100);
    expect([49, 50].map((nowMs) => index.find(hash('2'), nowMs))).toEqual([WEB, null]);
    expect([99, 100].map((nowMs) => index.find(hash('1'), nowMs))).toEqual([WEB, null]);
    expect(index.find(hash('3'), 1e9)).toBe(DB);
  });

  it('drops the tokens of one and keeps those of others', () => {
    const index = new TokenIndex();
    index.add({ hash: hash('1'), principal: WEB, expiresMs: null });
    index.add({ hash: hash('2'), principal: DB, expiresMs: null });
    index.drop(WEB);
    expect(index.find(hash('1'), 0)).toBeNull();
    expect(index.find(hash('2'), 0)).toBe(DB);
  });
});
