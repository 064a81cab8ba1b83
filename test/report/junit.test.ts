import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Verdict } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { junit } from '../../src/report/junit.ts';
import { exampleReport } from './exampleReport.ts';
import { exampleResults, fullReport, hostileNames, hostileResult } from './exampleResults.ts';

const schema = { fileName: 'junit.xsd', contents: readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8') };

async function complaintsAbout(contents: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents }, schema });
  return errors.map(({ message }) => message);
}

const render = async (results: readonly Result[]) => junit.render(results);
const elementsOf = (xml: string) => [...xml.matchAll(/<(\/?[\w-]+)/g)].map(([, tag]) => tag);

/** Tag → how often it stands there. */
async function outcomesOf(report: Result['report']) {
  const xml = await render([{ report }]);
  return Object.fromEntries(['testcase', 'failure', 'error', 'skipped', 'system-out'].map((tag) => [tag, xml.split(`<${tag}`).length - 1]));
}

describe('the JUnit report', () => {
  test.each(Object.entries(exampleResults))('of a %s is valid', async (_, results) => {
    expect(await complaintsAbout(await render(results))).toEqual([]);
  });

  test('the schema would notice', async () => {
    const xml = await render(exampleResults.scan);
    expect(await complaintsAbout(xml.replaceAll(' failures="0"', ''))).not.toEqual([]);
    expect(await complaintsAbout(xml.replaceAll('system-out', 'output'))).not.toEqual([]);
  });

  test('counts gates and checks by outcome: what is open is an error, what was not run is skipped, a warning passes', async () => {
    expect(await outcomesOf(fullReport)).toEqual({ testcase: 9, failure: 3, error: 2, skipped: 1, 'system-out': 3 });
    expect(await render([{ report: fullReport }])).toMatch(/<testsuite name="[^"]*" tests="9" failures="3" errors="2" skipped="1"/);
  });

  test.each<[Verdict, string]>([
    ['measured', 'system-out'],
    ['held', 'system-out'],
    ['missed', 'failure'],
    ['inconclusive', 'error'],
  ])('without gates the scan is a case of its own: %s', async (verdict, tag) => {
    const { [tag]: found, testcase } = await outcomesOf({ ...exampleReport, checks: [], verdict });
    expect([found, testcase]).toEqual([1, 1]);
  });

  test('a verdict that no gate and no check explains is not passed over', async () => {
    const held = { ...fullReport, gates: [fullReport.gates[0]!], checks: [] };
    expect(await outcomesOf({ ...held, verdict: 'held' })).toMatchObject({ testcase: 1, failure: 0, error: 0 });
    expect(await outcomesOf({ ...held, verdict: 'inconclusive' })).toMatchObject({ testcase: 2, error: 1 });
    expect(await outcomesOf({ ...held, verdict: 'missed' })).toMatchObject({ testcase: 2, failure: 1 });
  });

  test('a failure has figure, interval, threshold, seed and the command that repeats it', async () => {
    const [failure] = /<failure type="missed"[^]*?<\/failure>/.exec(await render([{ report: fullReport }])) ?? [];
    for (const part of ['3.2 %', '95 % interval 2.5–4.1 %', 'at least 40.0 %', 'seed 0', 'npx breakwater scan models/cnn/model.json']) expect(failure).toContain(part);
  });

  test('is valid whatever names hold', async () => {
    expect(await complaintsAbout(await render(hostileNames.map(hostileResult)))).toEqual([]);
  });

  test.each(hostileNames)('is built alike whatever a name holds: %j', async (name) => {
    const xml = await render([hostileResult(name)]);
    expect(elementsOf(xml)).toEqual(elementsOf(await render([hostileResult('plain')])));
    expect(xml).toMatch(/^[\n\u0020-\u007e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd]*$/);
    expect(xml.length).toBeLessThan(200_000);
  });
});
