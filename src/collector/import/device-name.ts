/** Names of devices from files: as bounded and plain as those that arrive by remote write. */
import { LIMITS } from '../../shared/sample.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** What is wrong with the name, or null. */
export function checkDeviceName(name: string): string | null {
  if (CONTROL.test(name)) return 'the name of the device holds control characters';
  if (Buffer.byteLength(name) > LIMITS.labelValueBytes) {
    return `the name of the device is longer than ${LIMITS.labelValueBytes} bytes`;
  }
  return null;
}
