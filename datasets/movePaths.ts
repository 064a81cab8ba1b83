/** Readers whose path is two files with a comma between. */
const pairs: readonly string[] = ['idx', 'npy'];
/** Readers whose path is a name. */
const named: readonly string[] = ['fashion-mnist'];
/** Arrays inside the file. */
const npzArrays = /^(.*\.npz)(,[^,]+,[^,]+)$/s;

/** The same spec with every path in it moved: `idx:images.gz,labels.gz` has two, `fashion-mnist:test` none. */
export function movePaths(spec: string, move: (path: string) => string): string {
  const [, reader, path = spec] = /^([a-z][a-z0-9-]+):(.*)$/s.exec(spec) ?? [];
  const start = reader === undefined ? '' : `${reader}:`;
  if (reader !== undefined && named.includes(reader)) return spec;
  const [, file, arrays] = npzArrays.exec(path) ?? [];
  if (file !== undefined && arrays !== undefined) return `${start}${move(file)}${arrays}`;
  const isPair = reader === undefined || pairs.includes(reader);
  return `${start}${isPair ? path.split(',').map(move).join(',') : move(path)}`;
}
