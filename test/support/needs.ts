import { env, stdout } from 'node:process';
import { expect, test } from 'vitest';

/**
 * `test` where something that npm does not install is present, as `needs('dataset-fashion-mnist', existsSync(…))`.
 * Where it is not, says 'skipped: NAME'; with BREAKWATER_NO_SKIP set, as .ci/run does, the test fails instead.
 */
export function needs(name: string, present: boolean): (title: string, body: () => unknown) => void {
  if (present) return test;
  if (env['BREAKWATER_NO_SKIP']) return (title) => test(title, () => expect.fail(`${name} is not installed`));
  stdout.write(`skipped: ${name}\n`);
  return test.skip;
}
