/** One element of BER (X.690), as far as SNMP's messages have to be looked at before they are decoded. */
export interface Element {
  readonly tag: number;
  /** Where its content begins, and ends. */
  readonly start: number;
  readonly end: number;
}

/** The element at `at`; null when it does not fit. */
export function elementAt(datagram: Buffer, at: number): Element | null {
  if (at + 2 > datagram.length) return null;
  const tag = datagram[at] ?? 0;
  const first = datagram[at + 1] ?? 0;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (octets > 4 || at + 2 + octets > datagram.length) return null;
  const length = octets === 0 ? first : datagram.readUIntBE(at + 2, octets);
  const start = at + 2 + octets;
  return start + length > datagram.length ? null : { tag, start, end: start + length };
}
