import { join, relative } from 'node:path';
import { cwd } from 'node:process';
import { packageRoot } from '../src/core/package.ts';

/** The model that is scanned when none is named: a small CNN for Fashion-MNIST. From the current folder, as a user would write it. */
export function bundledModel(): string {
  return relative(cwd(), join(packageRoot, 'models', 'zoo', 'fashion-cnn', 'model.json'));
}
