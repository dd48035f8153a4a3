/** What people write into the ledger: data, never trusted. */
import { Failure } from '../../shared/errors.ts';
import type { FaultCommand } from './faults.ts';
import { type Case, isActive } from './life.ts';

const NOTE_LONGEST = 4_000;
const NAME_LONGEST = 128;
/** Control and direction characters forge log lines and terminal output; a note may have lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** Throws `bad_request`. */
export function checkCommand({ by, note, kind }: FaultCommand): void {
  checkText(note, { what: 'note', longest: NOTE_LONGEST });
  checkText(by, { what: 'name', longest: NAME_LONGEST });
  if (by.trim() === '' || by.includes('\n')) {
    throw new Failure('bad_request', 'the step has no name of who took it', {
      hint: 'give the name of the person, in one line',
    });
  }
  if (kind === 'comment' && note.trim() === '') {
    throw new Failure('bad_request', 'the comment is empty', { hint: 'write what is to be kept' });
  }
}

/** Ending what still goes on is a judgement: the ledger must say whose and why (R10). */
export function checkClosing({ fault }: Case, { kind, note }: FaultCommand): void {
  if (kind !== 'closed' || !isActive(fault.state) || note.trim() !== '') return;
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
