import { join } from 'node:path';
import { packageRoot } from '../src/core/package.ts';

/** The model that is scanned when none is named: a small CNN for Fashion-MNIST. */
export function bundledModel(): string {
  return join(packageRoot, 'models', 'zoo', 'fashion-cnn', 'model.json');
}
