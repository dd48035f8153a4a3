/** S15: what faces the agents makes no connection of its own, so it cannot be made to make one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFile } from '../../support/parts.ts';

const MEANS =
  /from '(node:)?(net|http|https|http2|dgram|tls|dns|child_process|undici)[/']|\bfetch\(|WebSocket/;

it.each([['ingest'], ['desk']])('%s knows no way out', (room) => {
  const folder = projectFile(`src/collector/${room}`);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(5);
  for (const name of files) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(MEANS);
});
