import { describe, expect, test } from 'vitest';
import { comparisonText } from '../../src/report/comparisonText.ts';
import { json } from '../../src/report/json.ts';
import { text } from '../../src/report/text.ts';
import { hostileNames, hostileResult } from './exampleResults.ts';

/** What a terminal shows and does not obey. */
const inert = /^[\n\u0020-\u007e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\uffff]*$/;

describe.each(hostileNames)('whatever a name holds: %j', (name) => {
  const result = hostileResult(name);

  test('the text has the lines it would have anyhow, and none that a terminal or a pipeline obeys', async () => {
    const plain = hostileResult('plain');
    for (const render of [async (one: typeof result) => text.render([one]), ({ comparison }: typeof result) => comparisonText(comparison!)]) {
      const shown = await render(result);
      expect(shown).toMatch(inert);
      expect(shown.split('\n')).toHaveLength((await render(plain)).split('\n').length);
      expect(shown).not.toMatch(/^\s*::|##\[/m);
    }
  });

  test('JSON reads back the same, and holds none either', async () => {
    const shown = await json.render([result]);
    expect(shown).toMatch(inert);
    expect(shown).not.toMatch(/^\s*::|##\[/m);
    expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify({ schemaVersion: 1, scenarios: [result] })));
  });
});
