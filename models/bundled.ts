import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The model that is scanned when none is named: a small CNN for Fashion-MNIST, at home in the package's root. */
export function bundledModel(): string {
  // By the package's own name, so that it is the same file from the sources and from dist/.
  const root = dirname(createRequire(import.meta.url).resolve('breakwater/package.json'));
  return join(root, 'models', 'zoo', 'fashion-cnn', 'model.json');
}
