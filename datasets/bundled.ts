import { join } from 'node:path';
import type { DatasetReader } from '../src/core/dataset.ts';
import { unknownName } from '../src/core/errors.ts';
import { packageRoot } from '../src/core/package.ts';
import { openIdx } from './idx.ts';

const splits: Readonly<Record<string, string>> = { test: 't10k', train: 'train' };

/** The sample of Fashion-MNIST that comes with the package: 2,000 test and 10,000 training images. */
export const fashionMnist: DatasetReader = {
  name: 'fashion-mnist',
  summary: 'the bundled sample of Fashion-MNIST: fashion-mnist:test (2,000 images) or fashion-mnist:train (10,000)',
  matches: () => false,
  open: async (split) => {
    const prefix = splits[split];
    if (prefix === undefined) throw unknownName('split of fashion-mnist', split, Object.keys(splits));
    const folder = join(packageRoot, 'datasets', 'fashion-mnist');
    const [images, labels] = [`${prefix}-images-idx3-ubyte.gz`, `${prefix}-labels-idx1-ubyte.gz`];
    return openIdx(`fashion-mnist:${split}`, join(folder, images), join(folder, labels), join(folder, 'classes.txt'));
  },
};

/** What a scan without --data reads. */
export function bundledDataset(): string {
  return 'fashion-mnist:test';
}
