import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { movePaths } from '../../datasets/movePaths.ts';
import type { Config } from '../../src/plan/check/config.ts';
import { findConfig, readConfig } from '../../src/plan/check/configFile.ts';
import { configOf } from '../../src/plan/check/configSchema.ts';
import { fileNames } from '../../src/plan/check/fileNames.ts';
import { chosen, scenariosOf } from '../../src/plan/check/scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-config-'));
const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** What a config says, as if it lay in /releases. */
const planned = (config: Config, changes = {}) => scenariosOf({ config: configOf('c.json', config), source: 'c.json', folder: '/releases' }, changes);
const requests = (config: Config, changes = {}) => planned(config, changes).map(({ request }) => request);
const floors = { thresholds: { worstCase: 0.4 } };

describe('a config file', () => {
  test('may be TypeScript, which has breakwater wherever that is installed', async () => {
    const path = written('typed.ts', "import { defineConfig, pgd } from 'breakwater';\nconst limit: number = 3;\nexport default defineConfig({ limit, attacks: ['fgsm', pgd({ steps: 5 })] });\n");
    expect((await readConfig(path)).config).toEqual({ limit: 3, attacks: ['fgsm', { name: 'pgd', options: { steps: 5 } }] });
  });

  test.each([
    ['esm.mjs', 'export default { limit: 3 };'],
    ['cjs.js', 'module.exports = { limit: 3 };'],
    ['plain.json', '{ "$schema": "https://example.org/schema.json", "limit": 3 }'],
    ['marked.json', '\ufeff{ "limit": 3 }'],
  ])('%s is read', async (name, text) => {
    expect((await readConfig(written(name, text))).config).toMatchObject({ limit: 3 });
  });

  test('is found from a folder upwards; of two none is taken', () => {
    const [outer, inner] = [join(folder, 'outer'), join(folder, 'outer', 'inner', 'most')];
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(outer, 'breakwater.config.json'), '{}');
    expect(findConfig(inner)).toBe(join(outer, 'breakwater.config.json'));
    writeFileSync(join(outer, 'breakwater.config.ts'), 'export default {};');
    expect(() => findConfig(inner)).toThrow(`${outer}: expected one config file, found breakwater.config.ts and breakwater.config.json; --config PATH names one`);
    expect(() => findConfig(folder)).toThrow(/^expected breakwater\.config\.ts, .* or above, found none; breakwater init writes one, --config PATH names one$/);
  });

  test.each([
    ['syntax.ts', 'export default { limit: 3 ;', /^[^\n]*syntax\.ts: cannot be read: [^\n]*Unexpected token[^\n]*$/],
    ['throws.ts', "throw new Error('boom');", /throws\.ts: cannot be read: boom$/],
    ['nothing.mjs', 'export const limit = 3;', /nothing\.mjs: cannot be read: expected a default export, found none$/],
    ['half.json', '{ "limit": ', /^[^\n]*half\.json: cannot be read: [^\n]+$/],
    ['list.json', '[]', /list\.json: expected an object, found a list$/],
    ['text.json', '"x"', /text\.json: expected an object, found 'x'$/],
  ])('%s is refused in one line', async (name, text, line) => {
    await expect(readConfig(written(name, text))).rejects.toThrow(line);
  });

  test.each<[object, string]>([
    [{ limt: 3 }, "c.json: unknown field 'limt': did you mean limit? known are limit, "],
    [{ threat: { eps: 0.1 } }, "c.json: threat: unknown field 'eps': known are norm, epsilon, target"],
    [{ thresholds: { worstcase: 0.1 } }, "c.json: thresholds: unknown field 'worstcase': did you mean worstCase?"],
    [{ thresholds: { robust: { pgd: '0.4' } } }, "c.json: thresholds.robust.pgd: expected a share from 0 to 1, found '0.4'"],
    [{ thresholds: { clean: NaN } }, 'c.json: thresholds.clean: expected a share from 0 to 1, found NaN'],
    [{ threat: { norm: 'l3' } }, "c.json: threat.norm: expected linf or l2 or l1 or l0, found 'l3'"],
    [{ scenarios: [] }, 'c.json: scenarios: expected at least one scenario, found none'],
    [{ scenarios: [{}, { out: 'x' }] }, "c.json: scenarios.1: unknown field 'out'"],
    [{ scenarios: {} }, 'c.json: scenarios: expected a list of objects, found an object'],
    [{ scenarios: [Promise.resolve(floors)] }, 'c.json: scenarios.0: expected an object, found an instance of Promise'],
    [{ thresholds: Promise.resolve({ clean: 0.9 }) }, 'c.json: thresholds: expected an object such as { worstCase: 0.4 }, found an instance of Promise'],
    [{ threat: new Map([['epsilon', 0.3]]) }, 'c.json: threat: expected an object such as { norm: linf, epsilon: 8/255 }, found an instance of Map'],
    [{ thresholds: { robust: [] } }, 'c.json: thresholds.robust: expected a share for each attack, as in { pgd: 0.4 }, found a list'],
    [{ model: '' }, "c.json: model: expected a path, found ''"],
    [{ attacks: ['fgsm', 3] }, 'c.json: attacks: expected attacks such as fgsm,pgd(steps=40), found a list'],
  ])('that says %j is refused, and says where', (config, line) => {
    expect(() => configOf('c.json', config)).toThrow(line);
  });
});

