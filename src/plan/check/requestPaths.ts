import { isAbsolute, relative, resolve, sep } from 'node:path';
import { cwd } from 'node:process';
import { movePaths } from '../../../datasets/movePaths.ts';

/** Fields that name a file or a folder. Of `groups` a column may be meant; `data` says how its files are read. */
const plain = ['model', 'classes', 'groups', 'baseline', 'out'] as const;

/** A request with every path in it moved. What is no text, a model that is open already say, stays. */
export function withPaths<Request extends object>(request: Request, move: (path: string) => string): Request {
  const moved = Object.entries(request).map(([field, value]: [string, unknown]) => {
    if (typeof value !== 'string' || value.startsWith('column:')) return [field, value];
    if (field === 'data') return [field, movePaths(value, move)];
    return [field, plain.some((name) => name === field) ? move(value) : value];
  });
  return Object.fromEntries(moved) as Request;
}

/** A path that is relative to a folder, as seen from the current one. */
export function fromHere(folder: string, path: string): string {
  return isAbsolute(path) ? path : seenFrom(cwd(), resolve(folder, path));
}

/** A path as seen from a folder, with the marks that every system reads. */
export function seenFrom(folder: string, path: string): string {
  const seen = relative(folder, resolve(path)) || '.';
  return isAbsolute(seen) ? seen : seen.split(sep).join('/');
}
