/** The verbs and their options. Mistakes of usage end with code 2. */
import { Command, CommanderError } from 'commander';
import type { CliHost } from './cli.ts';
import type { Outcome, VerbContext } from './verb.ts';
import { addCheckConfig } from './verbs/check-config.ts';
import { addDoctor } from './verbs/doctor.ts';
import { addOnce } from './verbs/once.ts';
import { addProbe } from './verbs/probe.ts';
import { addRun } from './verbs/run.ts';
import { addSnmp } from './verbs/snmp.ts';
import { addSpool } from './verbs/spool.ts';

function buildProgram(context: VerbContext): Command {
  const { host } = context;
  const program = new Command('agent')
    .description(
      "Watchkeeper agent: this host's figures, kept on disk until the collector has them",
    )
    .version(host.version)
    .exitOverride()
    .showHelpAfterError('(add --help to see the usage)')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    });
  addRun(program, context);
  addOnce(program, context);
  addCheckConfig(program, context);
  addDoctor(program, context);
  addProbe(program, context);
  addSnmp(program, context);
  addSpool(program, context);
  return program;
}

/** Throws what a verb throws. */
export async function runProgram(args: readonly string[], host: CliHost): Promise<number> {
  const outcome: Outcome = { code: 0 };
  try {
    await buildProgram({ host, outcome }).parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written its own message; asking for help is not a mistake.
    return error.exitCode === 0 ? 0 : 2;
  }
}
