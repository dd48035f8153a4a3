/** What people write into the ledger: data, never trusted. */
import { Failure } from '../../shared/errors.ts';
import type { FaultCommand, FaultReport } from './faults.ts';
import type { Case } from './life.ts';
import { isActive } from './steps.ts';

const NOTE_LONGEST = 4_000;
const NAME_LONGEST = 128;
const PLACE_LONGEST = 256;
/** Control and direction characters forge log lines and terminal output; a note may have lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** Throws `bad_request`. */
export function checkCommand({ by, note, kind, record }: FaultCommand): void {
  checkSaid({ by, note });
  for (const [field, text] of Object.entries(record ?? {})) {
    checkText(text, { what: field, longest: NOTE_LONGEST });
  }
  if (kind === 'comment' && note.trim() === '' && record === undefined) {
    throw new Failure('bad_request', 'the comment is empty', { hint: 'write what is to be kept' });
  }
}

/** Who says something, and what. Throws `bad_request`. */
export function checkSaid({ by, note }: Pick<FaultCommand, 'by' | 'note'>): void {
  checkText(note, { what: 'note', longest: NOTE_LONGEST });
  checkText(by, { what: 'name', longest: NAME_LONGEST });
  if (by.trim() === '' || by.includes('\n')) {
    throw new Failure('bad_request', 'the step has no name of who took it', {
      hint: 'give the name of the person, in one line',
    });
  }
}

/** What comes from people, devices and other systems becomes names: one line, bounded. */
export function checkReport(report: FaultReport): void {
  checkSaid({ by: report.by, note: '' });
  for (const what of ['device', 'rule', 'item'] as const) {
    const text = report[what];
    checkText(text, { what, longest: PLACE_LONGEST });
    if (text.includes('\n') || (what !== 'item' && text.trim() === '')) {
      throw new Failure('bad_request', `the ${what} is not a name in one line`, {
        hint: 'write at least one character, without line breaks',
      });
    }
  }
  const { en, zh } = report.phenomenon;
  checkText(en, { what: 'phenomenon', longest: NOTE_LONGEST });
  checkText(zh, { what: 'phenomenon', longest: NOTE_LONGEST });
  if (en.trim() === '' && zh.trim() === '') {
    throw new Failure('bad_request', 'the phenomenon is empty', { hint: 'say what is wrong' });
  }
}

/** Ending what still goes on is a judgement: the ledger must say whose and why (R10). */
export function checkClosing({ fault }: Case, { kind, note }: FaultCommand): void {
  const needed = kind === 'false_alarm' || (kind === 'closed' && isActive(fault.state));
  if (!needed || note.trim() !== '') return;
  if (kind === 'false_alarm') {
    throw new Failure('bad_request', 'a false alarm needs a note that says why it was one', {
      hint: 'say in the note what looked like a fault, for example "the port was never in use"',
    });
  }
  throw new Failure('bad_request', `${fault.id} has not recovered: closing it needs a note`, {
    hint: 'say why it is over, for example "false alarm: the volume is full by design"',
  });
}

function checkText(text: string, { what, longest }: { what: string; longest: number }): void {
  if (text.length > longest) {
    throw new Failure('bad_request', `the ${what} has ${text.length} characters`, {
      hint: `write at most ${longest}`,
    });
  }
  if (FORBIDDEN.test(text)) {
    throw new Failure('bad_request', `the ${what} holds control characters`, {
      hint: 'write plain text; line breaks are allowed in notes',
    });
  }
}
