/** The search against reading every note from end to end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NoteText } from '../../../src/collector/process/process.ts';
import { processRig, WRITING } from './rig.ts';

const letters = fc.constantFrom(...'端口丢包磁盘满交换机abXY1 %_"\'*-()\\');
const text = fc.string({ unit: letters, minLength: 1, maxLength: 14 });
const words = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
});

const note = (parts: readonly string[]): NoteText => ({
  title: `t${parts[0]}`,
  symptom: `s${parts[1]}`,
  cause: `c${parts[2]}`,
  solution: `l${parts[3]}`,
  rules: [],
  kinds: [],
  words: [],
});

/** Latin letters match in any case; every word must be somewhere in the note. */
function reads({ title, symptom, cause, solution }: NoteText, wanted: readonly string[]): boolean {
  const parts = [title, symptom, cause, solution].map((part) => part.toLowerCase());
  return wanted.every((word) => parts.some((part) => part.includes(word.toLowerCase())));
}

test('a note is found exactly when every word occurs in it, whatever the words are made of', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(text, text, text, text), { minLength: 1, maxLength: 6 }),
      fc.array(words, { minLength: 5, maxLength: 10 }),
      async (texts, queries) => {
        const rig = await processRig();
        const notes = texts.map(note);
        for (const one of notes) await rig.room.knowledge.write(one, 'wang', WRITING);
        for (const query of queries) {
          const wanted = query.join(' ').split(/\s+/).filter(Boolean);
          const found = rig.room.knowledge.search(query.join(' '), 100).map(({ title }) => title);
          const expected = wanted.length === 0 ? [] : notes.filter((one) => reads(one, wanted));
          expect(found.sort(), JSON.stringify(query)).toEqual(
            expected.map(({ title }) => title).sort(),
          );
        }
        await rig.room.close();
      },
    ),
    { numRuns: 30 },
  );
});
