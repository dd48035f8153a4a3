/**
 * An event: something a device said by itself (a trap), as an agent reports it to the collector.
 * Both sides share its shape and its limits.
 */

/** Agents post events here, with their token. */
export const EVENTS_PATH = '/api/v1/events';

/** What an event may ask of the faults. */
export interface EventFault {
  /**
   * `open` opens or confirms, `confirm` only adds to a fault that is open, `clear` ends it,
   * `retract` ends it if nothing but unverified traps ever spoke of it.
   */
  readonly action: 'open' | 'confirm' | 'clear' | 'retract';
  readonly rule: string;
  readonly severity: 'warning' | 'critical';
  readonly urgency: 'high' | 'medium' | 'low';
}

export interface DeviceEvent {
  /** Unique for its agent, the same when it is sent again. */
  readonly id: string;
  /** Name of the configured device; '' when the address belongs to none. */
  readonly device: string;
  /** `link_down`; `trap` for what no entry of the known traps describes. */
  readonly kind: string;
  /** When the agent received it, Unix milliseconds. */
  readonly atMs: number;
  /** Address it came from. */
  readonly source: string;
  /** True only for SNMPv3 with authentication: anybody can write another source address. */
  readonly verified: boolean;
  /** The notification's own OID. */
  readonly oid: string;
  /** Which part of the device: an interface, a fan; '' for the device as a whole. */
  readonly item: string;
  readonly text: { readonly en: string; readonly zh: string };
  /** What came with it: name or OID → text. */
  readonly fields: Readonly<Record<string, string>>;
  /** Equal ones that were left out since the one before. */
  readonly repeats: number;
  readonly fault: EventFault | null;
}

/** The item of a port whose name was not read yet. */
export const portItem = (ifIndex: string): string => `ifIndex ${ifIndex}`;

export const EVENT_LIMITS = Object.freeze({
  /** In one request. */
  events: 500,
  requestBytes: 1024 * 1024,
  idLength: 64,
  nameLength: 256,
  textLength: 1_024,
  fields: 64,
});

export interface EventRefusal {
  readonly id: string;
  readonly reason: string;
}

/** The collector's answer: after it, the events need not be kept any longer. */
export interface EventReceipt {
  readonly stored: number;
  /** Known already, from an earlier request. */
  readonly duplicates: number;
  /** Not taken, for good, each with its reason. */
  readonly refused: readonly EventRefusal[];
  /** Not taken yet: of devices whose samples may still come. To be sent again. */
  readonly later: readonly EventRefusal[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text of a stranger as one line that cannot move a cursor or reorder what stands beside it (S23). */
export function plainText(text: string, length: number = EVENT_LIMITS.textLength): string {
  return text
    .slice(0, length * 2)
    .toWellFormed()
    .replace(HIDDEN, ' ')
    .trim()
    .slice(0, length)
    .toWellFormed();
}
