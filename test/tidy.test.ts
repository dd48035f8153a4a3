/**
 * The house rules, as a test. What is not enforced drifts. Exceptions are named with a reason, at
 * most three in all.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { projectFile } from './support/parts.ts';

const FILE_LINES = 300;
const FUNCTION_LINES = 70;

/** path or path#function → why it may be longer. */
const EXCEPTIONS: Readonly<Record<string, string>> = Object.freeze({});

const ROOT = projectFile('.');

function filesBelow(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const lineCount = (file: string): number => read(file).split('\n').length - 1;

const SOURCES = filesBelow('src');
const TOOLS = [...filesBelow('tools'), ...filesBelow('bench')];
const TESTS = filesBelow('test');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Relative imports (static, dynamic and worker URLs) of a file, resolved to project paths. */
function importsOf(file: string): Import[] {
  const text = read(file);
  const found: Import[] = [];
  const add = (target: string, typeOnly: boolean): void => {
    if (!target.startsWith('.')) return;
    found.push({
      from: file,
      to: relative(ROOT, resolve(ROOT, dirname(file), target)),
      typeOnly,
    });
  };
  for (const match of text.matchAll(
    /^(import|export)\s+(type\s+)?([^'"`;]*?)\s*from\s+'([^']+)'/gm,
  )) {
    const names = /^\{([\s\S]*)\}$/.exec((match[3] ?? '').trim())?.[1];
    const allTypes = names?.split(',').every((n) => n.trim() === '' || /^type\s/.test(n.trim()));
    add(match[4] ?? '', match[2] !== undefined || allTypes === true);
  }
  for (const match of text.matchAll(/^import\s+'([^']+)'/gm)) add(match[1] ?? '', false);
  for (const match of text.matchAll(/import\(\s*'([^']+)'\s*\)/g)) add(match[1] ?? '', false);
  return found;
}

/** `src/collector/store/read.ts` → `collector/store`; wiring files and mains → null. */
function roomOf(file: string): string | null {
  const parts = file.split('/');
  if (parts[1] === 'shared') return 'shared';
  return parts.length >= 4 ? `${parts[1]}/${parts[2]}` : null;
}

const isDoor = (file: string): boolean => {
  const room = roomOf(file);
  return room !== null && file === `src/${room}/${room.split('/')[1]}.ts`;
};

/** Upstream first. A room may import the doors of rooms before it in its own line. */
const FLOW: Readonly<Record<string, readonly string[]>> = Object.freeze({
  'agent/sources': [],
  'agent/sampler': ['agent/sources'],
  'agent/snmp': ['agent/sources', 'agent/sampler'],
  'agent/traps': ['agent/snmp'],
  'agent/probes': ['agent/sources', 'agent/sampler'],
  'agent/spool': [],
  'agent/push': ['agent/spool'],
  'agent/cli': [
    'agent/sources',
    'agent/sampler',
    'agent/snmp',
    'agent/traps',
    'agent/probes',
    'agent/spool',
    'agent/push',
  ],
  'collector/store': [],
  'collector/desk': [],
  'collector/calendars': [],
  'collector/people': ['collector/desk', 'collector/calendars'],
  'collector/ingest': ['collector/store', 'collector/desk'],
  'collector/indicators': ['collector/store'],
  'collector/evaluate': ['collector/indicators'],
  'collector/faults': ['collector/evaluate', 'collector/calendars', 'collector/desk'],
  'collector/process': [
    'collector/desk',
    'collector/calendars',
    'collector/people',
    'collector/faults',
  ],
  'collector/quiet': [
    'collector/desk',
    'collector/calendars',
    'collector/people',
    'collector/faults',
  ],
  'collector/notify': [
    'collector/desk',
    'collector/calendars',
    'collector/people',
    'collector/faults',
    'collector/quiet',
  ],
  'collector/reports': ['collector/indicators'],
  'collector/import': [],
  'collector/web': [
    'collector/store',
    'collector/desk',
    'collector/calendars',
    'collector/people',
    'collector/process',
    'collector/ingest',
    'collector/indicators',
    'collector/evaluate',
    'collector/faults',
    'collector/quiet',
    'collector/notify',
    'collector/reports',
  ],
  'collector/cli': ['collector/import'],
});

test('every file stays within its length', () => {
  const long = [...SOURCES, ...TOOLS]
    .filter((file) => lineCount(file) > FILE_LINES && !(file in EXCEPTIONS))
    .map((file) => `${file}: ${lineCount(file)} lines`);
  expect(long).toEqual([]);
});

/** Function bodies by brace depth: a line that opens a function until its closing brace. */
function functionsOf(file: string): { name: string; lines: number }[] {
  const lines = read(file).split('\n');
  const open =
    /^(\s*)(?:export\s+)?(?:async\s+)?(?:function\s*\*?\s*(\w+)|(?:(?:private|static|override|async|get|set|\*)\s+)*#?(\w+)\s*(?:<[^>]*>)?\([^;]*\)?\s*(?::[^=;]*)?\{$|(?:const|let)\s+(\w+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\([^;]*=>\s*\{$|\w+\s*=>\s*\{$|\($))/;
  const found: { name: string; lines: number }[] = [];
  lines.forEach((line, start) => {
    const match = open.exec(line);
    const name = match?.[2] ?? match?.[3] ?? match?.[4];
    if (!match || !name || ['if', 'for', 'while', 'switch', 'catch', 'return'].includes(name))
      return;
    const indent = match[1] ?? '';
    for (let end = start + 1; end < lines.length; end++) {
      if (
        new RegExp(`^${indent}[})]`).test(lines[end] ?? '') &&
        !/^\s*\).*\{$/.test(lines[end] ?? '')
      ) {
        found.push({ name, lines: end - start + 1 });
        return;
      }
    }
  });
  return found;
}

test('every function stays within its length', () => {
  const long = [...SOURCES, ...TOOLS].flatMap((file) =>
    functionsOf(file)
      .filter(({ name, lines }) => lines > FUNCTION_LINES && !(`${file}#${name}` in EXCEPTIONS))
      .map(({ name, lines }) => `${file}#${name}: ${lines} lines`),
  );
  expect(long).toEqual([]);
});

test('exceptions are few, reasoned and still needed', () => {
  expect(Object.keys(EXCEPTIONS).length).toBeLessThanOrEqual(3);
  for (const [what, why] of Object.entries(EXCEPTIONS)) {
    expect(why.length, what).toBeGreaterThan(20);
    expect(existsSync(join(ROOT, what.split('#')[0] ?? '')), what).toBe(true);
  }
});

test('a room imports shared and the doors of rooms upstream, nothing else', () => {
  const wrong: string[] = [];
  for (const file of SOURCES) {
    const room = roomOf(file);
    for (const { to } of importsOf(file)) {
      const target = roomOf(to);
      if (room === null) {
        if (target !== null && target !== 'shared' && !isDoor(to)) wrong.push(`${file} → ${to}`);
      } else if (target !== room && target !== 'shared') {
        const allowed = target !== null && isDoor(to) && (FLOW[room] ?? []).includes(target);
        if (!allowed) wrong.push(`${file} → ${to}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('agent and collector never import each other', () => {
  const wrong = SOURCES.flatMap(importsOf).filter(
    ({ from, to }) =>
      (from.startsWith('src/agent/') && to.startsWith('src/collector/')) ||
      (from.startsWith('src/collector/') && to.startsWith('src/agent/')) ||
      (from.startsWith('src/shared/') && !to.startsWith('src/shared/')),
  );
  expect(wrong).toEqual([]);
});

test('every room has a door that says what it is for', () => {
  const rooms = new Set(SOURCES.map(roomOf).filter((r) => r !== null && r !== 'shared'));
  for (const room of rooms) {
    const door = `src/${room}/${room?.split('/')[1]}.ts`;
    expect(SOURCES, `${room} has no door`).toContain(door);
    expect(read(door).startsWith('/**'), `${door} begins with its purpose`).toBe(true);
    expect(Object.keys(FLOW), `${room} is not in the flow`).toContain(room);
  }
});

test('no import cycles at run time', () => {
  const graph = new Map<string, string[]>();
  for (const file of SOURCES) {
    graph.set(
      file,
      importsOf(file)
        .filter((i) => !i.typeOnly)
        .map((i) => i.to),
    );
  }
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of SOURCES) visit(file, []);
  expect(cycles).toEqual([]);
});

const OUTSIDE = [
  'src/shared/clock.ts',
  'src/shared/log.ts',
  'src/agent/main.ts',
  'src/collector/main.ts',
];
const OUTSIDE_WORLD =
  /\b(Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|Math\.random|process\.env|console\.|AbortSignal\.timeout|Temporal\.Now)/;

/** Source without comments and string contents, line by line. */
function codeLines(file: string): string[] {
  return read(file)
    .replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' '))
    .split('\n')
    .map((line) => line.replace(/(^|[^:'"`\\])\/\/.*$/, '$1'));
}

function offenders(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    codeLines(file).flatMap((line, i) =>
      pattern.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [],
    ),
  );
}

test('clock, timers, random, environment and console stay at the edge', () => {
  expect(
    offenders(
      SOURCES.filter((f) => !OUTSIDE.includes(f)),
      OUTSIDE_WORLD,
    ),
  ).toEqual([]);
});

test('no any, no enum, no default export, no non-null assertion', () => {
  const banned =
    /(:\s*any\b|\bas any\b|<any>|^\s*(export\s+)?(const\s+)?enum\s|export default|[\w)\]]!(\.|\[|;|,|\)))/;
  expect(offenders(SOURCES, banned)).toEqual([]);
});

test('no barrel files: only definitions are exported', () => {
  expect(offenders(SOURCES, /^export\s+(\*|\{[^}]*\}\s+from)/)).toEqual([]);
});

test('no shell and no child processes outside the one module', () => {
  const programs = 'src/shared/programs.ts';
  const others = SOURCES.filter((file) => file !== programs);
  expect(offenders(others, /['"`](node:)?child_process['"`]/)).toEqual([]);
  expect(offenders([programs], /shell: true|\bexec(Sync)?\(/)).toEqual([]);
});

test('SQL lives in the rooms that own tables only', () => {
  const rooms = [
    'collector/store',
    'collector/desk',
    'collector/faults',
    'collector/people',
    'collector/process',
    'collector/quiet',
    'collector/notify',
  ];
  const elsewhere = SOURCES.filter((f) => !rooms.includes(roomOf(f) ?? ''));
  expect(
    offenders(elsewhere, /from 'better-sqlite3'|\b(SELECT|INSERT INTO|DELETE FROM)\b/),
  ).toEqual([]);
});

test('the words for leftovers are not used as names', () => {
  const banned = /(^|[-/])(utils?|helpers?|manager|common|misc)([-./]|$)/;
  expect([...SOURCES, ...TOOLS].filter((file) => banned.test(file))).toEqual([]);
});

/** Lines of code: neither blank nor comment, so that explaining costs nothing. */
function codeCount(file: string): number {
  return read(file)
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length;
}

test('there are at least as many lines of tests as of source', () => {
  const total = (files: readonly string[]): number => files.reduce((n, f) => n + codeCount(f), 0);
  expect(total(TESTS)).toBeGreaterThanOrEqual(total(SOURCES));
});

test('every source room has tests', () => {
  const rooms = new Set(SOURCES.map(roomOf).filter((r): r is string => r !== null));
  const untested = [...rooms].filter((room) => !TESTS.some((t) => t.startsWith(`test/${room}/`)));
  expect(untested).toEqual([]);
});

test('dependencies are pinned and each has its reason in DECISIONS.md', () => {
  const manifest = JSON.parse(read('package.json'));
  const decisions = read('DECISIONS.md');
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const [name, version] of Object.entries(all)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(decisions, `DECISIONS.md says why ${name}`).toContain(`\`${name}\``);
  }
});

test('the documents name only files that exist, and the map names every room', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'DECISIONS.md'];
  for (const document of documents) {
    for (const match of read(document).matchAll(
      /`((?:src|config|tools|bench|test|packaging|docs)\/[\w./-]+)`/g,
    )) {
      const name = match[1] ?? '';
      expect(existsSync(join(ROOT, name)), `${document} names ${name}`).toBe(true);
    }
  }
  const map = read('ARCHITECTURE.md');
  for (const room of Object.keys(FLOW)) {
    if (SOURCES.some((f) => roomOf(f) === room)) expect(map).toContain(room);
  }
});

test('the README shows the two commands', () => {
  const readme = read('README.md');
  expect(readme).toContain('npm ci && npm start');
  expect(readme).toContain('npm ci && npm test');
});
