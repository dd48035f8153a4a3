/** Waiting notices of one recipient → one message. Pure. */
import { hash } from 'node:crypto';
import type { Fault } from '../faults/faults.ts';
import type { PeoplePolicy } from '../people/people.ts';
import type { Message, NoticeFacts } from './channel.ts';
import { alertFacts, gravest, localTime, noticeView } from './notice-view.ts';
import type { Waiting } from './outbox-rows.ts';
import { renderMessage, type Templates } from './templates.ts';
import { WORDS } from './words.ts';

/** A waiting notice and its fault as it is now. */
export interface Told {
  readonly notice: Waiting;
  readonly fault: Fault;
}

export interface Stationery {
  readonly templates: Templates;
  readonly organisation: string;
  readonly people: PeoplePolicy;
  readonly nowMs: number;
}

/** `told` is not empty; all are for one recipient, channel and address. */
export function makeMessage(told: readonly Told[], stationery: Stationery): Message {
  const { templates, organisation, people, nowMs } = stationery;
  const [first] = told as readonly [Told, ...Told[]];
  const { locale, recipient, address, digest } = first.notice;
  const { timezone } = people;
  const notices = told.map(({ notice, fault }): NoticeFacts => {
    const telling = { locale, timezone, nowMs, why: notice.reason };
    return {
      key: keyOf(notice),
      step: notice.step,
      view: noticeView(fault, notice.facts, telling),
      alert: alertFacts(fault),
    };
  });
  const texts = renderMessage(templates[locale], {
    organisation,
    recipient: people.people.get(recipient)?.name ?? recipient.replace(/^channel:/, ''),
    sent: localTime(nowMs, timezone),
    digest,
    notices: (digest ? newestOfEach(notices) : notices).map(({ view }) => view),
  });
  return {
    ...texts,
    id: hash('sha256', notices.map(({ key }) => key).join('\n'), 'hex').slice(0, 32),
    to: address.to,
    locale,
    over: notices.every(({ view }) => view.over),
    level: gravest(told.map(({ fault }) => fault.level)),
    notices,
  };
}

/** A digest tells each fault once, by what happened last. */
function newestOfEach(notices: readonly NoticeFacts[]): readonly NoticeFacts[] {
  return [...new Map(notices.map((notice) => [notice.view.fault, notice])).values()];
}

/** What is told to whom, whatever the channel: receivers can drop a repetition by it. */
function keyOf({ fault, entry, step, recipient }: Waiting): string {
  return `${fault}/${entry}/${step}/${recipient}`;
}

/** For `collector notice test`. */
export function testMessage(locale: 'zh-CN' | 'en', to: string, id: string): Message {
  const text = WORDS[locale].test;
  return {
    ...{ id, to, locale, text, markdown: text, short: text, over: true, level: 4, notices: [] },
    subject: locale === 'zh-CN' ? '[值守] 测试' : '[Watchkeeper] Test',
    html: `<!doctype html><html lang="${locale}"><body><p>${text}</p></body></html>`,
  };
}
