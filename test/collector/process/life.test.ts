/** Every step in every state: possible where the table says so, refused with the possible ones. */
import { describe, expect, test } from 'vitest';
import {
  CHANGE_LIFE,
  nextState,
  PROBLEM_LIFE,
  possibleSteps,
} from '../../../src/collector/process/life.ts';
import { Failure } from '../../../src/shared/errors.ts';

type AnyLife = Record<string, Record<string, string>>;

describe.each([
  ['problem', PROBLEM_LIFE as AnyLife, 'proposed'],
  ['change', CHANGE_LIFE as AnyLife, 'requested'],
] as const)('%s', (_name, life, first) => {
  const states = Object.keys(life);
  const steps = [...new Set(states.flatMap((state) => Object.keys(life[state]!)))];

  test.each(states.flatMap((state) => steps.map((step) => [state, step] as const)))(
    'in %s the step %s leads where the table says, or is refused',
    (state, step) => {
      const next = life[state]![step];
      const take = () => nextState(life, { id: 'X-1', state }, step);
      if (next !== undefined) {
        expect(take()).toBe(next);
        return;
      }
      const possible = possibleSteps(life, state).join(', ');
      expect(take).toThrow(Failure);
      expect(take).toThrow(
        expect.objectContaining({ code: 'conflict', hint: `possible now: ${possible}` }),
      );
    },
  );

  test('a comment is always possible and changes nothing', () => {
    for (const state of states)
      expect(nextState(life, { id: 'X-1', state }, 'comment')).toBe(state);
  });

  test('every state is known and can be reached from the first', () => {
    const reached = new Set([first as string]);
    for (const state of reached) {
      for (const next of Object.values(life[state] ?? {})) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  test('people are not offered what only the program does', () => {
    for (const state of states) {
      expect(possibleSteps(life, state)).not.toContain('fault');
      expect(possibleSteps(life, state)).not.toContain('recurred');
    }
  });
});

test('nothing is implemented that was not approved and announced', () => {
  const into = (state: string) =>
    Object.entries(CHANGE_LIFE as AnyLife)
      .filter(([, steps]) => Object.values(steps).includes(state))
      .map(([from]) => from)
      .filter((from) => from !== state);
  expect(into('implementing')).toEqual(['announced']);
  expect(into('announced')).toEqual(['approved']);
  expect(into('approved')).toEqual(['assessed']);
});
