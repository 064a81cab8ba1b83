#!/usr/bin/env node
import { argv, stderr, stdout } from 'node:process';
import type { Argv } from 'yargs';
import yargs from 'yargs';
import { UserError } from '../core/errors.ts';
import { version } from '../core/package.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { couldNotRun } from './exitCodes.ts';
import { explain, misuse } from './failure.ts';
import { harden } from './harden.ts';
import { init } from './init.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { report } from './report.ts';
import { scan } from './scan.ts';
import { trend } from './trend.ts';
import { joinLists, joinNegative } from './values.ts';

const words = joinLists(joinNegative(argv.slice(2)), '--only');

/** yargs 18 has it, its types do not yet. */
type Configurable = Argv & { usageConfiguration(configuration: { readonly 'hide-types': boolean }): Argv };

/** The command line. Commands load what they need when they run, so that --help answers at once. */
const parser = (yargs() as Configurable)
  .usageConfiguration({ 'hide-types': true })
  .scriptName('breakwater')
  .locale('en')
  .usage('$0 COMMAND\n\nAdversarial-robustness testing for image and tabular classifiers.')
  .command(scan)
  .command(merge)
  .command(check)
  .command(init)
  .command(compare)
  .command(harden)
  .command(report)
  .command(trend)
  .command(list)
  .example('$0 scan', 'scan the bundled model on the bundled examples')
  .example('$0 scan --help', 'the flags of a command')
  .demandCommand(1, 'expected a command, found none (breakwater --help lists them)')
  .strict()
  .parserConfiguration({ 'duplicate-arguments-array': false })
  .wrap(Math.min(100, stdout.columns ?? 100))
  .version(version)
  .exitProcess(false)
  .fail((complaint, error: Error | undefined) => {
    // yargs' own complaint comes alone, or as a YError where a flag's reader threw; any other error is the command's.
    throw error === undefined || error.name === 'YError' ? misuse(complaint, words) : error;
  });

// Node's own exit code of 1 would say that a threshold was missed.
process.on('uncaughtException', (error) => {
  stderr.write(explain(error));
  process.exit(couldNotRun);
});

// A reader that has seen enough (`| head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw new UserError(`stdout: cannot be written: ${error.message}`, { cause: error });
});

try {
  await parser.parseAsync(words);
} catch (error) {
  stderr.write(explain(error));
  process.exitCode = couldNotRun;
}
