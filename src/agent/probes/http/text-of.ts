/** The body as text: in the charset the answer names, or the page itself, else UTF-8. */

/** Where a page says so itself, it is near the top. */
const HEAD_BYTES = 1_024;

export function textOf(body: Buffer, contentType: string): string {
  const named = /charset\s*=\s*["']?([\w-]+)/i.exec(contentType)?.[1] ?? charsetInPage(body);
  try {
    return new TextDecoder(named ?? 'utf-8').decode(body);
  } catch {
    // A charset nobody knows.
    return body.toString('utf8');
  }
}

function charsetInPage(body: Buffer): string | undefined {
  const head = body.subarray(0, HEAD_BYTES).toString('latin1');
  return /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
}
