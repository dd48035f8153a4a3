/**
 * Goldens are files a person has read. Their ending keeps formatters away.
 * `UPDATE_GOLDEN=1` rewrites them; read the difference.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { projectFile } from '../../../support/parts.ts';

export function expectGolden(name: string, text: string): void {
  const file = projectFile(`test/collector/reports/golden/${name}.golden`);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `${name} exists (UPDATE_GOLDEN=1 writes it)`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
