/** `collector threshold explain`: why a verdict is what it is. */
import type { Command } from 'commander';
import { ask, type Options } from '../ask.ts';
import { plain } from '../table.ts';
import { type VerbContext, withExample, withPlace } from '../verb.ts';

interface ExplanationView {
  readonly rule: string;
  readonly item: string;
  readonly layers: readonly {
    readonly layer: string;
    readonly applies: boolean;
    readonly sets: Readonly<Record<string, unknown>>;
  }[];
  readonly effective: Readonly<Record<string, unknown>>;
  readonly winner: string;
  readonly verdict: {
    readonly state: string;
    readonly severity: string;
    readonly since: string | null;
    readonly reason: { readonly name: string; readonly en: string; readonly zh: string };
  } | null;
}

export interface VoiceView {
  readonly agent: string;
  readonly answers: boolean;
  readonly time: string;
}

/** What each agent says of whether the device is reachable; nothing for other indicators. */
export function voicesText(voices: readonly VoiceView[]): string {
  const lines = voices.map(({ agent, answers, time }) =>
    plain(`  ${agent || '(no agent)'} ${answers ? 'gets an answer' : 'gets no answer'} (${time})`),
  );
  return lines.length === 0 ? '' : `\nagents\n${lines.join('\n')}\n`;
}

const fields = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');

function verdictLine({ verdict }: ExplanationView): string {
  if (verdict === null) return '  now      not judged (yet)';
  const since = verdict.since === null ? '' : ` since ${verdict.since}`;
  const { state, severity, reason } = verdict;
  return `  now      ${state}${state === 'breached' ? ` (${severity})` : ''}${since}: ${reason.en}`;
}

function explain(explanation: ExplanationView): string {
  const { rule, item, layers, winner, effective } = explanation;
  return [
    `${rule}${item === '' ? '' : ` on ${item}`}`,
    ...layers.map(({ layer, applies, sets }) => {
      const mark = layer === winner ? '>' : applies ? '+' : ' ';
      return `  ${mark} ${layer}: ${applies ? fields(sets) : 'does not apply'}`;
    }),
    `  in force ${fields(effective)}`,
    verdictLine(explanation),
  ]
    .map(plain)
    .join('\n');
}

export function addThresholdVerbs(program: Command, context: VerbContext): void {
  const verbs = program.command('threshold').description('the limits and why they apply');
  const command = verbs
    .command('explain <device> <indicator>')
    .description('which layer of the thresholds won, and the verdict now')
    .option('--json', 'as JSON')
    .action((device: string, indicator: string, options: Options) => {
      const query = new URLSearchParams({ device, indicator });
      return ask<{ explanations: ExplanationView[]; voices: VoiceView[] }>(context, options, {
        request: { method: 'GET', path: `/api/v1/thresholds/explain?${query}` },
        show: ({ explanations, voices }, { offset }) =>
          `times ${offset}\n${explanations.map(explain).join('\n\n')}\n${voicesText(voices)}`,
      });
    });
  withExample(
    withPlace(command),
    'collector threshold explain web-01 cpu_used_ratio --data ./data',
  );
}
