/** `collector fault attach` and `collector fault file`: files that belong to faults. */
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { Failure, messageOf } from '../../../shared/errors.ts';
import { call, callJson, withApi } from '../api.ts';
import type { FaultAnswer } from '../fault-card.ts';
import { saveFile } from '../save-file.ts';
import { plain } from '../table.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** By the end of the name; the collector looks at the bytes too. */
const TYPES: Readonly<Record<string, string>> = Object.freeze({
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.docx': `${OFFICE}.wordprocessingml.document`,
  '.xlsx': `${OFFICE}.spreadsheetml.sheet`,
  '.zip': 'application/zip',
});

const pathOf = (id: string): string => `/api/v1/faults/${encodeURIComponent(id)}`;

function typeOf(file: string): string {
  const type = TYPES[extname(file).toLowerCase()];
  if (type !== undefined) return type;
  throw new Failure('usage', `${file} is of no type that can be attached`, {
    hint: `give a file that ends in ${Object.keys(TYPES).join(', ')}`,
  });
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure('usage', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'give the path of a file this user may read',
    });
  }
}

/** By its name, its SHA-256 or the beginning of that; the newest of several with one name. */
function found({ attachments, fault }: FaultAnswer, wanted: string) {
  const match = attachments.findLast(
    ({ name, sha256 }) => name === wanted || (wanted.length >= 6 && sha256.startsWith(wanted)),
  );
  if (match !== undefined) return match;
  const names = attachments.map(({ name }) => name).join(', ') || 'nothing';
  throw new Failure('not_found', `${fault.id} has no file ${JSON.stringify(wanted)}`, {
    hint: `attached are: ${names}`,
  });
}

export function addFaultFiles(verbs: Command, { host }: VerbContext): void {
  const attach = verbs
    .command('attach <id> <file>')
    .description('attach a file: PNG, JPEG, PDF, text, Word, Excel or zip, at most 10 MiB')
    .option('--by <name>', 'who attaches it', host.user)
    .option('--note <text>', 'what it shows', '')
    .action(async (id: string, file: string, options) => {
      const { by, note } = options;
      const query = new URLSearchParams({ name: basename(file), by, note });
      const headers = { 'content-type': typeOf(file) };
      const body = read(file);
      const path = `${pathOf(id)}/attachments?${query}`;
      await withApi(host, flagsOf(options), (api) =>
        call(api, { method: 'POST', path, headers, body }),
      );
      host.stdout.write(`${plain(id)}: ${plain(basename(file))} is attached\n`);
    });
  withExample(
    withPlace(attach),
    'collector fault attach F-000001 fuse.jpg --note "the blown fuse" --data ./data',
  );
  const file = verbs
    .command('file <id> <name>')
    .description('save a file that was attached; by its name or the beginning of its SHA-256')
    .option('--out <dir>', 'directory of the file', '.')
    .action(async (id: string, name: string, options) => {
      const saved = await withApi(host, flagsOf(options), async (api) => {
        const request = { method: 'GET', path: pathOf(id) } as const;
        const one = found(await callJson<FaultAnswer>(api, request), name);
        const path = `${pathOf(id)}/attachments/${one.sha256}`;
        const { body } = await call(api, { method: 'GET', path });
        return saveFile(options.out, basename(one.name), body);
      });
      host.stdout.write(`${plain(saved)}\n`);
    });
  withExample(withPlace(file), 'collector fault file F-000001 fuse.jpg --out . --data ./data');
}
