import type { DatasetReader } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import { fileSource } from './byteSource.ts';
import { openNpyArray } from './npyArray.ts';
import { npyPair } from './npyPair.ts';

/** Two files of numpy.save, examples and classes. */
export const npy: DatasetReader = {
  name: 'npy',
  summary: 'examples and class numbers as numpy.save writes them: npy:X.npy,Y.npy',
  options: ['bounds'],
  matches: (path) => /^[^,]+\.npy,[^,]+\.npy$/.test(path),
  open: async (path, { bounds }) => {
    const spec = `npy:${path}`;
    const paths = path.split(',').filter((one) => one !== '');
    const [x, y] = paths;
    if (x === undefined || y === undefined || paths.length > 2) {
      throw new UserError(`${spec}: expected npy:X.npy,Y.npy, found ${paths.length === 1 ? 'one path' : `${paths.length} paths`}`);
    }
    return npyPair(spec, await openNpyArray(await fileSource(x)), await openNpyArray(await fileSource(y)), bounds);
  },
};
