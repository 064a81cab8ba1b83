#!/usr/bin/env node
import { argv, stderr, stdout } from 'node:process';
import yargs from 'yargs';
import { version } from '../core/package.ts';
import { couldNotRun } from './exitCodes.ts';
import { explain, misuse } from './failure.ts';
import { list } from './list.ts';
import { scan } from './scan.ts';
import { joinNegative } from './values.ts';

const words = joinNegative(argv.slice(2));

/** The command line. Commands load what they need when they run, so that --help answers at once. */
const parser = yargs()
  .scriptName('breakwater')
  .locale('en')
  .usage('$0 COMMAND\n\nAdversarial-robustness testing for image and tabular classifiers.')
  .command(scan)
  .command(list)
  .example('$0 scan', 'scan the bundled model on the bundled examples')
  .example('$0 scan --help', 'the flags of a command')
  .demandCommand(1, 'expected a command, found none (breakwater --help lists them)')
  .strict()
  .parserConfiguration({ 'duplicate-arguments-array': false })
  .usageConfiguration({ 'hide-types': true })
  .wrap(Math.min(100, stdout.columns ?? 100))
  .version(version)
  .exitProcess(false)
  .fail((message, error) => {
    // yargs' own complaints are a message, or a YError around what a flag's reader threw; anything else is a command's.
    throw (error as Error | undefined) && error.name !== 'YError' ? error : misuse(message, words);
  });

// A reader that has seen enough (`| head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await parser.parseAsync(words);
} catch (error) {
  stderr.write(explain(error));
  process.exitCode = couldNotRun;
}
