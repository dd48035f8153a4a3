/** `collector agent …`: senders and their tokens. */
import { type Command, Option } from 'commander';
import { parseDuration } from '../../../shared/units.ts';
import { call, callJson, withApi } from '../api.ts';
import { ask, listText, type Options } from '../ask.ts';
import { flagsOf, type VerbContext, withExample, withPlace } from '../verb.ts';

interface AgentView {
  readonly name: string;
  readonly kind: string;
  readonly created: string;
  readonly revoked: string | null;
  readonly heard: string | null;
  readonly clock_offset_seconds: number | null;
}

const pathOf = (name: string, step: string): string =>
  `/api/v1/agents/${encodeURIComponent(name)}/${step}`;

function row(agent: AgentView): string[] {
  const offset = agent.clock_offset_seconds;
  return [
    agent.name,
    agent.kind,
    agent.revoked === null ? 'valid' : `revoked ${agent.revoked}`,
    agent.heard ?? 'never',
    offset === null ? '' : `${offset.toFixed(3)} s`,
  ];
}

function addAdd(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('add <name>')
    .description('a token for a new sender; it is shown once, alone on the last line')
    .addOption(
      new Option('--kind <kind>', 'agent: ours; remote-write: a Prometheus or the like')
        .choices(['agent', 'remote-write'])
        .default('agent'),
    )
    .action(async (name: string, options) => {
      const { token } = await withApi(host, { ...flagsOf(options), create: true }, (api) =>
        callJson<{ token: string }>(api, {
          method: 'POST',
          path: '/api/v1/agents',
          body: { name, kind: options.kind },
        }),
      );
      host.stdout.write(`Token of ${name}. Keep it: it cannot be shown again.\n${token}\n`);
    });
  withExample(withPlace(command), 'collector agent add web-01 --data ./data | tail -n 1 > token');
}

function addRotate(verbs: Command, { host }: VerbContext): void {
  const command = verbs
    .command('rotate <name>')
    .description('a new token; the old one goes on for the overlap')
    .option('--overlap <duration>', 'how long the old token stays valid', '24h')
    .action(async (name: string, options) => {
      const overlap_seconds = Math.round(parseDuration(options.overlap) / 1_000);
      const { token } = await withApi(host, flagsOf(options), (api) =>
        callJson<{ token: string }>(api, {
          method: 'POST',
          path: pathOf(name, 'rotate'),
          body: { overlap_seconds },
        }),
      );
      host.stdout.write(`New token of ${name}. The old one is valid for ${options.overlap}.\n`);
      host.stdout.write(`${token}\n`);
    });
  withExample(withPlace(command), 'collector agent rotate web-01 --overlap 1h --data ./data');
}

export function addAgentVerbs(program: Command, context: VerbContext): void {
  const { host } = context;
  const verbs = program.command('agent').description('senders and their tokens');
  addAdd(verbs, context);
  const list = verbs
    .command('list')
    .description('all senders')
    .option('--json', 'as JSON')
    .action((options: Options) =>
      ask<{ agents: AgentView[] }>(context, options, {
        request: { method: 'GET', path: '/api/v1/agents' },
        show: ({ agents }, { offset }) => {
          const header = ['NAME', 'KIND', 'TOKEN', 'HEARD', 'CLOCK OFFSET'];
          return listText(header, agents.map(row), { none: 'no senders yet', offset });
        },
      }),
    );
  withExample(withPlace(list), 'collector agent list --data ./data');
  addRotate(verbs, context);
  const revoke = verbs
    .command('revoke <name>')
    .description('its tokens are void at once; its data stays')
    .action(async (name: string, options) => {
      await withApi(host, flagsOf(options), (api) =>
        call(api, { method: 'POST', path: pathOf(name, 'revoke'), body: {} }),
      );
      host.stdout.write(`the tokens of ${name} are void\n`);
    });
  withExample(withPlace(revoke), 'collector agent revoke web-01 --data ./data');
}
