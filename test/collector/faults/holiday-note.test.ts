/** A clock that walks into a year whose holidays nobody has told says so with each of its warnings. */
import { expect, onTestFinished, test } from 'vitest';
import { context } from './context.ts';
import { Room } from './room.ts';
import { breached } from './verdicts.ts';

/** The notes of the clocks of a fault that opens at a time and goes unanswered for some hours. */
async function notesOf(opensMs: number, policy: string): Promise<readonly string[]> {
  const room = new Room();
  onTestFinished(() => room.close());
  room.clock.jump(opensMs - room.clock.now());
  room.context = { ...context(), policyOf: () => policy };
  await room.open();
  const sinceMs = opensMs - 60_000;
  await room.faults.apply([breached('critical', { sinceMs })], room.context);
  room.wait(10 * 60);
  const entries = await room.faults.advance(room.context);
  return entries.filter(({ kind }) => kind === 'clock').map(({ note }) => note);
}

test('where working hours decide on the limit, and their holidays are not known', async () => {
  const notes = await notesOf(Date.parse('2027-01-04T09:00:00+08:00'), 'emergency');
  expect(notes.length).toBeGreaterThan(0);
  const ofArrival = notes.filter((note) => note.includes('to arrive'));
  expect(ofArrival.length).toBeGreaterThan(0);
  for (const note of ofArrival) expect(note).toMatch(/; office knows no holidays of that time$/);
  const rest = notes.filter((note) => !note.includes('to arrive'));
  for (const note of rest) expect(note).toMatch(/ is used$/);
});

test('not in a year whose holidays are known', async () => {
  const notes = await notesOf(Date.parse('2026-06-01T09:00:00+08:00'), 'emergency');
  expect(notes.length).toBeGreaterThan(0);
  for (const note of notes) expect(note).toMatch(/ is used$/);
});

test('not of a clock that runs around the clock', async () => {
  const notes = await notesOf(Date.parse('2027-01-04T09:00:00+08:00'), 'four_level');
  expect(notes.length).toBeGreaterThan(0);
  for (const note of notes) expect(note).toMatch(/ is used$/);
});
