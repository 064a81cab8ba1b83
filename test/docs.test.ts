import { expect, test } from 'vitest';
import { attacks } from '../attacks/index.ts';
import type { Attack } from '../src/core/attack.ts';
import { describeOptions } from '../src/core/options.ts';
import { factsOf, priced } from '../src/plan/attacks/attackFacts.ts';
import { normNames } from '../src/report/figures.ts';

const normsOf = ({ norms }: Attack) => norms.map((norm) => (norm === 'none' ? 'none' : normNames[norm])).join(', ');
const paperOf = ({ paper }: Attack) => (paper === undefined ? '' : `[arXiv:${paper}](https://arxiv.org/abs/${paper})`);

test('docs/attacks.md says what the attacks say of themselves (npx vitest run test/docs.test.ts -u rewrites it)', async () => {
  const head = [
    '# Attacks',
    '',
    'Made from the code by `test/docs.test.ts`. Write any mix of them, with options in brackets: `--attack "pgd(steps=100,restarts=5),square"`.',
    '',
    `Queries are the most that one example takes, one that survives, with the default options, ${priced.size} values and ${priced.classes} classes; a contract test holds every attack to its own. A gradient query costs two to three forward ones. Attacks that need scores or labels only run on models without gradients too. Those marked * look for the smallest perturbation, whatever epsilon is: one run tells the accuracy at every epsilon. Those of norm none keep to no ball, run under any \`--norm\`, and are reported apart from the worst case.`,
  ];
  const lines = Object.values(attacks).map((attack) => {
    const { needs, cost, when } = factsOf(attack);
    const cells = [`[${attack.name}](#${attack.name})${attack.finds === 'smallest' ? '*' : ''}`, normsOf(attack), needs, cost, when, paperOf(attack)];
    return `| ${cells.join(' | ')} |`;
  });
  const table = ['| attack | norms | needs | queries | when to use it | paper |', '|---|---|---|---|---|---|', ...lines];
  const sections = Object.values(attacks).map((attack) => {
    const rows = describeOptions(attack.options).map((option) => `| \`${option.name}\` | \`${option.default}\` | ${option.description} |`);
    const options = rows.length > 0 ? ['', '| option | default | meaning |', '|---|---|---|', ...rows] : [];
    return [`## ${attack.name}`, '', `${attack.summary}. ${paperOf(attack)}`.trim(), ...options].join('\n');
  });
  await expect(`${[head.join('\n'), table.join('\n'), ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../docs/attacks.md');
});
