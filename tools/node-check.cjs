// Runs before the scripts that run TypeScript directly, on whatever Node npm finds. It must itself
// run on old ones, hence plain CommonJS. `npm ci` brings the right Node (package `node`) and npm
// puts it first; so a wrong version here means that the dependencies are not installed.
'use strict';

const LEAST_MAJOR = 26;
const major = Number(process.versions.node.split('.')[0]);

if (major < LEAST_MAJOR) {
  process.stderr.write(
    'This needs Node ' +
      LEAST_MAJOR +
      ' or later; this is Node ' +
      process.versions.node +
      '.\n  mend: run npm ci once; it brings the right Node for every npm script\n',
  );
  process.exitCode = 1;
}
