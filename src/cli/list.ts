import { relative } from 'node:path';
import { cwd, stdout } from 'node:process';
import type { CommandModule } from 'yargs';
import type { Attack } from '../core/attack.ts';
import { unknownName, UserError } from '../core/errors.ts';
import type { OptionDescription } from '../core/options.ts';
import type { AttackFacts } from '../plan/attacks/attackFacts.ts';

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
    const { factsOf, priced } = await import('../plan/attacks/attackFacts.ts');
    const head = `Queries are the most on one example, by default, with ${priced.size} values and ${priced.classes} classes.`;
    return [head, ...Object.values(attacks).flatMap((attack) => attackLines(attack, factsOf(attack), describeOptions(attack.options)))];
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

/** What it does; for whom, at what price and when; its options. */
function attackLines({ name, summary, paper, norms }: Attack, { needs, cost, when }: AttackFacts, options: readonly OptionDescription[]): string[] {
  const source = paper === undefined ? '' : ` (arXiv:${paper})`;
  return [
    `${name}: ${summary}${source}`,
    `    norms ${norms.join(', ')}; needs ${needs}; queries: ${cost}`,
    `    when: ${when}`,
    ...options.map((option) => `    ${option.name}=${option.default}  ${option.description}`),
  ];
}

function summaryLine({ name, summary }: { readonly name: string; readonly summary: string }): string {
  return `${name}: ${summary}`;
}
