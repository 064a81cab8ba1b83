import { stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import type { Result } from '../core/result.ts';
import type { CheckOptions, CheckResult } from '../plan/check/check.ts';
import { checkLine, scenarioText } from '../report/checkText.ts';
import { printable } from '../report/printable.ts';
import type { CheckArguments } from './checkFlags.ts';
import { checkEpilogue, checkExamples, checkFlags } from './checkFlags.ts';
import { exitCodes } from './exitCodes.ts';
import { follow } from './follow.ts';
import { tellGithub } from './github.ts';
import { given } from './values.ts';

/** Config and flags → scenarios → stdout and files. */
export const check: CommandModule<object, CheckArguments> = {
  command: 'check [model]',
  describe: 'hold a model to the thresholds and baselines of a config file',
  builder: (yargs): Argv<CheckArguments> =>
    yargs
      .positional('model', { type: 'string', describe: "saved model, also as --model, instead of the config's" })
      .options(checkFlags)
      .example(checkExamples)
      .epilogue(checkEpilogue),
  handler: async ({ config, json = false, quiet = false, verbose = false, ...args }) => {
    const options = optionsOf(args);
    const ended: Result[] = [];
    const scenario = (result: Result) => {
      ended.push(result);
      if (!json) stdout.write(`${scenarioText(result, style())}\n`);
    };
    try {
      const result = await follow(options, { quiet, verbose }, async (events) => {
        const { findConfig } = await import('../plan/check/configFile.ts');
        return (await import('../plan/check/check.ts')).check(config ?? findConfig(), options, { ...events, scenario });
      });
      if (result) await tell(result, json);
      // What was missed before the time was up was missed.
      else if (!options.updateBaseline && process.exitCode === exitCodes.inconclusive && ended.some(({ report }) => report.verdict === 'missed')) process.exitCode = exitCodes.missed;
    } finally {
      if (ended.length > 0) await tellGithub(ended);
    }
  },
};

/** What was given, under the names of the library. */
function optionsOf({ 'update-baseline': updateBaseline, 'time-limit': timeLimit, format: formats, cache = true, ...same }: Omit<CheckArguments, 'config' | 'json' | 'quiet' | 'verbose'>): CheckOptions {
  const { model, only, data, limit, workers, sequential, checks, out } = same;
  return given({ model, only, data, limit, workers, sequential, checks, out, updateBaseline, timeLimit, formats, cache }) as CheckOptions;
}

async function tell(result: CheckResult, json: boolean): Promise<void> {
  const { verdict, scenarios, updated } = result;
  if (json) {
    const { asJson } = await import('../report/json.ts');
    // Pictures are for the reports.
    stdout.write(asJson({ ...result, scenarios: scenarios.map(({ gallery: _, ...plain }) => plain) }));
  } else {
    stdout.write(checkLine(verdict, scenarios, style()));
    for (const one of updated ?? []) stdout.write(updatedLine(one));
  }
  process.exitCode = updated ? 0 : exitCodes[verdict];
}

function updatedLine({ file, scenario, failedChecks }: NonNullable<CheckResult['updated']>[number]): string {
  const doubt = failedChecks.length > 0 ? `; beware: ${failedChecks.join('; ')} failed, so that its figure may be too high` : '';
  return printable(`${file}: '${scenario}' is the baseline now${doubt}`) + '\n';
}

function style() {
  return { colour: stdout.isTTY && stdout.hasColors() };
}
