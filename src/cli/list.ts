import { relative } from 'node:path';
import { cwd, stdout } from 'node:process';
import type { CommandModule } from 'yargs';
import { unknownName, UserError } from '../core/errors.ts';

/** What can be named on the command line, read from the tables that the scan itself uses. */
export const list: CommandModule<object, { subject: string }> = {
  command: 'list [subject]',
  describe: 'what can be named: attacks, readers or models',
  builder: (yargs) =>
    yargs
      .positional('subject', { type: 'string', default: '', defaultDescription: 'none', describe: Object.keys(subjects).join(', ') })
      .example('$0 list attacks', 'every attack with its norms and options')
      .example('$0 list readers', 'what --data takes')
      .example('$0 list models', 'what --model takes'),
  handler: async ({ subject }) => {
    const lines = subjects[subject];
    if (subject === '') throw new UserError(`list: expected ${Object.keys(subjects).join(', ')}, found nothing`);
    if (!lines) throw unknownName('subject', subject, Object.keys(subjects));
    for (const line of await lines()) stdout.write(`${line}\n`);
  },
};

const subjects: Readonly<Record<string, () => Promise<string[]>>> = {
  attacks: async () => {
    const { attacks } = await import('../../attacks/index.ts');
    const { describeOptions } = await import('../core/options.ts');
    return Object.values(attacks).flatMap(({ name, norms, summary, paper, options }) => [
      `${name}: ${summary}${paper === undefined ? '' : ` (arXiv:${paper})`}; norms ${norms.join(', ')}`,
      ...describeOptions(options).map((option) => `    ${option.name}=${option.default}  ${option.description}`),
    ]);
  },
  readers: async () => {
    const { readers } = await import('../../datasets/index.ts');
    return Object.values(readers).map(summaryLine);
  },
  models: async () => {
    const { modelLoaders } = await import('../../models/index.ts');
    const { bundledModel } = await import('../../models/bundled.ts');
    return [...Object.values(modelLoaders).map(summaryLine), `bundled: ${relative(cwd(), bundledModel())}`];
  },
};

function summaryLine({ name, summary }: { readonly name: string; readonly summary: string }): string {
  return `${name}: ${summary}`;
}
