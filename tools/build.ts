/**
 * `npm run build`: one file for the agent, one for the collector, in `dist/`. Node alone runs
 * them; the collector needs SQLite's binary from `dist/native/`. The shipped policies go to `dist/config/`.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
const require = createRequire(import.meta.url);

/** better-sqlite3 looks for its binary inside its package; in the bundle it lies in `native/`. */
const sqliteBeside: Plugin = {
  name: 'sqlite-beside',
  setup({ onLoad }) {
    onLoad({ filter: /better-sqlite3[\\/]lib[\\/]binding\.js$/ }, () => ({
      loader: 'js',
      contents: `
        const path = require('path');
        exports.getBinding = () => {
          const { platform, arch, report } = process;
          const musl = platform === 'linux' && !report.getReport().header.glibcVersionRuntime;
          const name = (musl ? 'linuxmusl' : platform) + '-' + arch + '.node';
          return require(path.join(__dirname, 'native', name));
        };`,
    }));
  },
};

/**
 * Node's own modules by `require` instead of `import`: an old Node, which lacks some of their
 * exports, then gets as far as our own message about it.
 */
const builtinsLate: Plugin = {
  name: 'builtins-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      loader: 'js',
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const shared = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
} as const;

async function buildAgent(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['src/agent/main.ts'],
    outfile: 'dist/watchkeeper-agent.cjs',
    format: 'cjs',
    minify: true,
    define: { 'import.meta.url': '__entry' },
    banner: {
      js: '#!/usr/bin/env node\nconst __entry = require("url").pathToFileURL(__filename).href;',
    },
    // Only needed where there is no /proc; loaded lazily and installed beside where it is wanted.
    external: ['systeminformation'],
  });
}

async function buildCollector(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['src/collector/main.ts'],
    outfile: 'dist/watchkeeper-collector.mjs',
    format: 'esm',
    plugins: [sqliteBeside, builtinsLate],
    banner: {
      js: [
        '#!/usr/bin/env node',
        'import { createRequire as __createRequire } from "node:module";',
        'import { fileURLToPath as __toPath } from "node:url";',
        'import { dirname as __dir } from "node:path";',
        'const require = __createRequire(import.meta.url);',
        'const __filename = __toPath(import.meta.url);',
        'const __dirname = __dir(__filename);',
      ].join('\n'),
    },
  });
}

function copyBeside(): void {
  const prebuilds = join(dirname(require.resolve('better-sqlite3/package.json')), 'prebuilds');
  mkdirSync(join(DIST, 'native'), { recursive: true });
  for (const name of readdirSync(prebuilds).filter((n) => n.startsWith('linux'))) {
    copyFileSync(join(prebuilds, name), join(DIST, 'native', name));
  }
  cpSync(join(ROOT, 'config'), join(DIST, 'config'), { recursive: true });
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });
await Promise.all([buildAgent(), buildCollector()]);
copyBeside();
for (const name of ['watchkeeper-agent.cjs', 'watchkeeper-collector.mjs']) {
  const file = join(DIST, name);
  if (!existsSync(file)) throw new Error(`${name} was not built`);
  console.log(`dist/${name} ${(statSync(file).size / 1024).toFixed(0)} KiB`);
}
