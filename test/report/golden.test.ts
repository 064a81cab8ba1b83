import { describe, expect, test } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { exampleResults } from './exampleResults.ts';

const golden = ['text', 'json', 'html', 'md', 'junit', 'sarif'] as const;

describe.each(['scan', 'check'] as const)('a %s', (what) => {
  test.each(golden)('as %s is what it was (npx vitest run test/report/golden.test.ts -u rewrites it)', async (format) => {
    const { file, render } = reporters[format];
    await expect(await render(exampleResults[what])).toMatchFileSnapshot(`golden/${what}/${file}`);
  });
});