describe('scenarios', () => {
  test('have what is said above them where they do not say it; what they say is theirs as a whole', () => {
    const [first, second] = requests({
      ...{ seed: 7, threat: { norm: 'l2', epsilon: 1 }, thresholds: { clean: 0.9, worstCase: 0.4 } },
      scenarios: [{ name: 'a', threat: { epsilon: '8/255' } }, { name: 'b', thresholds: { worstCase: 0.2 }, seed: undefined as never }],
    });
    expect(first).toEqual({ seed: 7, epsilon: '8/255', thresholds: { clean: 0.9, worstCase: 0.4 } });
    expect(second).toEqual({ seed: 7, norm: 'l2', epsilon: 1, thresholds: { worstCase: 0.2 } });
  });

  test('have paths relative to the config, of several files too', () => {
    const config = { model: 'm.onnx', data: 'idx:i.gz,l.gz', classes: 'names.txt', baseline: 'b/base.json', maxRegression: 0.02 };
    const [{ request, baseline } = {}] = planned(config);
    const near = (path: string) => expect.stringMatching(new RegExp(`^[./]*/releases/${path}$`)) as string;
    expect([request?.model, request?.classes, baseline]).toEqual([near('m.onnx'), near('names.txt'), near('b/base.json')]);
    expect(request?.data).toMatch(/^idx:[./]*\/releases\/i\.gz,[./]*\/releases\/l\.gz$/);
  });

  test.each([
    ['images:a,b', 'images:<a,b>'],
    ['a,b', '<a>,<b>'],
    ['npz:a.npz,x,y', 'npz:<a.npz>,x,y'],
    ['csv:t.csv', 'csv:<t.csv>'],
    ['fashion-mnist:test', 'fashion-mnist:test'],
    ['photos', '<photos>'],
  ])('move the paths of %s: %s', (spec, moved) => {
    expect(movePaths(spec, (path) => `<${path}>`)).toBe(moved);
  });

  test('are changed by what the command line says, as seen from here', () => {
    expect(requests({ ...floors, limit: 5, model: 'm.onnx' }, { limit: 3, model: 'n.onnx' })).toEqual([{ ...floors, limit: 3, model: 'n.onnx' }]);
  });

  test('take attacks as text, as a list and as built', () => {
    const attacks = (config: Config) => planned(config).map(({ request }) => request.attacks)[0];
    expect(attacks({ ...floors, attacks: 'fgsm,pgd(steps=4)' })).toBe('fgsm,pgd(steps=4)');
    expect(attacks({ ...floors, attacks: ['fgsm,bim', { name: 'pgd', options: { steps: 4 } }] })).toEqual([
      { name: 'fgsm', options: {} },
      { name: 'bim', options: {} },
      { name: 'pgd', options: { steps: 4 } },
    ]);
  });

  test('go by their names, or by their threats: the next model is another file, and the scenario the same', () => {
    expect(planned({ ...floors, model: 'release-1.onnx' }).map(({ name, title }) => [name, title])).toEqual([['default', undefined]]);
    const config = { ...floors, scenarios: [{ threat: { epsilon: '8/255' } }, { threat: { norm: 'l2', epsilon: 1 } }, { name: 'x' }] } satisfies Config;
    expect(planned(config).map(({ name }) => name)).toEqual(['linf 8/255', 'l2 1', 'x']);
    expect(chosen(planned(config), ['x', 'l2 1']).map(({ name }) => name)).toEqual(['l2 1', 'x']);
    expect(() => chosen(planned(config), ['y'])).toThrow("unknown scenario 'y': did you mean x? known are x, l2 1, linf 8/255");
    expect(() => chosen(planned(config), [])).toThrow('only: expected at least one scenario, found none');
  });

  test('have a folder each, and none outside', () => {
    expect(fileNames(['linf 8/255', 'linf-8-255', '..', '../x', 'A', 'a'])).toEqual(['linf-8-255', 'linf-8-255-2', 'unnamed', 'x', 'A', 'a-2']);
  });

  test.each<[Config, string]>([
    [{}, 'c.json: thresholds: expected at least one, such as { worstCase: 0.4 }, or a baseline, found nothing that the check could hold the model to'],
    [{ thresholds: {} }, 'c.json: thresholds: expected at least one'],
    [{ thresholds: { robust: {} } }, 'c.json: thresholds: expected at least one'],
    [{ baseline: 'b.json' }, 'c.json: maxRegression: expected the share of the worst case that may be lost since the baseline'],
    [{ ...floors, maxRegression: 0.1 }, 'c.json: baseline: expected the file to compare with'],
    [{ baseline: 'b.json', maxRegression: -1 }, 'c.json: maxRegression: expected a share from 0 to below 1, found -1'],
    [{ baseline: 'b.json', maxRegression: 0.02, attacks: 'rotation-translation' }, 'c.json: baseline: expected an attack that keeps to the ball'],
    [{ ...floors, limit: 0 }, 'c.json: limit: expected a whole number from 1, found 0'],
    [{ thresholds: { worstCase: 40 } }, 'c.json: thresholds.worstCase: expected a share from 0 to 1, found 40'],
    [{ thresholds: { robust: { pdg: 0.4 } } }, "c.json: unknown attack in thresholds.robust 'pdg': did you mean pgd?"],
    [{ thresholds: { clean: 0.1, robust: { constructor: 0.4 } } }, "c.json: unknown attack in thresholds.robust 'constructor'"],
    [{ ...floors, confidence: 95 }, 'c.json: confidence: expected a share from 0.5 to below 1, found 95'],
    [{ scenarios: [floors, {}] }, 'c.json: scenarios.1.name: expected a name of its own'],
    [{ scenarios: [floors, { name: 'b' }] }, "c.json: scenario 'b': thresholds: expected at least one"],
    [{ ...floors, scenarios: [{ name: 'a' }, { name: 'a' }] }, "c.json: scenarios.1.name: expected a name of its own, found 'a', which is another's too"],
    [{ ...floors, scenarios: [{ name: 'a', attacks: 'nope' }] }, "c.json: scenario 'a': unknown attack 'nope'"],
  ])('of %j are refused before anything runs', (config, line) => {
    expect(() => planned(config)).toThrow(line);
  });
});
