/**
 * Headers of every answer, also errors and writes (S34). Pages load nothing but our own style
 * sheet; reports are self-contained, so they may bring inline styles and data images.
 */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});

/** The same as a flat list, which `writeHead` takes without walking an object. */
export const SECURITY_HEADER_LIST: readonly string[] = Object.freeze(
  Object.entries(SECURITY_HEADERS).flat(),
);
