import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { annotations, comparisonAnnotations } from '../../src/report/annotations.ts';
import { comparisonMarkdown, markdown } from '../../src/report/markdown/markdown.ts';
import { code, prose } from '../../src/report/markdown/inert.ts';
import { exampleComparison } from './exampleComparison.ts';
import { exampleReport } from './exampleReport.ts';
import { exampleResults, fullReport, hostileNames, hostileResult } from './exampleResults.ts';

const render = async (...results: Result[]) => markdown.render(results);
/** As GitHub renders it, with the HTML that it lets through. */
const shown = (text: string) => micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
const tagsOf = (html: string) => [...html.matchAll(/<\/?([a-z]\w*)/g)].map(([tag]) => tag);
const inCode = /<code[^]*?<\/code>/g;

describe('the markdown report', () => {
  test('shows gates, what asks for attention, figures, classes and groups worst first, and the way to repeat it', async () => {
    const text = await render({ report: fullReport });
    for (const part of [
      /^## breakwater: missed\n/,
      /^\| worst case \| at least 40\.0 % \| 3\.2 % \| 2\.5–4\.1 % \| missed \|/m,
      /^- \*\*fail\*\* Gradients exist: 0\.0123\. Look at node Round\.$/m,
      /^\| \*\*worst case\*\* \| \*\*3\.2 %\*\* /m,
      /^\| `night` .*\n\| `day` /m,
      /^npx breakwater scan models\/cnn\/model\.json /m,
    ]) {
      expect(text).toMatch(part);
    }
    expect(text).not.toContain('Planted');
  });

  test('makes tables, not lines with strokes', async () => {
    expect(shown(await render(...exampleResults.check)).match(/<table>/g)).toHaveLength(14);
  });

  test('folds what is long', async () => {
    const [row] = exampleReport.perClass;
    const perClass = Array.from({ length: 100 }, (_, label) => ({ ...row!, label, robustAccuracy: label / 100 }));
    const html = shown(await render({ report: { ...exampleReport, perClass } }));
    expect(html).toMatch(/<details><summary>100 classes, the worst first<\/summary>\s*<table>/);
  });

  test('of a comparison alone says what was won and lost, with the first hundred by id', () => {
    const lostIds = Array.from({ length: 103 }, (_, id) => id);
    const text = comparisonMarkdown({ ...exampleComparison, worstCase: { ...exampleComparison.worstCase!, lostIds } });
    expect(text).toMatch(/^- 103 examples lost: 0, 1, .* 99, and 3 more$/m);
    expect(text).toMatch(/^- 1 example won: 3$/m);
    expect(text).toMatch(/^\| `fgsm` \| 62\.5 % \| 60\.0 % \| −2\.5 \|/m);
  });

  test.each(hostileNames)('is built alike whatever a name holds, and has nothing that GitHub would act on: %j', async (name) => {
    const text = await render(hostileResult(name));
    const html = shown(text);
    expect(tagsOf(html)).toEqual(tagsOf(shown(await render(hostileResult('plain')))));
    expect(html.replace(inCode, '')).not.toMatch(/@|#\d|GH-\d|:\/\/|www\.|:\w+:/);
    expect(text.replace(/```[^]*?```|`[^`\n]*`/g, '')).not.toMatch(/(?<!\\)\$/);
    expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/); // eslint-disable-line no-control-regex
    expect(text.length).toBeLessThan(60_000);
  });

  test('shows names and words as they are, as far as they are inert', () => {
    expect(code('models/my_model.onnx')).toBe('`models/my_model.onnx`');
    expect(shown(prose('a_b_c * 2 < 3 & [x](y) is 5 %'))).toBe('<p>a_b_c * 2 &lt; 3 &amp; [x](y) is 5 %</p>');
    expect(prose('C:\\models\\x')).toBe('C:\\\\models\\\\x');
  });
});

describe('annotations', () => {
  test('are workflow commands for what was missed, is open, failed or warns', () => {
    expect(annotations([{ name: 'a, b: 100 %', report: fullReport }])).toEqual([
      '::error title=a%2C b%3A 100 %25%3A accuracy under fgsm::accuracy under fgsm: 62.5 %25, 95 %25 interval 60.3–64.6 %25; asked for at least 63.0 %25: inconclusive; 36,012 examples with the same shares would decide',
      '::error title=a%2C b%3A 100 %25%3A worst-case accuracy::worst-case accuracy: 3.2 %25, 95 %25 interval 2.5–4.1 %25; asked for at least 40.0 %25: missed',
      '::error title=a%2C b%3A 100 %25%3A gap in worst-case accuracy between classes::gap in worst-case accuracy between classes: 11.0 %25 (trouser and top), 95 %25 interval 6.0–17.0 %25; asked for at most 10.0 %25: inconclusive',
      '::error title=a%2C b%3A 100 %25%3A worst-case accuracy lost since the baseline::worst-case accuracy lost since the baseline: 4.0 %25, 95 %25 interval 3.0–5.0 %25; asked for at most 2.0 %25: missed',
      '::warning title=a%2C b%3A 100 %25%3A A gradient-free attack is among those run::A gradient-free attack is among those run: no. Add one.',
      '::error title=a%2C b%3A 100 %25%3A Gradients exist::Gradients exist: 0.0123. Look at node Round.',
    ]);
  });

  test('tell of a comparison only what is not held', () => {
    const gate = { maxRegression: 0.02, regression: 0.04, lower: 0, upper: 0.05, p: 0.0321 };
    expect(comparisonAnnotations({ ...exampleComparison, gate, verdict: 'held' })).toEqual([]);
    const [line] = comparisonAnnotations({ ...exampleComparison, gate, verdict: 'regressed' });
    expect(line).toMatch(/^::error title=comparison regressed::640 of 2,000 examples .* Regressed: /);
  });

  test.each(hostileNames)('are one line each whatever a name holds: %j', (name) => {
    const lines = annotations([hostileResult(name)]);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^::(error|warning) title=[^:,\n\r]*::[^\n\r]*$/);
    expect(lines.join('').length).toBeLessThan(30_000);
  });
});
