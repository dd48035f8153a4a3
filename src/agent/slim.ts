/**
 * How the bundled agent keeps its memory small: it starts Node once more, in the same process,
 * with the flags below. Measured on Node 26, one agent alone on a host, PSS after a minute: 71 MB
 * without them, 48 MB with them (bare Node: 38). An agent works a few milliseconds in 15 seconds,
 * so compilers that make long loops fast only cost it their memory.
 */
import { type Clock, repeat } from '../shared/clock.ts';

const FLAGS: readonly string[] = [
  // None of the compilers: 12 MB of program text that is otherwise never touched.
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
  '--max-semi-space-size=1',
  '--expose-gc',
];
/**
 * An agent that asks a thousand devices is at work all the time: it needs the compilers. What it
 * reads is garbage within a round, and V8 lets the more of it lie the more memory a host has.
 */
const BUSY_FLAGS: readonly string[] = ['--max-semi-space-size=4'];
/** What our unit and our image give an agent that watches its own host alone. */
const ONE_HOST_LIMITS: readonly string[] = ['--max-old-space-size=48', '--max-semi-space-size=1'];
const WATCHES_MORE = /^(snmp|probes|traps):/m;
/**
 * glibc gives freed memory back from 64 KiB on, instead of keeping what start-up needed: 3 MB. Who
 * receives datagrams all the time would give back and ask again for every one of them.
 */
const ENVIRONMENT = Object.freeze({ MALLOC_TRIM_THRESHOLD_: '65536' });
/** The garbage of start-up is 2 MB; afterwards little comes to it. */
const FIRST_COLLECTION_MS = 20_000;
const COLLECTION_MS = 600_000;

/** Pages that are empty afterwards go back to the system. */
const THOROUGH = Object.freeze({ type: 'major', flavor: 'last-resort' });

export interface Invocation {
  readonly program: string;
  /** Node's own flags. */
  readonly flags: readonly string[];
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Text of the configuration file; '' without one. */
  readonly config: string;
}

export interface Restart {
  readonly program: string;
  /** With the program's name first, as execve(2) wants it. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The same command with what is missing, or null: when nothing is, for other verbs than `run`, for
 * a checkout (which loads a TypeScript reader anyway), and where a process cannot be replaced.
 */
export function slimRestart(invocation: Invocation): Restart | null {
  const { program, flags, script, args, env, platform, config } = invocation;
  const isBusy = WATCHES_MORE.test(config);
  const wanted = isBusy ? BUSY_FLAGS : FLAGS;
  const kept = isBusy ? flags.filter((flag) => !ONE_HOST_LIMITS.includes(flag)) : flags;
  const missing = wanted.filter((flag) => !flags.includes(flag));
  const isAsWanted = missing.length === 0 && kept.length === flags.length;
  if (isAsWanted || platform === 'win32') return null;
  if (args[0] !== 'run' || !script.endsWith('.cjs')) return null;
  const argv = [program, ...kept, ...missing, script, ...args];
  return { program, argv, env: isBusy ? env : { ...ENVIRONMENT, ...env } };
}

/** Gives back what start-up left behind, and now and then the rest. */
export function keepSlim(clock: Clock): void {
  const { gc } = globalThis as { gc?: (how: typeof THOROUGH) => void };
  if (gc === undefined) return;
  clock.after(FIRST_COLLECTION_MS, () => gc(THOROUGH));
  repeat(clock, COLLECTION_MS, () => gc(THOROUGH));
}
