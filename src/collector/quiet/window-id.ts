/** Numbers of windows as people say them: `W-000012`. */
import { Failure } from '../../shared/errors.ts';

export function formatWindowId(number: number): string {
  return `W-${String(number).padStart(6, '0')}`;
}

/** Also without the zeros or the letter. Throws `not_found`. */
export function parseWindowId(id: string): number {
  const digits = /^(?:W-)?(\d{1,12})$/i.exec(id.trim())?.[1];
  if (digits === undefined) throw noSuchWindow(id);
  return Number(digits);
}

export function noSuchWindow(id: string): Failure {
  return new Failure('not_found', `there is no window ${JSON.stringify(id.slice(0, 40))}`, {
    hint: 'numbers look like W-000012; list them with: collector window list',
  });
}
