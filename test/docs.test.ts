import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { attacks } from '../attacks/index.ts';
import { describeOptions } from '../src/core/options.ts';
import { normNames } from '../src/report/figures.ts';

const root = resolve(import.meta.dirname, '..');

test('docs/attacks.md says what the attacks say of themselves (npx vitest run test/docs.test.ts -u rewrites it)', async () => {
  const sections = Object.values(attacks).map(({ name, summary, paper, norms, knowledge, options }) => {
    const source = paper === undefined ? '' : ` [arXiv:${paper}](https://arxiv.org/abs/${paper})`;
    const facts = `Norms: ${norms.map((norm) => (norm === 'none' ? 'none' : normNames[norm])).join(', ')}. Needs of the model: ${knowledge}.`;
    const rows = describeOptions(options).map((option) => `| \`${option.name}\` | \`${option.default}\` | ${option.description} |`);
    const table = rows.length > 0 ? ['', '| option | default | meaning |', '|---|---|---|', ...rows] : [];
    return [`## ${name}`, '', `${summary}.${source}`, '', facts, ...table].join('\n');
  });
  const head = '# Attacks\n\nMade from the code by `test/docs.test.ts`. Write options in brackets: `--attack "pgd(steps=100,restarts=5)"`.';
  await expect(`${[head, ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../docs/attacks.md');
});

test.each(readdirSync(resolve(root, 'examples')))('examples/%s runs as it says', async (file) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', resolve(root, 'examples', file)], { cwd: root });
  expect(stdout).toMatch(/^clean: 0\.\d+$/m);
  expect(stderr).toBe('');
});
