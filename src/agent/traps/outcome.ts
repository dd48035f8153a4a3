/** What the collector's answer to a request of events means (P7). Pure. */
import type { EventReceipt } from '../../shared/device-event.ts';
import { FAILURES } from '../../shared/errors.ts';
import { HEADER_RECEIPT } from '../../shared/protocol.ts';
import type { EventTransport } from './traps.ts';

export type EventAnswer = Awaited<ReturnType<EventTransport['send']>>;

export type EventOutcome =
  | { readonly kind: 'stored'; readonly receipt: EventReceipt }
  /** For good: sending it again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unauthorised'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string };

/** Statuses that are final when the collector itself gave them. */
const FINAL = new Set([400, 413, 415, 422]);

/** A proxy's answer is never taken for the collector's. */
export function eventOutcome({ status, headers, body }: EventAnswer): EventOutcome {
  const isOurs = headers[HEADER_RECEIPT] !== undefined;
  if (status >= 200 && status < 300) {
    const receipt = isOurs ? receiptOf(body) : null;
    if (receipt !== null) return { kind: 'stored', receipt };
    return { kind: 'retry', reason: `${status} without our receipt: not from the collector` };
  }
  const code = errorCode(body);
  const reason = `${status} ${code || 'from elsewhere'}`;
  if (status === 401 || status === 403) return { kind: 'unauthorised', reason };
  return { kind: FINAL.has(status) && code !== '' ? 'refused' : 'retry', reason };
}

function receiptOf(body: string): EventReceipt | null {
  try {
    const { stored, duplicates, refused, later } = JSON.parse(body) as EventReceipt;
    const areNumbers = [stored, duplicates].every(Number.isSafeInteger);
    const areLists = [refused, later].every(Array.isArray);
    return areNumbers && areLists ? { stored, duplicates, refused, later } : null;
  } catch {
    return null;
  }
}

function errorCode(body: string): string {
  try {
    const { code } = JSON.parse(body).error;
    return Object.hasOwn(FAILURES, code) ? String(code) : '';
  } catch {
    return '';
  }
}
