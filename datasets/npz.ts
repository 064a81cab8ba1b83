import type { DatasetReader } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import { openNpyArray } from './npyArray.ts';
import type { NpyArray } from './npyArray.ts';
import { npyPair } from './npyPair.ts';
import { zipSources } from './zipSources.ts';

/** A file of numpy.savez or savez_compressed that holds examples and classes. */
export const npz: DatasetReader = {
  name: 'npz',
  summary: 'arrays x and y of a file that numpy.savez wrote: npz:FILE.npz, or npz:FILE.npz,NAME,NAME for arrays of other names',
  options: ['bounds'],
  matches: (path) => named.test(path),
  open: async (path, { bounds }) => {
    const [, file = path, xName = 'x', yName = 'y'] = named.exec(path) ?? [];
    const arrays = await zipSources(file, '.npy');
    const open = (name: string): Promise<NpyArray> => {
      const source = arrays.get(`${name}.npy`);
      if (source) return openNpyArray(source);
      throw new UserError(`${file}: expected arrays ${xName} and ${yName}, found ${namesOf(arrays.keys())}; npz:FILE,NAME,NAME reads others`);
    };
    return npyPair(`npz:${path}`, await open(xName), await open(yName), bounds);
  },
};

/** The file, and the names of two arrays where they are given. */
const named = /^(.*\.npz)(?:,([^,]+),([^,]+))?$/s;

function namesOf(entries: Iterable<string>): string {
  const names = Array.from(entries, (entry) => entry.slice(0, -'.npy'.length));
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ') || 'none';
}
