/**
 * The texts of messages: logic-less templates (S39), one file per form and language in
 * `config/notices`. Rendering escapes for the form: HTML, Markdown, or nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mustache from 'mustache';
import type { ConfigProblem } from '../../shared/config.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Locale } from '../people/people.ts';
import { FIELDS, type NoticeView } from './notice-view.ts';
import { templateProblems } from './template-check.ts';

const FORMS = ['subject', 'short', 'text', 'markdown', 'html'] as const;
export type Form = (typeof FORMS)[number];
const LOCALES: readonly Locale[] = ['zh-CN', 'en'];

export type Texts = Readonly<Record<Form, string>>;
/** Sources by language and form. */
export type Templates = Readonly<Record<Locale, Texts>>;

export interface MessageView {
  readonly organisation: string;
  readonly recipient: string;
  readonly sent: string;
  readonly digest: boolean;
  /** Every notice; long lists are cut here. */
  readonly notices: readonly NoticeView[];
}

/** Notices that are written out in one message; the others are counted. */
const LISTED_MOST = 20;
const SUBJECT_LONGEST = 150;
const SHORT_LONGEST = 300;

/** Null when a file is missing; every problem is added with its line. */
export function readTemplates(folder: string, problems: ConfigProblem[]): Templates | null {
  let missing = false;
  const read = (locale: Locale, form: Form): string => {
    const file = join(folder, `${form}.${locale}.mustache`);
    try {
      const text = readFileSync(file, 'utf8');
      for (const { line, reason } of templateProblems(text, FIELDS)) {
        problems.push({ file, path: `line ${line}`, reason });
      }
      return text;
    } catch (error) {
      problems.push({ file, path: '', reason: `cannot read the template: ${messageOf(error)}` });
      missing = true;
      return '';
    }
  };
  const entries = LOCALES.map((locale) => [
    locale,
    Object.fromEntries(FORMS.map((form) => [form, read(locale, form)])),
  ]);
  return missing ? null : (Object.fromEntries(entries) as Templates);
}

const HTML: Readonly<Record<string, string>> = Object.freeze({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
});

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** What comes from devices and people must stay text in every form. */
const ESCAPES: Readonly<Record<Form, (text: string) => string>> = Object.freeze({
  subject: oneLine,
  short: oneLine,
  text: (text) => text,
  // Robots read links, mentions and fonts in their Markdown: no such text may come from a device.
  markdown: (text) => oneLine(text).replace(/[\\`*_[\]<>#|~@!]/g, (c) => SAFE[c] ?? c),
  html: (text) => text.replace(/[&<>"']/g, (c) => HTML[c] ?? c),
});

/** Full-width twins: the robots do not agree on how to escape, and none of them reads these. */
const SAFE: Readonly<Record<string, string>> = Object.freeze({
  '\\': '\uff3c',
  '`': '\uff40',
  '*': '\uff0a',
  '[': '\uff3b',
  ']': '\uff3d',
  '<': '\uff1c',
  '>': '\uff1e',
  '#': '\uff03',
  '|': '\uff5c',
  '~': '\uff5e',
  '@': '\uff20',
  '!': '\uff01',
});

export function renderMessage(templates: Texts, view: MessageView): Texts {
  const count = view.notices.length;
  const data = {
    ...view,
    count: String(count),
    notices: view.notices.slice(0, LISTED_MOST),
    more: count > LISTED_MOST ? String(count - LISTED_MOST) : '',
    first: view.notices[0] ?? {},
    one: count === 1 && !view.digest,
    several: count > 1 && !view.digest,
    over: count > 0 && view.notices.every(({ over }) => over),
  };
  const render = (form: Form): string =>
    Mustache.render(templates[form], data, {}, { escape: (text) => ESCAPES[form](String(text)) });
  return {
    subject: cut(oneLine(render('subject')).trim(), SUBJECT_LONGEST),
    short: cut(oneLine(render('short')).trim(), SHORT_LONGEST),
    text: render('text').trimEnd(),
    markdown: render('markdown').trimEnd(),
    html: render('html'),
  };
}

function cut(text: string, longest: number): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}
