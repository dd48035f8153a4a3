/** What a failed operation on the spool's files means for the operator. */
import { Failure, messageOf } from '../../shared/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

export function spoolFailure(error: unknown, directory: string): Failure {
  if (error instanceof Failure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const full = FULL.has(code);
  return new Failure(full ? 'disk_full' : 'io', `${directory}: ${messageOf(error)}`, {
    hint: full ? 'free some space there' : 'check the disk and the permissions of the directory',
    cause: error,
  });
}
