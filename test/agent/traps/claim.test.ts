import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimOf } from '../../../src/agent/traps/claim.ts';
import { DATAGRAMS, damaged, seeded } from './datagrams.ts';

test.each([
  ['v1 linkDown', { version: 1, community: 'secret-community', user: '', level: 1 }],
  ['v2c linkDown', { version: 2, community: 'secret-community', user: '', level: 1 }],
  ['v2c inform', { version: 2, community: 'secret-community', user: '', level: 1 }],
  ['v3 authPriv', { version: 3, community: '', user: 'watch', level: 3 }],
  ['v3 authNoPriv', { version: 3, community: '', user: 'watch', level: 2 }],
  ['v3 noAuthNoPriv', { version: 3, community: '', user: 'watch', level: 1 }],
  ['v3 without a user', { version: 3, community: '', user: '', level: 1 }],
  ['v3 discovery of our engine', { version: 3, community: '', user: '', level: 1 }],
] as const)('%s', (name, claim) => {
  expect(claimOf(Buffer.from(DATAGRAMS[name]))).toEqual(claim);
});

test.each(['', 'hello', '0', '\u0030\u0003\u0002\u0001\u0002', '\u0004\u0003\u0002\u0001\u0000'])(
  '%j claims nothing',
  (text) => {
    expect(claimOf(Buffer.from(text, 'latin1'))).toBeNull();
  },
);

test('whatever is damaged or made up is read to its end, and no further', () => {
  const random = seeded(7);
  for (let i = 0; i < 5_000; i++) {
    const claim = claimOf(damaged(random));
    expect(claim === null || claim.level <= 3).toBe(true);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const claim = claimOf(Buffer.from(bytes));
      const said = (claim?.community.length ?? 0) + (claim?.user.length ?? 0);
      expect(said).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
