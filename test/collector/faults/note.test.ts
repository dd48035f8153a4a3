import { describe, expect, it } from 'vitest';
import type { FaultCommand } from '../../../src/collector/faults/faults.ts';
import { checkCommand } from '../../../src/collector/faults/note.ts';

const command = (more: Partial<FaultCommand>): FaultCommand => ({
  fault: 'F-000001',
  kind: 'responded',
  by: '王芳',
  note: '',
  ...more,
});

describe('what people write', () => {
  it.each([
    { note: '' },
    { note: 'cause: full log\nmeasure: rotated' },
    { note: '原因:日志未轮转 😀 <script>alert(1)</script>' },
    { note: 'x'.repeat(4_000) },
    { by: 'Ann O’Neil (night desk)' },
    { kind: 'comment', note: '.' },
  ] as const)('is taken as it is: %j', (more) => {
    expect(() => checkCommand(command(more))).not.toThrow();
  });

  it.each([
    [{ note: 'x'.repeat(4_001) }, 'the note has 4001 characters', 'write at most 4000'],
    [
      { note: 'a\u0000b' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { note: 'a\u001b[31mred' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { note: 'a\rb' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { note: 'a\tb' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { note: 'a\u202eb' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { note: 'a\u0085b' },
      'the note holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [
      { by: 'a\u0007' },
      'the name holds control characters',
      'write plain text; line breaks are allowed in notes',
    ],
    [{ by: 'x'.repeat(129) }, 'the name has 129 characters', 'write at most 128'],
    [
      { by: ' ' },
      'the step has no name of who took it',
      'give the name of the person, in one line',
    ],
    [
      { by: 'Ann\nsystem' },
      'the step has no name of who took it',
      'give the name of the person, in one line',
    ],
    [{ kind: 'comment', note: ' ' }, 'the comment is empty', 'write what is to be kept'],
  ] as const)('is refused: %j', (more, message, hint) => {
    let thrown: unknown;
    try {
      checkCommand(command(more));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'bad_request', message, hint });
  });
});
