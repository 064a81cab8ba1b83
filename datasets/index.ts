import { existsSync } from 'node:fs';
import type { Dataset, DatasetReader, ReaderOptions } from '../src/core/dataset.ts';
import { unknownName, UserError } from '../src/core/errors.ts';
import { fashionMnist } from './bundled.ts';
import { csv } from './csv.ts';
import { idx } from './idx.ts';
import { images } from './images.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';

export { bundledDataset } from './bundled.ts';
export { csvColumn } from './csvColumn.ts';
export { select, selectedIds } from './select.ts';
export type { Selection, Shard } from './select.ts';

/** Name → reader, in the order in which they are asked for a path without one. Adding one = a file, a line here, a test. */
export const readers: Readonly<Record<string, DatasetReader>> = { npy, npz, idx, images, csv, 'fashion-mnist': fashionMnist };

/** Opens `reader:path`, or a path alone where it tells its reader. */
export async function openDataset(spec: string, options: ReaderOptions = {}): Promise<Dataset> {
  const [, name, path] = /^([a-z][a-z0-9-]+):(.*)$/s.exec(spec) ?? [];
  if (name !== undefined && path !== undefined) {
    const reader = readers[name];
    if (!reader) throw unknownName('reader', name, Object.keys(readers));
    return openWith(reader, path, options);
  }
  const reader = Object.values(readers).find((one) => one.matches(spec));
  if (reader) return openWith(reader, spec, options);
  if (!existsSync(spec)) throw new UserError(`${spec}: no such file or folder`);
  throw new UserError(`${spec}: expected READER:PATH, as the path does not tell its reader (${Object.keys(readers).join(', ')})`);
}

/** Options that every reader is given. */
const modelsOwn = ['shape', 'classCount', 'unlabelled'];

/** An option that the reader does not take would be a silent default. */
function openWith(reader: DatasetReader, path: string, options: ReaderOptions): Promise<Dataset> {
  const vain = Object.keys(options).find((option) => !takes(reader, option));
  if (vain === undefined) return reader.open(path, options);
  const takers = Object.values(readers).filter((one) => takes(one, vain));
  if (takers.length === 0) throw unknownName('option of a reader', vain, [...new Set(Object.values(readers).flatMap(({ options = [] }) => options))]);
  throw new UserError(`${vain}: expected a reader that takes it (${takers.map(({ name }) => name).join(', ')}), found ${reader.name}`);
}

function takes({ options = [] }: DatasetReader, option: string): boolean {
  return modelsOwn.includes(option) || options.some((name) => name === option);
}
