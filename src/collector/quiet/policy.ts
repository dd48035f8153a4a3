/** `config/quiet.yaml`: who depends on whom, what flaps, what is a storm, how long windows may be. */
import { z } from 'zod';
import {
  type ConfigProblem,
  checkConfig,
  configFailure,
  duration,
  readYaml,
  schemaProblems,
} from '../../shared/config.ts';
import {
  compileSelector,
  type Labelled,
  selectorSchema,
  unknownNames,
} from '../../shared/selector.ts';
import { DAY_MS } from '../../shared/units.ts';
import { buildGraph, type Dependency } from './graph.ts';

const KEEP_DEFAULT_MS = 400 * DAY_MS;
/** Monthly reports ask for the windows of the month before. */
const KEEP_LEAST_MS = 62 * DAY_MS;

const name = z.string().min(1).max(256);
const parentsSchema = z.strictObject({
  parents: z.array(name).min(1).max(16),
  children: selectorSchema,
  needs: z.enum(['all', 'one']).default('all'),
});

export const quietSchema = z.strictObject({
  dependencies: z.strictObject({
    /** Indicators whose fault means that nothing behind the device can be seen; worst first. */
    causes: z.array(name).min(1),
    /** Indicators that say as much about the way to the device as about the device. */
    connectivity: z.array(name),
    await_parent: duration,
    after_recovery: z.strictObject({ checks: z.int().min(1).max(100), at_most: duration }),
    parents: z.array(parentsSchema).default([]),
  }),
  flapping: z.strictObject({
    changes: z.int().min(3).max(100),
    within: duration,
    steady: duration,
  }),
  storm: z.strictObject({
    openings: z.int().min(2),
    within: duration,
    calm: duration,
    longest: duration,
  }),
  windows: z.strictObject({
    longest: duration,
    /** How far ahead a window may begin. */
    ahead: duration,
    /** True: whoever approves may not be whoever registers. */
    four_eyes: z.boolean(),
    /** How long windows that are over, and what became of their faults, are kept. */
    keep: duration.default(KEEP_DEFAULT_MS),
  }),
});

export type QuietPolicy = z.infer<typeof quietSchema>;

/** Throws `config` with every problem. */
export function readQuietPolicy(file: string): QuietPolicy {
  return checkQuietPolicy(readYaml(file), file);
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkQuietPolicy(data: unknown, file: string): QuietPolicy {
  const shape = schemaProblems(quietSchema, data, file);
  if (shape.length > 0) throw configFailure(shape);
  const policy = checkConfig(quietSchema, data, file);
  const problems = [...circles(policy, file), ...spans(policy, file)];
  if (problems.length > 0) throw configFailure(problems);
  return policy;
}

/** Of the names written out; what labels and patterns close is seen when devices are known. */
function circles({ dependencies }: QuietPolicy, file: string): readonly ConfigProblem[] {
  const named = new Set(
    dependencies.parents.flatMap(({ parents, children }) => [
      ...parents,
      ...(children.devices ?? []).filter((device) => !device.includes('*')),
    ]),
  );
  const devices = [...named].map((device) => ({ name: device, labels: {} }));
  return buildGraph(configured({ dependencies }, devices)).ignored.map((circle) => ({
    file,
    path: 'dependencies.parents',
    reason: `goes in a circle: ${circle}`,
  }));
}

function spans(
  { flapping, storm, dependencies, windows }: QuietPolicy,
  file: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (wrong: boolean, path: string, reason: string): void => {
    if (wrong) problems.push({ file, path, reason });
  };
  refuse(flapping.steady <= 0, 'flapping.steady', 'must be longer than nothing');
  refuse(flapping.within <= 0, 'flapping.within', 'must be longer than nothing');
  refuse(storm.within <= 0, 'storm.within', 'must be longer than nothing');
  refuse(
    storm.longest < storm.calm,
    'storm.longest',
    'is shorter than calm: no storm could end by itself',
  );
  refuse(
    dependencies.await_parent > 600_000,
    'dependencies.await_parent',
    'is longer than 10m: faults would be announced too late to be answered in time',
  );
  refuse(
    windows.keep < KEEP_LEAST_MS,
    'windows.keep',
    'is shorter than 62d: the report of a month would miss its windows',
  );
  return problems;
}

/** The configured dependencies of the devices there are, in the order of the file. */
export function configured(
  { dependencies }: Pick<QuietPolicy, 'dependencies'>,
  devices: readonly Labelled[],
): readonly Dependency[] {
  return dependencies.parents.flatMap(({ parents, children, needs }) => {
    const meant = compileSelector(children);
    return devices
      .filter((device) => meant(device) && !parents.includes(device.name))
      .map((device) => ({ child: device.name, parents, needs }));
  });
}

/** Names in the file that no device has: the file may be older or newer than the devices. */
export function policyWarnings(policy: QuietPolicy, devices: readonly Labelled[]): string[] {
  const known = new Set(devices.map((device) => device.name));
  return policy.dependencies.parents.flatMap(({ parents, children }, index) => {
    const place = `dependencies.parents[${index}]`;
    const missing = [...parents.filter((one) => !known.has(one)), ...unknownNames(children, known)];
    return missing.map((one) => `${place}: no device is named ${JSON.stringify(one)}`);
  });
}
