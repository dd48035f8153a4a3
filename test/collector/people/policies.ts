/** A small institution for tests: two engineers in turns, a night phone, a chief, a leader. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadPeople,
  type PeopleFiles,
  type PeoplePolicy,
} from '../../../src/collector/people/people.ts';

export const PEOPLE = `
people:
  wang: { name: 王工, locale: zh-CN, channels: [{ channel: mail, to: wang@example.com }, { channel: sms, to: "13800000001" }] }
  li: { name: 李工, locale: zh-CN, channels: [{ channel: mail, to: li@example.com }] }
  night: { name: Night phone, locale: en, channels: [{ channel: mail, to: night@example.com }, { channel: sms, to: "13800000002" }] }
  second: { name: 二线, locale: zh-CN, channels: [{ channel: mail, to: second@example.com }] }
  chief: { name: Chief, locale: en, channels: [{ channel: mail, to: chief@example.com }] }
  leader: { name: 领导, locale: zh-CN, channels: [{ channel: sms, to: "13800000009" }] }
groups:
  second-line: { name: { en: Second line, zh: 二线 }, line: 2, members: [second] }
  supervisors: { name: { en: Supervisors, zh: 主管 }, members: [chief, leader] }
`;

export const DUTY = `
timezone: Asia/Shanghai
roles:
  duty:
    name: { en: Duty desk, zh: 值班 }
    shifts:
      day: { from: "07:30", to: "18:30", people: [wang, li], starts: "2026-01-05" }
      night: { from: "18:30", to: "07:30", people: [night], by: [sms] }
swaps: { approved_by: supervisors }
chains:
  - levels: [1, 2]
    steps:
      - { at: opened, tell: [{ role: duty }] }
      - { at: { respond: 0.5 }, tell: [{ group: second-line }, { person: second }] }
      - { at: { respond: 0.8 }, tell: [{ group: supervisors }] }
      - { at: { arrive: 1 }, tell: [{ person: leader }] }
  - levels: [3]
    steps: [{ at: opened, tell: [{ role: duty }] }]
  - levels: [4]
    steps: [{ at: opened, tell: [{ role: duty }], digest: true }]
`;

/** Writes both files into a directory of their own. */
export function policyFiles(people = PEOPLE, duty = DUTY): PeopleFiles {
  const directory = mkdtempSync(join(tmpdir(), 'people-'));
  const files = { people: join(directory, 'people.yaml'), duty: join(directory, 'duty.yaml') };
  writeFileSync(files.people, people);
  writeFileSync(files.duty, duty);
  return files;
}

export function policy(people = PEOPLE, duty = DUTY): PeoplePolicy {
  return loadPeople(policyFiles(people, duty));
}
