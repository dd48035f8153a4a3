import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { projectFile } from '../support/parts.ts';

const code = readFileSync(projectFile('tools/node-check.cjs'), 'utf8');

function check(version: string): { exitCode: number | undefined; said: string } {
  let said = '';
  const process = {
    versions: { node: version },
    exitCode: undefined,
    stderr: {
      write: (text: string) => {
        said += text;
      },
    },
  };
  runInNewContext(code, { process });
  return { exitCode: process.exitCode, said };
}

test('an old Node is told what to do, in words it can run', () => {
  for (const version of ['12.22.0', '18.20.1', '20.20.2', '25.1.0']) {
    const { exitCode, said } = check(version);
    expect(exitCode).toBe(1);
    expect(said).toContain(`this is Node ${version}`);
    expect(said).toContain('npm ci');
  }
  // Nothing that Node 12 does not know.
  expect(code.replace(/^\/\/.*$/gm, '')).not.toMatch(/\?\?|\?\.|import |node:|`/);
});

test('the right Node hears nothing', () => {
  expect(check('26.10.0')).toEqual({ exitCode: undefined, said: '' });
});
