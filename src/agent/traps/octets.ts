/** Values of varbinds as text. OCTET STRING is text where its bytes are, hex where they are not. */
import { EVENT_LIMITS, plainText } from '../../shared/device-event.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Agents in China still answer in GBK; what is not UTF-8 is tried as that. */
const GBK = new TextDecoder('gb18030', { fatal: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const BINARY = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd]/;
const HEX_BYTES = 64;

function decoded(bytes: Uint8Array, decoder: TextDecoder): string | null {
  try {
    const text = decoder.decode(bytes);
    return BINARY.test(text) ? null : text;
  } catch {
    return null;
  }
}

export function octetText(bytes: Uint8Array): string {
  const capped = bytes.subarray(0, EVENT_LIMITS.textLength * 4);
  // Many agents end their strings with a NUL.
  const end = capped.length > 0 && capped.at(-1) === 0 ? capped.length - 1 : capped.length;
  const text = decoded(capped.subarray(0, end), UTF8) ?? gbkText(capped.subarray(0, end));
  if (text !== null) return plainText(text);
  return Array.from(bytes.subarray(0, HEX_BYTES), (b) => b.toString(16).padStart(2, '0')).join(':');
}

/** Only where it gives Chinese characters: every two bytes are something in GBK. */
function gbkText(bytes: Uint8Array): string | null {
  const text = decoded(bytes, GBK);
  return text !== null && /^[\p{Script=Han}\p{ASCII}，。：；！？（）、]+$/u.test(text)
    ? text
    : null;
}

/** A value as net-snmp gives it. */
export function valueText(value: unknown, isCounter64: boolean): string {
  if (value === null || value === undefined) return '';
  if (!(value instanceof Uint8Array)) return plainText(String(value));
  if (!isCounter64) return octetText(value);
  const hex = Buffer.from(value).toString('hex').slice(-16);
  return hex === '' ? '0' : BigInt(`0x${hex}`).toString();
}
