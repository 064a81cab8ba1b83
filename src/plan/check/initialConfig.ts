import { existsSync, writeFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { configNames } from './configFile.ts';

/** Writes a config that works at once, to be changed; refuses where there is one. Returns its path. */
export function writeInitialConfig(kind: 'ts' | 'json'): string {
  const found = configNames.find((name) => existsSync(name));
  if (found !== undefined) throw new UserError(`${found}: expected no config file here yet, found one; it is left as it is`);
  const path = `breakwater.config.${kind}`;
  try {
    writeFileSync(path, initialConfigs[kind], { flag: 'wx' });
  } catch (cause) {
    throw new UserError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  return path;
}

const commented = `import { defineConfig } from 'breakwater';

// \`npx breakwater check\` scans the model and holds it to what is asked here. Paths are relative to this file.
export default defineConfig({
  // model: 'release.onnx', // an .onnx file, a model.json, or their folder; without it: the bundled model
  // data: 'images:holdout', // READER:PATH (npx breakwater list readers); without it: the bundled examples
  limit: 500,
  seed: 0,

  threat: { norm: 'linf', epsilon: 0.1 }, // fractions as text: '8/255'
  attacks: ['fgsm', 'pgd(steps=40)'], // npx breakwater list attacks; 'autoattack' takes longer and finds more

  // Shares from 0 to 1. A threshold is held when the whole interval of the figure is on its good side.
  thresholds: {
    clean: 0.8,
    // robust: { pgd: 0.45 }, // under one attack
    worstCase: 0.01, // under all of them at once
    // worstClass: 0.2, // of the class that fares worst
    // classGap: 0.35, // between the best class and the worst: at most
  },
  confidence: 0.95,

  // Against the release before: npx breakwater check --update-baseline writes the file, to be committed.
  // baseline: 'robustness.baseline.json',
  // maxRegression: 0.02, // the share of the worst case that may be lost

  // sequential: true, // end as soon as the answer is settled
  // out: 'robustness-report',

  // Several models or threats: each has the fields above where it does not state its own.
  // scenarios: [
  //   { name: 'small changes', threat: { norm: 'linf', epsilon: '2/255' }, thresholds: { worstCase: 0.5 } },
  //   { name: 'few pixels', threat: { norm: 'l0', epsilon: 5 }, attacks: 'sigma-zero', thresholds: { worstCase: 0.3 } },
  // ],
});
`;

/** JSON has no comments. */
const plain = {
  limit: 500,
  seed: 0,
  threat: { norm: 'linf', epsilon: 0.1 },
  attacks: ['fgsm', 'pgd(steps=40)'],
  thresholds: { clean: 0.8, worstCase: 0.01 },
  confidence: 0.95,
};

const initialConfigs = { ts: commented, json: `${JSON.stringify(plain, undefined, 2)}\n` } as const;
