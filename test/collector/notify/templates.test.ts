/** The texts people read, both languages, every form. `UPDATE_GOLDEN=1` rewrites the goldens. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Fault } from '../../../src/collector/faults/faults.ts';
import { makeMessage, type Told, testMessage } from '../../../src/collector/notify/message.ts';
import type { Step } from '../../../src/collector/notify/notify.ts';
import type { Waiting } from '../../../src/collector/notify/outbox-rows.ts';
import {
  readTemplates,
  renderMessage,
  type Templates,
} from '../../../src/collector/notify/templates.ts';
import { projectFile } from '../../support/parts.ts';
import { policy } from '../people/policies.ts';
import { faultNow, MORNING_MS } from './faults.ts';

const TEMPLATES = readTemplates(projectFile('config/notices'), []) as Templates;
const people = policy();

function waiting(step: Step, locale: 'zh-CN' | 'en', more: Partial<Waiting> = {}): Waiting {
  const detail = step === 'clock' ? { clock: 'respond', share: 0.8 } : {};
  const by = step === 'responded' ? '李工' : 'system';
  const facts = { step, by, note: step === 'responded' ? '正在查看\n第二行' : '', detail };
  return {
    ...{ number: 1, fault: 'F-000001', entry: 7, step, recipient: 'wang', locale },
    address: { channel: 'mail', to: 'wang@example.com' },
    ...{ others: [], level: 1, digest: false, reason: 'duty', facts },
    ...{ plannedMs: MORNING_MS, dueMs: MORNING_MS, attempts: 0, ...more },
  };
}

const make = (told: readonly Told[], nowMs = MORNING_MS) =>
  makeMessage(told, { templates: TEMPLATES, organisation: '示例单位', people, nowMs });

const over: Partial<Fault> = { state: 'recovered', recoveredMs: MORNING_MS + 600_000 };

function all(locale: 'zh-CN' | 'en'): string {
  const later = MORNING_MS + 660_000;
  const one = (step: Step, fault: Partial<Fault> = {}) =>
    make([{ notice: waiting(step, locale), fault: faultNow(fault) }], later);
  const many = Array.from({ length: 23 }, (_, n) => ({
    notice: waiting('opened', locale, { fault: `F-${n}` }),
    fault: faultNow({ id: `F-${n}`, device: `ap-${n}` }),
  }));
  const digest = [0, 1].map((n) => ({
    notice: waiting('opened', locale, { digest: true, level: 4 }),
    fault: faultNow({ id: `F-${n}`, level: 4, ...(n === 1 ? over : {}) }),
  }));
  const messages = [
    one('opened'),
    one('clock'),
    one('promoted'),
    one('responded', { state: 'responded', respondedMs: later, owner: '李工' }),
    one('recovered', over),
    one('flapping'),
    make(many, later),
    make(digest, later),
  ];
  return messages
    .map(({ subject, short, text, markdown, html }, index) =>
      [subject, short, text, markdown, ...(index === 0 || index === 4 ? [html] : [])].join(
        '\n────\n',
      ),
    )
    .join('\n════════\n');
}

test.each(['zh-CN', 'en'] as const)('the messages in %s are the golden ones', (locale) => {
  const file = projectFile(`test/collector/notify/golden/messages.${locale}.txt`);
  const text = `${all(locale)}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '{{organisation}}',
  '{{{html}}}',
  '%24{7*7}',
  '#{7*7}',
  '<%= 7*7 %>',
  '[click](https://evil.example)',
  '@all <font color="warning">',
  '<at id=all></at>',
  "' onmouseover='x",
];

test.each(HOSTILE)('%s of a device stays text in every form', (text) => {
  const fault = faultNow({ device: text, phenomenon: { en: text, zh: text }, systems: [text] });
  const message = make([{ notice: waiting('opened', 'zh-CN'), fault }]);
  expect(message.text).toContain(text);
  expect(message.html).not.toMatch(/<(script|img|font|at)\b/);
  expect(message.html).not.toMatch(/<[^>]* on\w+=/);
  expect(message.markdown).not.toMatch(/\]\(|<at|<font|@all|<script/);
  expect(message.html).not.toContain('49');
  for (const line of [message.subject, message.short]) expect(line).not.toContain('\n');
});

test('long subjects and long short messages are cut', () => {
  const text = '很'.repeat(2_000);
  const fault = faultNow({ phenomenon: { en: text, zh: text } });
  const message = make([{ notice: waiting('opened', 'zh-CN'), fault }]);
  expect([...message.subject]).toHaveLength(150);
  expect([...message.short]).toHaveLength(300);
});

test('the same notices make the same id, others another', () => {
  const id = (entry: number) =>
    make([{ notice: waiting('opened', 'en', { entry }), fault: faultNow() }]).id;
  expect(id(7)).toBe(id(7));
  expect(id(7)).not.toBe(id(8));
});

test('a message is as grave as its gravest fault, and over when all are', () => {
  const told = [faultNow({ level: 3, ...over }), faultNow({ level: 2 })].map((fault) => ({
    notice: waiting('opened', 'en'),
    fault,
  }));
  expect(make(told)).toMatchObject({ level: 2, over: false });
  expect(make(told.slice(0, 1))).toMatchObject({ level: 3, over: true });
});

test('an empty view renders, and a test message names itself', () => {
  const view = { organisation: '', recipient: '', sent: '', digest: false, notices: [] };
  expect(renderMessage(TEMPLATES.en, view).subject).toBe('');
  expect(testMessage('en', 'x', 'y').text).toContain('test message');
});
