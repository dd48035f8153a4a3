/** Numbers of faults as people say them: `F-000123`. */
import { Failure } from '../../shared/errors.ts';

export function formatFaultId(number: number): string {
  return `F-${String(number).padStart(6, '0')}`;
}

/** Also without the zeros or the letter: on the phone it is "fault one two three". Throws `not_found`. */
export function parseFaultId(id: string): number {
  const digits = /^(?:F-)?(\d{1,12})$/i.exec(id.trim())?.[1];
  if (digits === undefined) throw noSuchFault(id);
  return Number(digits);
}

export function noSuchFault(id: string): Failure {
  return new Failure('not_found', `there is no fault ${JSON.stringify(id.slice(0, 40))}`, {
    hint: 'numbers look like F-000123; list them with: collector fault list',
  });
}
