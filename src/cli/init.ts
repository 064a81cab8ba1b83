import { stdout } from 'node:process';
import type { CommandModule } from 'yargs';

/** Writes a config file, and says what to do with it. */
export const init: CommandModule<object, { json: boolean }> = {
  command: 'init',
  describe: 'write a config file for breakwater check',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, defaultDescription: 'TypeScript', describe: 'write breakwater.config.json, which has no comments' })
      .example('$0 init', 'breakwater.config.ts, commented, for the bundled model and examples')
      .example('$0 init --json', 'the same as JSON'),
  handler: async ({ json }) => {
    const { writeInitialConfig } = await import('../plan/check/initialConfig.ts');
    const path = writeInitialConfig(json ? 'json' : 'ts');
    stdout.write(`${path} is written; npx breakwater check runs it as it is: then name your model, data and thresholds in it\n`);
  },
};
