/** The verbs and their options. Mistakes of usage end with code 2, failures with 1. */
import { Command, CommanderError } from 'commander';
import { describeFailure, Failure } from '../../shared/errors.ts';
import type { CliHost } from './cli.ts';
import { completeTimes } from './local-options.ts';
import { plain } from './table.ts';
import type { Outcome, VerbContext } from './verb.ts';
import { addAgentVerbs } from './verbs/agent.ts';
import { addAuditVerbs } from './verbs/audit.ts';
import { addChangeVerbs } from './verbs/change.ts';
import { addCheckConfig } from './verbs/check-config.ts';
import { addDependencyVerbs } from './verbs/dependency.ts';
import { addDeviceVerbs } from './verbs/device.ts';
import { addDutyVerbs } from './verbs/duty.ts';
import { addEventVerbs } from './verbs/event.ts';
import { addFaultVerbs } from './verbs/fault.ts';
import { addImportVerbs } from './verbs/import.ts';
import { addKnowledgeVerbs } from './verbs/knowledge.ts';
import { addNoticeVerbs } from './verbs/notice.ts';
import { addPeopleVerbs } from './verbs/people.ts';
import { addProblemVerbs } from './verbs/problem.ts';
import { addReportVerb } from './verbs/report.ts';
import { addReload, addServe } from './verbs/serve.ts';
import { addThresholdVerbs } from './verbs/threshold.ts';
import { addWindowVerbs } from './verbs/window.ts';

function buildProgram(context: VerbContext): Command {
  const { host } = context;
  const program = new Command('collector')
    .description('Watchkeeper collector: samples in, faults and reports out')
    .version(host.version)
    .exitOverride()
    .showHelpAfterError('(add --help to see the usage)')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    });
  program.hook('preAction', (_, verb) => completeTimes(context, verb));
  addServe(program, context);
  addReload(program, context);
  addCheckConfig(program, context);
  addImportVerbs(program, context);
  addReportVerb(program, context);
  addAgentVerbs(program, context);
  addFaultVerbs(program, context);
  addPeopleVerbs(program, context);
  addDutyVerbs(program, context);
  addNoticeVerbs(program, context);
  addWindowVerbs(program, context);
  addProblemVerbs(program, context);
  addChangeVerbs(program, context);
  addKnowledgeVerbs(program, context);
  addThresholdVerbs(program, context);
  addDeviceVerbs(program, context);
  addDependencyVerbs(program, context);
  addEventVerbs(program, context);
  addAuditVerbs(program, context);
  return program;
}

export async function runProgram(args: readonly string[], host: CliHost): Promise<number> {
  const outcome: Outcome = { code: 0 };
  try {
    await buildProgram({ host, outcome }).parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (error) {
    // Commander has written its own message; asking for help is not a mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    host.stderr.write(`${plain(describeFailure(error))}\n`);
    return error instanceof Failure && error.code === 'usage' ? 2 : 1;
  }
}
