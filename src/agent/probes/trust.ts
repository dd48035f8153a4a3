/** The authorities that certificates are held against: this system's, and an own one beside them. */
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { messageOf } from '../../shared/errors.ts';
import { ProbeFailure } from './reasons.ts';

export interface Trust {
  /** `caFile`: '' for the system's alone. Kept, because a hundred authorities are slow to read. */
  context(caFile: string): SecureContext;
}

export function createTrust(): Trust {
  const contexts = new Map<string, SecureContext>();
  let known: readonly string[] | undefined;
  return {
    context: (caFile) => {
      let context = contexts.get(caFile);
      if (context === undefined) {
        known ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
        const own = caFile === '' ? [] : [readAuthority(caFile)];
        context = createSecureContext({ ca: [...known, ...own] });
        contexts.set(caFile, context);
      }
      return context;
    },
  };
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ProbeFailure('could_not_look', `the authority cannot be read: ${messageOf(error)}`);
  }
}
