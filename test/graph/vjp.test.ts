import { describe, expect, test } from 'vitest';
import { gradientError } from '../../src/graph/check.ts';
import { vjpRules } from '../../src/graph/vjp/index.ts';
import { quantizationRules } from '../../src/graph/vjp/quantization.ts';
import { open } from './support.ts';
import { cases } from './vjpCases.ts';

test('every VJP rule has a row in the table, and every row a rule', () => {
  // Central differences of a quantised op are those of a staircase: see quantization.test.ts.
  const elsewhere = Object.keys(quantizationRules);
  expect([...Object.keys(cases), ...elsewhere].sort()).toEqual(Object.keys(vjpRules).sort());
  for (const rows of Object.values(cases)) expect(rows.length).toBeGreaterThan(0);
});

describe.each(Object.entries(cases))('%s agrees with central differences', (op, rows) => {
  test.each(rows.map((row, i) => [describeRow(row), { op, ...row }, i] as const))('%s', async (_, row) => {
    expect(await gradientError(row, open)).toBeLessThan(1e-3);
  });
});

function describeRow({ inputs, attributes, wrt, output }: (typeof cases)[string][number]): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join()}]`).join(' ');
  return [shapes, JSON.stringify(attributes), wrt ? `input ${wrt}` : '', output ? `output ${output}` : ''].join(' ');
}
