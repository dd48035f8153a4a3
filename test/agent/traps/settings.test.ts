import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCredentials, trapsJsonSchema } from '../../../src/agent/traps/settings.ts';
import { readTrapSettings } from '../../../src/agent/traps/traps.ts';
import { Failure } from '../../../src/shared/errors.ts';
import { temporaryDirectory } from './rig.ts';

const CREDENTIALS = `
communities: [secret-community]
users:
  - { name: watch, auth: sha256, auth_key: authpass123, privacy: aes, privacy_key: privpass123 }
  - { name: plain }
`;

function place(credentials = CREDENTIALS, mode = 0o600): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'traps.secret.yaml'), credentials);
  chmodSync(join(directory, 'traps.secret.yaml'), mode);
  return join(directory, 'agent.yaml');
}

const LEAST = { sources: ['192.0.2.0/24'], credentials: 'traps.secret.yaml' };

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
    expect(settings.credentials).toEqual([
      { community: 'secret-community' },
      {
        user: 'watch',
        auth: 'sha256',
        authKey: 'authpass123',
        privacy: 'aes',
        privacyKey: 'privpass123',
      },
      { user: 'plain' },
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

  test('have a schema for editors', () => {
    expect(JSON.stringify(trapsJsonSchema())).toContain('unverified');
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
    [{ known: 'nowhere.yaml' }, /cannot read .*nowhere\.yaml/],
  ])('%j', async (wrong, reason) => {
    expect(await complaint({ ...LEAST, ...wrong })).toMatch(reason);
  });

  test.each<[string, RegExp]>([
    ['{}', /name at least one community or user/],
    ['communities: [""]', /communities\[0\]/],
    ['users: [{ name: a, auth: sha256 }]', /users\[0\]: auth and auth_key belong together/],
    ['users: [{ name: a, auth: sha256, auth_key: short }]', /auth_key: keys have at least 8/],
    ['users: [{ name: a, privacy: aes, privacy_key: longenough }]', /privacy needs auth/],
    ['users: [{ name: a, auth: sha1, auth_key: longenough }]', /"sha1" is not one of md5, sha/],
    ['users: [{ nam: a }]', /unknown key "nam"/],
  ])('credentials %j', async (text, reason) => {
    expect(await complaint(LEAST, place(text))).toMatch(reason);
  });

  test('credentials that others can read are refused', async () => {
    const said = await complaint(LEAST, place(CREDENTIALS, 0o640));
    expect(said).toMatch(/traps\.secret\.yaml is open to others \(mode 0640\)/);
    expect(said).not.toContain('secret-community');
    const file = place(CREDENTIALS, 0o644).replace('agent.yaml', 'traps.secret.yaml');
    expect(readCredentials(file, 'win32').length).toBe(3);
  });
});
