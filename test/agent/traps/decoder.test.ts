import { describe, expect, test } from 'vitest';
import { openDecoder } from '../../../src/agent/traps/decoder.ts';
import { DATAGRAMS } from './datagrams.ts';
import { COMMUNITY, V3_USER } from './rig.ts';

const CLOCK = { monotonic: () => 0 };
const ORIGIN = { address: '192.0.2.1', port: 5_000 };
const open = (...credentials: Parameters<typeof openDecoder>[0][number][]) =>
  openDecoder(credentials, CLOCK);
const both = await open(COMMUNITY, V3_USER);
const decode = (name: keyof typeof DATAGRAMS, by = both) =>
  by.decode(Buffer.from(DATAGRAMS[name]), ORIGIN);

describe('a trap', () => {
  test('of v1 keeps what its sender calls its address', () => {
    expect(decode('v1 linkDown').trap).toEqual({
      version: 1,
      from: '192.0.2.1',
      verified: false,
      inform: false,
      oid: '1.3.6.1.6.3.1.1.5.3',
      agentAddress: '10.9.9.9',
      varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.3', value: '3' }],
    });
    expect(decode('v1 upsOnBattery').trap?.oid).toBe('1.3.6.1.4.1.318.0.5');
  });

  test('brings every type of value as text', () => {
    const values = decode('v2c every type of value').trap?.varbinds.map(({ value }) => value);
    expect(values?.slice(0, 8)).toEqual([
      'text',
      '00:ff:10',
      '192.0.2.7',
      '1.3.6.1.2.1',
      '4000000000',
      '77',
      '123456',
      '18446744073709551615',
    ]);
  });

  test('of v3 is verified by its digest', () => {
    expect(decode('v3 authPriv').trap).toMatchObject({ version: 3, verified: true });
  });

  test('of a lower level than its user must have is refused', async () => {
    const refusal = { version: 3, user: 'watch', why: 'level' };
    for (const name of ['v3 authNoPriv', 'v3 noAuthNoPriv'] as const) {
      expect(decode(name)).toMatchObject({ trap: null, why: 'credentials', refusal });
    }
    const { priv: _, ...authOnly } = V3_USER;
    const lower = await open(authOnly);
    expect(decode('v3 authNoPriv', lower).trap).toMatchObject({ verified: true });
    const bare = await open({ version: '3', user: 'watch', context: '' });
    expect(decode('v3 noAuthNoPriv', bare).trap).toMatchObject({ verified: false });
  });

  test.each(['v1 linkDown', 'v2c linkDown', 'v2c inform'] as const)(
    'of an unknown community is refused without an answer: %s',
    async (name) => {
      const strangers = await open({ ...COMMUNITY, community: 'other' });
      const version = name.startsWith('v1') ? 1 : 2;
      expect(decode(name, strangers)).toEqual({
        ...{ trap: null, why: 'credentials', answers: [] },
        refusal: { version, user: '', why: 'community' },
      });
    },
  );

  test('of a wrong user, authentication or privacy is refused for that', async () => {
    const auth = { protocol: 'sha256', key: 'otherpass123' } as const;
    const priv = { protocol: 'aes', key: 'otherpass123' } as const;
    const refused = async (one: Parameters<typeof open>[0]) =>
      decode('v3 authPriv', await open(one)).refusal;
    expect(await refused({ ...V3_USER, user: 'other' })).toMatchObject({ why: 'user' });
    expect(await refused({ ...V3_USER, auth })).toEqual({ version: 3, user: 'watch', why: 'auth' });
    expect(await refused({ ...V3_USER, priv })).toMatchObject({ why: 'priv' });
  });

  test('of a v3 user without a name is refused', () => {
    expect(decode('v3 without a user')).toMatchObject({
      ...{ trap: null, why: 'credentials' },
      refusal: { user: '', why: 'user' },
    });
  });
});

describe('an inform', () => {
  test('is answered with its own number and varbinds', () => {
    const { trap, answers } = decode('v2c inform');
    expect(trap).toMatchObject({ inform: true, oid: '1.3.6.1.6.3.1.1.5.4' });
    const expected = Buffer.from(DATAGRAMS['v2c inform']);
    expected[expected.indexOf(0xa6)] = 0xa2;
    expect(answers.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual([
      expected.toString('hex'),
    ]);
    expect(answers[0]?.to).toEqual(ORIGIN);
  });

  test('of v3 begins by asking for our engine', () => {
    const { trap, why, answers } = decode('v3 discovery of our engine');
    expect([trap, why, answers.length]).toEqual([null, 'discovery', 1]);
  });
});

test('what is no SNMP at all is malformed', () => {
  for (const text of ['', 'hello', '\u0030\u0082', 'GET / HTTP/1.1\r\n\r\n']) {
    expect(both.decode(Buffer.from(text), ORIGIN)).toMatchObject({ trap: null, answers: [] });
  }
});
