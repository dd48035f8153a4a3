/** Bad configuration: each mistake with file, path and reason, all of them in one run. */
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { channelsJsonSchema, loadNotify } from '../../../src/collector/notify/notify.ts';
import { loadPeople } from '../../../src/collector/people/people.ts';
import type { Failure } from '../../../src/shared/errors.ts';
import { projectFile } from '../../support/parts.ts';
import { PEOPLE as PEOPLE_TEXT, policyFiles } from '../people/policies.ts';
import { secretFolder } from './channels.ts';

const SHIPPED = projectFile('config/notices');
const GOOD = `
channels:
  mail: { kind: mail, host: smtp.example.com, user: wk, password_file: password, from: wk@example.com }
  sms: { kind: sms, url_file: url, body: 'to={{to}}&text={{text}}', type: form }
`;

interface Mistake {
  readonly channels?: string;
  readonly people?: string;
  readonly notices?: string;
}

/** What is told, one line each, without the folders. */
function mistakes({ channels = GOOD, people, notices = SHIPPED }: Mistake): string[] {
  const files = policyFiles(people);
  const base = secretFolder({ password: 'secret-word', url: 'https://sms.example.com/send' });
  const file = join(base, 'channels.yaml');
  writeFileSync(file, channels);
  try {
    loadNotify({ channels: file, notices }, { policy: loadPeople(files), file: files.people });
  } catch (error) {
    const lines = (error as Failure).message.split('\n');
    return lines.map((line) => line.replace(/(^|\s)\/[^\s:]*\//g, '$1'));
  }
  return [];
}

/** The shipped templates with one of them changed. */
function templates(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'notices-'));
  cpSync(SHIPPED, folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return folder;
}

test('the shipped files are good together', () => {
  const [people, duty] = [projectFile('config/people.yaml'), projectFile('config/duty.yaml')];
  const policy = loadPeople({ people, duty });
  const files = { channels: projectFile('config/channels.yaml'), notices: SHIPPED };
  const { settings } = loadNotify(files, { policy, file: people });
  expect([...settings.channels.keys()]).toEqual(['log']);
  expect(settings.inbound.urgencies.disaster).toBe('high');
  expect(mistakes({})).toEqual([]);
});

const mail = (more: string): string =>
  GOOD.replace('host: smtp.example.com', `host: smtp.example.com, ${more}`);

test.each<[string, Mistake, RegExp]>([
  ['an unknown kind', { channels: 'channels: { x: { kind: pigeon } }' }, /channels\.x.*kind/],
  ['an unknown key', { channels: mail('portt: 25') }, /channels\.mail: unknown key "portt"/],
  [
    'a password in clear',
    { channels: mail('tls: none') },
    /channels\.mail\.tls: a password would be sent in clear/,
  ],
  [
    'a user without a password',
    { channels: GOOD.replace('password_file: password, ', '') },
    /channels\.mail\.user: user and password_file belong together/,
  ],
  [
    'a secret that is not there',
    { channels: GOOD.replace('password_file: password', 'password_file: nowhere') },
    /channels\.mail\.password_file: the secret file cannot be read/,
  ],
  [
    'an authority that is not there',
    { channels: mail('ca_file: /nowhere/ca.pem') },
    /channels\.mail\.ca_file: cannot be read: ENOENT/,
  ],
  [
    'a secret written into the file',
    { channels: mail('password: hunter2') },
    /channels\.mail: unknown key "password"/,
  ],
  [
    'a sender that is no address',
    { channels: GOOD.replace('wk@example.com', 'wk') },
    /channels\.mail\.from: is not an e-mail address/,
  ],
  [
    'a field that no SMS has',
    { channels: GOOD.replace('{{text}}', '{{message}}') },
    /channels\.sms\.body: unknown field "message": there are id, secret, text, to/,
  ],
  [
    'a network that is none',
    { channels: `${GOOD}allow: [ten.0.0.0/8]\n` },
    /allow\[0\]: "ten\.0\.0\.0\/8" is not a network/,
  ],
  ['a level without a limit', { channels: `${GOOD}group_wait: { 1: 0s }\n` }, /group_wait\.2/],
  [
    'a duration that is none',
    { channels: `${GOOD}storm: { per: soon, messages: { 1: 1, 2: 1, 3: 1, 4: 1 } }\n` },
    /storm\.per/,
  ],
  [
    'a heartbeat without its address',
    { channels: `${GOOD}heartbeat: { url_file: nowhere, every: 60s }\n` },
    /heartbeat\.url_file: the secret file cannot be read/,
  ],
  [
    'a person with a channel that is not there',
    { channels: GOOD.replace(/ {2}sms.*\n/, '') },
    /people\.yaml: people\.wang\.channels\[1\]: there is no channel "sms" in channels\.yaml \(there: mail\)/,
  ],
  [
    'a mail address that is none',
    { people: peopleWith('wang@example.com', 'wang') },
    /people\.wang\.channels\[0\]: "wang" is no address of a channel of kind mail/,
  ],
  [
    'a telephone number that is none',
    { people: peopleWith('"13800000001"', '"call me"') },
    /people\.wang\.channels\[1\]: "call me" is no address of a channel of kind sms/,
  ],
  [
    'an address that would add a recipient',
    { people: peopleWith('wang@example.com', '"wang@example.com,all@example.com"') },
    /is no address of a channel of kind mail/,
  ],
])('%s is refused', (_what, mistake, reason) => {
  expect(mistakes(mistake).join('\n')).toMatch(reason);
});

function peopleWith(from: string, to: string): string {
  const text = PEOPLE_TEXT;
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`);
  return text.replace(from, to);
}

describe('templates', () => {
  test.each([
    ['{{devise}}', 1, 'unknown field "devise"'],
    ['a\nb {{phenomenon}}', 2, 'unknown field "phenomenon"'],
    ['{{#notices}}\n{{fault}}\n{{nothing}}\n{{/notices}}', 3, 'unknown field "nothing"'],
    ['{{#notices}}{{#first}}{{wrong}}{{/first}}{{/notices}}', 1, 'unknown field "wrong"'],
    ['{{{organisation}}}', 1, 'would be unescaped'],
    ['{{&organisation}}', 1, 'would be unescaped'],
    ['x\n{{> header}}', 2, 'not supported'],
    ['{{=<% %>=}}', 1, 'not supported'],
    ['{{#notices}}', 1, 'Unclosed section "notices"'],
    ['{{#notices}}\n{{/first}}', 2, 'Unclosed section "notices"'],
    ['{{organisation', 1, 'Unclosed tag'],
    ['{{one}}', 1, '"one" is no text: use it as {{#one}}'],
    ['{{notices}}', 1, '"notices" is no text'],
    ['{{constructor}}', 1, 'unknown field "constructor"'],
    ['{{#notices}}{{fault.length}}{{/notices}}', 1, 'unknown field "fault.length"'],
  ])('%j is refused with its line', (text, line, reason) => {
    const [told = ''] = mistakes({ notices: templates('text.en.mustache', text) });
    expect(told).toContain(`text.en.mustache: line ${line}: `);
    expect(told).toContain(reason);
  });

  test('a comment and all known fields are taken', () => {
    const text = '{{! for the night }}{{#notices}}{{fault}}{{^over}}!{{/over}}{{/notices}}{{sent}}';
    expect(mistakes({ notices: templates('short.en.mustache', text) })).toEqual([]);
  });

  test('one that is missing is named', () => {
    expect(mistakes({ notices: tmpdir() })).toHaveLength(10);
  });
});

test('every mistake of every file is told in one run', () => {
  const told = mistakes({
    channels: GOOD.replace('password_file: password', 'password_file: nowhere').replace(
      '{{to}}',
      '{{too}}',
    ),
    people: peopleWith('wang@example.com', 'wang'),
    notices: templates('html.en.mustache', '{{x}}\n{{y}}'),
  });
  expect(told.map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
    'channels.yaml channels.mail.password_file',
    'channels.yaml channels.sms.body',
    'people.yaml people.wang.channels[0]',
    'html.en.mustache line 1',
    'html.en.mustache line 2',
  ]);
});

test('a secret that others can read is refused, and is in no message', () => {
  const base = secretFolder({ password: 'hunter2-hunter2' });
  chmodSync(join(base, 'password'), 0o644);
  const file = join(base, 'channels.yaml');
  writeFileSync(file, GOOD);
  let told = '';
  try {
    loadNotify({ channels: file, notices: SHIPPED }, null);
  } catch (error) {
    told = (error as Failure).message;
  }
  expect(told).toMatch(/is open to others \(mode 0\d+\): chmod 600/);
  expect(told).not.toContain('hunter2');
});

test('the file has a schema for editors', () => {
  expect(channelsJsonSchema()).toMatchObject({ type: 'object', additionalProperties: false });
});
