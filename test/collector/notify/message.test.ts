/** Notices of one recipient in one message. */
import { expect, test } from 'vitest';
import type { Fault } from '../../../src/collector/faults/faults.ts';
import { makeMessage, type Told } from '../../../src/collector/notify/message.ts';
import type { Waiting } from '../../../src/collector/notify/outbox-rows.ts';
import { readTemplates, type Templates } from '../../../src/collector/notify/templates.ts';
import { projectFile } from '../../support/parts.ts';
import { policy } from '../people/policies.ts';
import { faultNow, MORNING_MS } from './faults.ts';

const templates = readTemplates(projectFile('config/notices'), []) as Templates;
const people = policy();

function told(fault: Partial<Fault> = {}, notice: Partial<Waiting> = {}): Told {
  const now = faultNow(fault);
  return {
    fault: now,
    notice: {
      ...{ number: 1, fault: now.id, entry: 1, step: 'opened', recipient: 'wang', locale: 'en' },
      address: { channel: 'mail', to: 'wang@example.com' },
      ...{ others: [], level: now.level, digest: false, reason: 'duty', attempts: 0 },
      facts: { step: notice.step ?? 'opened', by: 'system', note: '', detail: {} },
      ...{ plannedMs: MORNING_MS, dueMs: MORNING_MS, ...notice },
    },
  };
}
const make = (all: readonly Told[]) =>
  makeMessage(all, { templates, organisation: 'Org', people, nowMs: MORNING_MS });

test('it goes to the address of its notices, in their language, and names the reader', () => {
  const message = make([told()]);
  expect(message).toMatchObject({ to: 'wang@example.com', locale: 'en' });
  expect(message.text).toContain('sent 2026-01-05 09:00:00 to 王工');
  const chat = make([told({}, { recipient: 'channel:ops', address: { channel: 'ops', to: '' } })]);
  expect(chat.text).toContain('to ops');
});

test('machines get every notice, people a list that can be read', () => {
  const all = Array.from({ length: 50 }, (_, n) => told({ id: `F-${n}` }, { entry: n }));
  const message = make(all);
  expect(message.notices).toHaveLength(50);
  expect(message.text.match(/Fault:/g)).toHaveLength(20);
  expect(message.text).toContain('30 more are not listed');
  expect(message.subject).toContain('50 notices in all');
});

test('a digest tells each fault once, by what happened last', () => {
  const digest = { digest: true } as const;
  const over = { state: 'recovered', recoveredMs: MORNING_MS } as const;
  const message = make([
    told({ id: 'F-1', ...over }, digest),
    told({ id: 'F-1', ...over }, { ...digest, entry: 2, step: 'recovered' }),
    told({ id: 'F-2' }, { ...digest, entry: 3 }),
  ]);
  expect(message.subject).toBe('[Watchkeeper] Daily digest: 2 notices');
  expect(message.text.match(/F-1/g)).toHaveLength(1);
  expect(message.text).toContain('Recovered (level 1)');
  expect(message.notices).toHaveLength(3);
});

test('the same for another reader is another message', () => {
  const id = (recipient: string): string => make([told({}, { recipient })]).id;
  expect(id('wang')).not.toBe(id('li'));
  expect(id('wang')).toMatch(/^[0-9a-f]{32}$/);
});

test('by another channel it keeps its id: the receiver can see that it was told', () => {
  const by = (channel: string): string => make([told({}, { address: { channel, to: '' } })]).id;
  expect(by('mail')).toBe(by('sms'));
});
