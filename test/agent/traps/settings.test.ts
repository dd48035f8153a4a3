import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTrapSettings } from '../../../src/agent/traps/traps.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { temporaryDirectory } from './rig.ts';

const CREDENTIALS = `
credentials:
  trapper:
    user: watch
    auth: { protocol: SHA-384, key: authpass123 }
    priv: { protocol: AES-192, key: privpass123 }
  old: { version: 2c, community: secret-community, allow_clear_text: true }
  bare: { user: plain }
  again: { user: watch }
  polling: { version: 1, community: not-for-traps, allow_clear_text: true }
`;

function place(credentials = CREDENTIALS, mode = 0o600): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'snmp.secret.yaml'), credentials);
  chmodSync(join(directory, 'snmp.secret.yaml'), mode);
  return join(directory, 'agent.yaml');
}

const LEAST = {
  sources: ['192.0.2.0/24'],
  credentials_file: 'snmp.secret.yaml',
  credentials: ['trapper', 'old', 'bare'],
};

describe('the settings', () => {
  test('have defaults for all but the sources and the credentials', async () => {
    const settings = await readTrapSettings(LEAST, place());
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 1_162,
      sources: ['192.0.2.0/24'],
      relays: [],
      unverifiedMay: 'open',
      rates: { perSecond: 20, burst: 200, allPerSecond: 500, allBurst: 5_000 },
      repeatMs: 60_000,
      queueBytes: 16 * 1024 * 1024,
    });
    // The same names, keys and protocols that devices are asked with, and no others.
    expect(settings.credentials).toEqual([
      {
        ...{ version: '3', user: 'watch', context: '' },
        auth: { protocol: 'sha384', key: 'authpass123' },
        priv: { protocol: 'aes192b', key: 'privpass123' },
      },
      { version: '2c', community: 'secret-community' },
      { version: '3', user: 'plain', context: '' },
    ]);
    expect(JSON.stringify(settings.credentials)).not.toContain('not-for-traps');
    expect(settings.warnings).toEqual([
      expect.stringContaining('traps: credential "old": SNMP v2c sends'),
      expect.stringContaining('traps: credential "bare": SNMP v3 without auth'),
    ]);
    expect(settings.known.byOid.has('1.3.6.1.6.3.1.1.5.3')).toBe(true);
  });

  test('take what is written', async () => {
    const written = {
      ...LEAST,
      listen: '[::]:162',
      relays: ['10.0.0.1'],
      unverified: 'close',
      rate: { per_source: 5, burst: 10, all: 100, all_burst: 200 },
      repeat_within: '5m',
      queue_size: '1MiB',
    };
    expect(await readTrapSettings(written, place())).toMatchObject({
      host: '::',
      port: 162,
      relays: ['10.0.0.1'],
      unverifiedMay: 'close',
      rates: { perSecond: 5, burst: 10, allPerSecond: 100, allBurst: 200 },
      repeatMs: 300_000,
      queueBytes: 1024 * 1024,
    });
  });

  test('take the credentials file of snmp where they name none', async () => {
    const { credentials_file, ...rest } = LEAST;
    expect((await readTrapSettings(rest, place(), credentials_file)).credentials).toHaveLength(3);
    expect(await complaint(rest)).toMatch(
      /traps\.credentials_file: is missing, here and under snmp/,
    );
  });
});

/** What is said of a part or of a credentials file. */
async function complaint(written: unknown, file = place()): Promise<string> {
  try {
    await readTrapSettings(written, file);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return (error as Failure).message;
  }
}

describe('a mistake is named with file, path and reason', () => {
  test.each<[object, RegExp]>([
    [{ listen: 'localhost:1162' }, /agent\.yaml: traps\.listen: write it as 0\.0\.0\.0:1162/],
    [{ listen: '0.0.0.0:99999' }, /traps\.listen/],
    [{ sources: [] }, /traps\.sources/],
    [{ sources: ['192.0.2.0/40'] }, /traps\.sources\[0\]: write an address or a range/],
    [{ unverified: 'all' }, /traps\.unverified: "all" is not one of inform, open, close/],
    [{ repeat_within: '5' }, /traps\.repeat_within/],
    [{ comunity: 'x' }, /traps: unknown key "comunity"/],
    [{ rate: { per_source: 0 } }, /traps\.rate\.per_source/],
    [{ credentials: undefined }, /traps\.credentials: is missing/],
    [{ credentials: [] }, /traps\.credentials: name at least one/],
    [
      { credentials: ['trapper', 'odl'] },
      /traps\.credentials\[1\]: there is no credential "odl" in .* \(did you mean "old"\?\)/,
    ],
    [
      { credentials: ['trapper', 'again'] },
      /traps\.credentials\[1\]: has the user of "trapper": .* name one credential of "watch"/,
    ],
    [{ credentials_file: 'none.yaml' }, /the credentials file cannot be read: .*none\.yaml/],
    [{ known: 'nowhere.yaml' }, /cannot read .*nowhere\.yaml/],
  ])('%j', async (wrong, reason) => {
    expect(await complaint({ ...LEAST, ...wrong })).toMatch(reason);
  });

  test.each<[string, RegExp]>([
    [
      'credentials: { a: {} }',
      /credentials\.a: names neither a user .* nor a version and community/,
    ],
    [
      'credentials: { a: { user: a, auth: { protocol: md5, key: longenough } } }',
      /is not one of sha/,
    ],
    ['credentials: { a: { user: a, pasword: x } }', /unknown key "pasword"/],
  ])('credentials %j', async (text, reason) => {
    expect(await complaint(LEAST, place(text))).toMatch(reason);
  });

  test('credentials that others can read are refused', async () => {
    const said = await complaint(LEAST, place(CREDENTIALS, 0o640));
    expect(said).toMatch(/snmp\.secret\.yaml is open to others \(mode 0640\)/);
    expect(said).not.toContain('secret-community');
  });
});

describe('what was a file of its own once', () => {
  const OLD =
    'communities: [secret-community]\nusers: [{ name: watch, auth: sha256, auth_key: k }]';

  test('is told from names, with what to do, beside every other mistake', async () => {
    const said = await complaint({ ...LEAST, listen: 'x', credentials: 'traps.secret.yaml' });
    expect(said).toMatch(
      /traps\.credentials: lists names of the credentials file now: put .* of traps\.secret\.yaml into it/,
    );
    expect(said).toContain('traps.listen');
  });

  test('is known by its keys, and no secret of it is told', async () => {
    const said = await complaint(LEAST, place(OLD));
    expect(said).toMatch(/communities and users stand under "credentials:" now/);
    expect(said).not.toContain('secret-community');
  });
});
