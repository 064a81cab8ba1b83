import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { describe, expect, test } from 'vitest';
import { compareScans, scan } from '../../src/index.ts';
import { exampleReport } from './exampleReport.ts';
import { fullReport } from './exampleResults.ts';

const root = resolve(import.meta.dirname, '../..');
const schemas = { report: 'RobustnessReport', comparison: 'Comparison', trend: 'Trend' } as const;

const generator = createGenerator({ path: join(root, 'src/core/{result,trend}.ts'), tsconfig: join(root, 'tsconfig.json'), type: '*', jsDoc: 'extended', skipTypeCheck: true });

function complaintsAbout(what: keyof typeof schemas, value: object): readonly unknown[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(join(root, `docs/${what}.schema.json`), 'utf8')) as object);
  validate(JSON.parse(JSON.stringify(value)));
  return validate.errors ?? [];
}

/** The golden report.json. */
function golden(what: 'scan' | 'check'): object {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'golden', what, 'report.json'), 'utf8')) as object;
}

describe('the published JSON Schemas', () => {
  test.each(Object.entries(schemas))('docs/%s.schema.json is made from the type %s (npx vitest run test/report/schema.test.ts -u rewrites it)', async (name, type) => {
    const { $schema, ...schema } = generator.createSchema(type);
    const titled = { $schema, title: `breakwater's ${name}.json`, ...schema };
    await expect(`${JSON.stringify(titled, null, 2)}\n`).toMatchFileSnapshot(`../../docs/${name}.schema.json`);
  });

  test('hold reports and comparisons, from scans too', async () => {
    for (const report of [exampleReport, fullReport, golden('scan')]) expect(complaintsAbout('report', report)).toEqual([]);
    const { scenarios } = golden('check') as { scenarios: { report: object; comparison?: object }[] };
    expect(scenarios.flatMap(({ report }) => complaintsAbout('report', report))).toEqual([]);
    expect(scenarios.flatMap(({ comparison }) => (comparison ? complaintsAbout('comparison', comparison) : []))).toEqual([]);
    const asked = { limit: 20, workers: 0, seed: 1 } as const;
    expect(complaintsAbout('report', await scan({ ...asked, attacks: 'pgd(steps=5)', curve: true, atLeast: 0.1 }))).toEqual([]);
    expect(complaintsAbout('report', await scan({ ...asked, attacks: 'gaussian-noise', norm: 'l2', epsilon: 1, labels: 'predicted' }))).toEqual([]);
  });

  test('hold what compare finds between scans', async () => {
    const [before, after] = await Promise.all(['before', 'after'].map(async (name) => {
      const out = join(mkdtempSync(join(tmpdir(), 'breakwater-')), name);
      await scan({ limit: 20, workers: 0, attacks: 'fgsm', curve: true, out });
      return out;
    }));
    expect(complaintsAbout('comparison', await compareScans(before!, after!, { maxRegression: 0.1 }))).toEqual([]);
  }, 60_000);

  test('hold nothing else', () => {
    expect(complaintsAbout('report', { ...exampleReport, verdict: 'fine' })).not.toEqual([]);
    expect(complaintsAbout('report', { ...exampleReport, extra: 1 })).not.toEqual([]);
    expect(complaintsAbout('comparison', exampleReport)).not.toEqual([]);
  });
});
