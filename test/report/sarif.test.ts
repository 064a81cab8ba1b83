import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { sarif } from '../../src/report/sarif.ts';
import { uriOf } from '../../src/report/uriOf.ts';
import { exampleResults, fullReport, hostileNames, hostileResult } from './exampleResults.ts';

/** The official schema, as Microsoft's package has it; ajv knows no formats without a plugin. */
const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const validate = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(JSON.parse(readFileSync(path, 'utf8')) as object);

async function logOf(...results: Result[]): Promise<Log> {
  return JSON.parse(await sarif.render(results)) as Log;
}

function complaintsAbout(log: object): readonly unknown[] {
  validate(log);
  return validate.errors ?? [];
}

describe('the SARIF report', () => {
  test.each(Object.entries(exampleResults))('of a %s is valid', async (_, results) => {
    expect(complaintsAbout(await logOf(...results))).toEqual([]);
  });

  test('the schema would notice', async () => {
    const log = await logOf({ report: fullReport });
    expect(complaintsAbout({ ...log, version: '2.0.0' })).not.toEqual([]);
    expect(complaintsAbout({ ...log, runs: [{ ...log.runs[0], results: [{ level: 'bad' }] }] })).not.toEqual([]);
  });

  test('has a rule for each gate and check, and a finding for each that asks for attention', async () => {
    const [run] = (await logOf(exampleResults.check[1]!)).runs;
    expect(run!.tool.driver.rules!.map(({ id }) => id)).toEqual([
      ...['gate/clean', 'gate/robust', 'gate/worst-case', 'gate/class-gap', 'gate/regression'],
      ...['check/stronger', 'check/diversity', 'check/gradients-exist', 'check/planted', 'regressed-samples'],
    ]);
    expect(run!.results!.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['gate/robust', 'error'],
      ['gate/worst-case', 'error'],
      ['gate/class-gap', 'error'],
      ['gate/regression', 'error'],
      ['check/diversity', 'warning'],
      ['check/gradients-exist', 'error'],
      ['regressed-samples', 'note'],
    ]);
    for (const { ruleId, ruleIndex } of run!.results!) expect(run!.tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
    expect(run!.results!.at(-1)!.properties).toEqual({ ids: [1, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24] });
  });

  test('finds the same again in the next release, whatever its figures, and tells all findings apart', async () => {
    const marksOf = async (report: Result['report']) => (await logOf({ report })).runs[0]!.results!.map(({ partialFingerprints }) => partialFingerprints!.primaryLocationLineHash);
    const next = { ...fullReport, gates: fullReport.gates.map((gate) => ({ ...gate, figure: 0.01 })), model: { ...fullReport.model, sha256: '00' } };
    expect(await marksOf(next)).toEqual(await marksOf(fullReport));
    expect(new Set(await marksOf(fullReport)).size).toBe(6);
  });

  test.each([
    ['models/cnn/model.json', 'models/cnn/model.json'],
    ['a b/ü#?.onnx', 'a%20b/%C3%BC%23%3F.onnx'],
    ['/srv/m.onnx', 'file:///srv/m.onnx'],
    ['C:\\models\\m.onnx', 'file:///C:/models/m.onnx'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['half \ud800', 'half%20%EF%BF%BD'],
  ])('%s has the URI %s', (path, uri) => {
    expect(uriOf(path)).toBe(uri);
  });

  test.each(hostileNames)('is valid whatever a name holds, and makes no links of it: %j', async (name) => {
    const log = await logOf(hostileResult(name));
    expect(complaintsAbout(log)).toEqual([]);
    const [run] = log.runs;
    expect(run!.results).toHaveLength(5);
    for (const { message, locations } of run!.results!) {
      expect(message.text).not.toMatch(/(?<!\\)[[\]]|(?<!\{)\{(?!\{)/);
      expect(locations![0]!.physicalLocation!.artifactLocation!.uri).toMatch(/^[\w.~!*'()/%:-]+$/);
    }
  });
});
