import { describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/agent/traps/decoder.ts';
import { DATAGRAMS } from './datagrams.ts';
import { V3_USER } from './rig.ts';

const CLOCK = { monotonic: () => 0 };
const ORIGIN = { address: '192.0.2.1', port: 5_000 };
const decoder = (): Decoder => new Decoder([{ community: 'secret-community' }, V3_USER], CLOCK);
const decode = (name: keyof typeof DATAGRAMS, by = decoder()) =>
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

  test('of a lower level than its user must have is refused', () => {
    expect(decode('v3 authNoPriv').why).toBe('credentials');
    expect(decode('v3 noAuthNoPriv').why).toBe('credentials');
    const { privacy: _, privacyKey: __, ...authOnly } = V3_USER;
    const lower = new Decoder([authOnly], CLOCK);
    expect(decode('v3 authNoPriv', lower).trap).toMatchObject({ verified: true });
    const bare = new Decoder([{ user: 'watch' }], CLOCK);
    expect(decode('v3 noAuthNoPriv', bare).trap).toMatchObject({ verified: false });
  });

  test('of an unknown community is refused without an answer', () => {
    const strangers = new Decoder([{ community: 'other' }], CLOCK);
    expect(decode('v2c linkDown', strangers)).toEqual({
      trap: null,
      why: 'credentials',
      answers: [],
    });
    expect(decode('v2c inform', strangers)).toEqual({
      trap: null,
      why: 'credentials',
      answers: [],
    });
  });

  test('of a v3 user without a name is refused', () => {
    expect(decode('v3 without a user')).toMatchObject({ trap: null, why: 'credentials' });
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
    expect(decoder().decode(Buffer.from(text), ORIGIN)).toMatchObject({ trap: null, answers: [] });
  }
});
