/**
 * Which Node this program runs on. Checked before anything else is loaded: on an older one the
 * database binding ends the process without a word (reliability.md decision 4, S60).
 */

/** `Temporal`, which calendars and months are counted with, exists from here on. */
const LEAST_MAJOR = 26;
/** Releases that mend the security holes of 2026-10-21, by major version. */
const MENDED: Readonly<Record<number, readonly [number, number]>> = Object.freeze({ 26: [12, 1] });

function parse(version: string): readonly [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
}

/** Why this Node cannot run the collector, or null. */
export function nodeComplaint(version: string): string | null {
  const [major] = parse(version);
  if (major >= LEAST_MAJOR) return null;
  return `The collector needs Node ${LEAST_MAJOR} or later; this is Node ${version}.
  mend: install Node ${LEAST_MAJOR}, or run it from a checkout through npm (npm start, npm run collector), which brings its own
`;
}

/** What an operator should know about this Node, or null. */
export function nodeWarning(version: string): string | null {
  const [major, minor, patch] = parse(version);
  const mended = MENDED[major];
  if (mended === undefined) return null;
  const [leastMinor, leastPatch] = mended;
  if (minor > leastMinor || (minor === leastMinor && patch >= leastPatch)) return null;
  return `Node ${version} has known security holes: use ${major}.${leastMinor}.${leastPatch} or later in production`;
}
