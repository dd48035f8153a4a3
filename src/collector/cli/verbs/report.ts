/** `collector report NAME`: files, or JSON on stdout. */
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { call, withApi } from '../api.ts';
import type { ApiAnswer } from '../cli.ts';
import { saveFile } from '../save-file.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

const FORMATS = ['html', 'csv', 'json'];

function parseFormats(text: string): readonly string[] {
  const formats = text.split(',').map((format) => format.trim());
  const unknown = formats.find((format) => !FORMATS.includes(format));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is not one of ${FORMATS.join(', ')}.`);
  }
  return [...new Set(formats)];
}

function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('write YYYY-MM, for example 2026-10.');
}

/** From `content-disposition`; only ever a name, never a path. */
function fileNameOf({ headers }: ApiAnswer, fallback: string): string {
  const match = /filename\*=UTF-8''([^;]+)/.exec(String(headers['content-disposition'] ?? ''));
  return match?.[1] === undefined ? fallback : basename(decodeURIComponent(match[1]));
}

export function addReportVerb(program: Command, { host }: VerbContext): void {
  const command = program
    .command('report <name>')
    .description('write a report of one month (capacity)')
    .requiredOption('--month <YYYY-MM>', 'the month', parseMonth)
    .option('--timezone <zone>', 'IANA zone the month is counted in')
    .option(
      '--format <list>',
      'html, csv, json or several; json alone goes to stdout',
      parseFormats,
    )
    .addOption(new Option('--locale <locale>', 'language').choices(['zh-CN', 'en']))
    .option('--out <dir>', 'where the files go (default: here)')
    .action(async (name: string, options) => {
      const formats: readonly string[] = options.format ?? ['html'];
      const toStdout = formats.length === 1 && formats[0] === 'json' && options.out === undefined;
      await withApi(host, flagsOf(options), async (api) => {
        for (const format of formats) {
          const query = new URLSearchParams({ month: options.month, format });
          if (options.timezone) query.set('timezone', options.timezone);
          if (options.locale) query.set('locale', options.locale);
          const path = `/api/v1/reports/${encodeURIComponent(name)}?${query}`;
          const answer = await call(api, { method: 'GET', path });
          if (toStdout) {
            host.stdout.write(answer.body.toString());
            continue;
          }
          const fileName = fileNameOf(answer, `${basename(name)}-${options.month}.${format}`);
          host.stdout.write(`${saveFile(options.out ?? '.', fileName, answer.body)}\n`);
        }
      });
    });
  withExample(
    withPlace(command),
    'collector report capacity --month 2026-10 --timezone Asia/Shanghai --format html,csv --out reports',
  );
}
