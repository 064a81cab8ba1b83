import { stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import type { CompareRequest } from '../plan/compare/compare.ts';
import type { CompareArguments } from './compareFlags.ts';
import { compareEpilogue, compareExamples, compareFlags } from './compareFlags.ts';
import { exitCodes } from './exitCodes.ts';
import { follow } from './follow.ts';
import { tellGithubCompared } from './github.ts';
import { requestOf } from './scan.ts';
import { given } from './values.ts';

/** Flags → request → comparison → stdout and files. */
export const compare: CommandModule<object, CompareArguments> = {
  command: 'compare [before] [after]',
  describe: 'two scans, or two models, on the same samples: what was won and lost',
  builder: (yargs): Argv<CompareArguments> =>
    yargs
      .positional('before', { type: 'string', describe: 'folder of a scan, FILE#SCENARIO of a baseline, or a saved model' })
      .positional('after', { type: 'string', describe: 'the same, of the other release' })
      .options(compareFlags)
      .example(compareExamples)
      .epilogue(compareEpilogue),
  handler: async ({ json = false, quiet = false, verbose = false, ...args }) => {
    const request = compareRequestOf(args);
    const comparison = await follow(request, { quiet, verbose }, async (events) => (await import('../plan/compare/compare.ts')).compare(request, events));
    if (comparison === undefined) return;
    const { asJson } = await import('../report/json.ts');
    const { comparisonText } = await import('../report/comparisonText.ts');
    stdout.write(json ? asJson(comparison) : comparisonText(comparison, { colour: stdout.isTTY && stdout.hasColors() }));
    await tellGithubCompared(comparison);
    process.exitCode = exitCodes[comparison.verdict];
  },
};

type RequestArguments = Omit<CompareArguments, 'json' | 'quiet' | 'verbose'>;

function compareRequestOf({ before, after, 'max-regression': maxRegression, ...scanned }: RequestArguments): CompareRequest {
  if (before === undefined || after === undefined) {
    const found = before === undefined ? 'none' : `only ${before}`;
    throw new UserError(`compare: expected two scans or two models, found ${found}`);
  }
  const asked = requestOf({ ...scanned, model: undefined, 'at-least': undefined, 'save-examples': undefined, gallery: undefined, shard: undefined, sequential: undefined });
  return { ...asked, ...given({ maxRegression }), before, after };
}
