/** `config/quiet.yaml`: who depends on whom, what flaps, what is a storm, how long windows may be. */
import { z } from 'zod';
import { type ConfigProblem, duration, readYaml } from '../../shared/config.ts';
import { flawless, type Holed, readParts, wholeOf } from '../../shared/config-parts.ts';
import {
  compileSelector,
  type Labelled,
  selectorSchema,
  unknownNames,
} from '../../shared/selector.ts';
import { DAY_MS, HOUR_MS } from '../../shared/units.ts';
import { type PeoplePolicy, unknownPeople } from '../people/people.ts';
import { buildGraph, type Dependency } from './graph.ts';

const KEEP_DEFAULT_MS = 400 * DAY_MS;
/** Monthly reports ask for the windows of the month before. */
const KEEP_LEAST_MS = 62 * DAY_MS;

type WhoIsThere = Pick<PeoplePolicy, 'people' | 'groups' | 'example'>;

/** R35: logs are kept for half a year at least, and events are a log. */
const EVENTS_LEAST_MS = 183 * DAY_MS;

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
    /** People and groups who may approve; anybody when it is left out. */
    approved_by: z.array(z.string().min(1)).min(1).optional(),
    /** How long windows that are over, and what became of their faults, are kept. */
    keep: duration.default(KEEP_DEFAULT_MS),
  }),
  /** What is read of the network and proposed as dependencies. */
  discovery: z
    .strictObject({
      /** A neighbour nobody has seen for so long is none. */
      seen_within: duration.default(6 * HOUR_MS),
      /** Proposals nobody saw for so long are dropped. */
      forget_after: duration.default(30 * DAY_MS),
    })
    .prefault({}),
  /** Samples that arrive after later ones: they correct history and are told by one summary. */
  late: z
    .strictObject({
      /** A device that was silent for less had nothing that a hold time would not have covered. */
      silent: duration.default(180_000),
      /** Nothing more arrived for so long: the backlog of the silence is in. */
      settled: duration.default(120_000),
      /** What has not come by then is lost, or its loss is declared. */
      wait: duration.default(7 * DAY_MS),
    })
    .prefault({}),
  /** Events of devices, such as traps. */
  events: z
    .strictObject({
      keep: duration.default(KEEP_DEFAULT_MS),
      at_most: z.int().min(1_000).default(1_000_000),
    })
    .prefault({}),
});

export type QuietPolicy = z.infer<typeof quietSchema>;

/** Throws `config` with every problem. */
export function readQuietPolicy(file: string, people: WhoIsThere | null = null): QuietPolicy {
  return checkQuietPolicy(readYaml(file), file, people);
}

/** Checks parsed YAML. Throws `config` with every problem. */
export function checkQuietPolicy(
  data: unknown,
  file: string,
  people: WhoIsThere | null = null,
): QuietPolicy {
  const { value: policy, problems: shape } = readParts(quietSchema, data, file);
  const problems = [
    ...shape,
    ...circles(policy, file),
    ...spans(policy, file),
    ...strangers(policy, file, people),
  ];
  return flawless({ value: policy as QuietPolicy, problems });
}

type Parts = Holed<QuietPolicy>;
type Parents = z.infer<typeof parentsSchema>;

/** Of the names written out; what labels and patterns close is seen when devices are known. */
function circles({ dependencies: given }: Parts, file: string): readonly ConfigProblem[] {
  const parents = (given?.parents ?? []).flatMap((one) => wholeOf<Parents>(one) ?? []);
  const named = new Set(
    parents.flatMap(({ parents, children }) => [
      ...parents,
      ...(children.devices ?? []).filter((device) => !device.includes('*')),
    ]),
  );
  const devices = [...named].map((device) => ({ name: device, labels: {} }));
  return buildGraph(configured({ dependencies: { parents } }, devices)).ignored.map((circle) => ({
    file,
    path: 'dependencies.parents',
    reason: `goes in a circle: ${circle}`,
  }));
}

/** Who is to approve windows and is nobody. */
function strangers(
  { windows }: Parts,
  file: string,
  people: WhoIsThere | null,
): readonly ConfigProblem[] {
  const names = windows?.approved_by?.flatMap((one) => one ?? []) ?? [];
  if (people === null) return [];
  const path = 'windows.approved_by';
  return unknownPeople(names, people).map((reason) => ({ file, path, reason }));
}

/** Spans of time that contradict each other; what is a hole contradicts nothing. */
function spans(parts: Parts, file: string): ConfigProblem[] {
  const { flapping, storm, dependencies, windows, late, events } = parts;
  const problems: ConfigProblem[] = [];
  const refuse = (wrong: boolean, path: string, reason: string): void => {
    if (wrong) problems.push({ file, path, reason });
  };
  refuse(flapping?.steady === 0, 'flapping.steady', 'must be longer than nothing');
  refuse(flapping?.within === 0, 'flapping.within', 'must be longer than nothing');
  refuse(storm?.within === 0, 'storm.within', 'must be longer than nothing');
  refuse(
    (storm?.longest ?? Number.POSITIVE_INFINITY) < (storm?.calm ?? 0),
    'storm.longest',
    'is shorter than calm: no storm could end by itself',
  );
  refuse(
    (dependencies?.await_parent ?? 0) > 600_000,
    'dependencies.await_parent',
    'is longer than 10m: faults would be announced too late to be answered in time',
  );
  refuse(
    (windows?.keep ?? KEEP_LEAST_MS) < KEEP_LEAST_MS,
    'windows.keep',
    'is shorter than 62d: the report of a month would miss its windows',
  );
  refuse(late?.silent === 0, 'late.silent', 'must be longer than nothing');
  refuse(
    (late?.wait ?? Number.POSITIVE_INFINITY) <= (late?.settled ?? 0),
    'late.wait',
    'is no longer than settled: nothing would ever be in time',
  );
  refuse(
    (events?.keep ?? EVENTS_LEAST_MS) < EVENTS_LEAST_MS,
    'events.keep',
    'is shorter than 183d: logs are kept for half a year at least (R35)',
  );
  return problems;
}

/** The configured dependencies of the devices there are, in the order of the file. */
export function configured(
  { dependencies }: { readonly dependencies: Pick<QuietPolicy['dependencies'], 'parents'> },
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
