/** Which Node the agent runs on. Checked before anything that needs a recent one is loaded (S60). */

/** The oldest line that still gets security fixes and has all that the agent uses. */
const LEAST_MAJOR = 24;

/** Why this Node cannot run the agent, or null. */
export function nodeComplaint(version: string): string | null {
  const major = Number.parseInt(version, 10);
  if (major >= LEAST_MAJOR) return null;
  return `The agent needs Node ${LEAST_MAJOR} or later; this is Node ${version}.
  mend: install Node ${LEAST_MAJOR}, or run it from a checkout with "npm run agent --", which brings its own
`;
}
