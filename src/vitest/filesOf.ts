import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withPaths } from '../plan/check/requestPaths.ts';

/**
 * The files that a request names, each with what changes when it is written anew: between two assertions a model may be
 * trained further, and saved where it was.
 */
export function filesOf(request: object): string[] {
  const files: string[] = [];
  withPaths(request, (path) => {
    files.push(...statesAt(resolve(path)));
    return path;
  });
  return files;
}

/** Of a file all that lie in its folder: weights are kept beside what names them. */
function statesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [path];
  const folder = found.isDirectory() ? path : dirname(path);
  const names = readdirSync(folder, { recursive: found.isDirectory(), encoding: 'utf8' });
  return [path, ...names.flatMap((name) => stateOf(join(folder, name)))];
}

function stateOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? [`${path} ${found.ino} ${found.size} ${found.ctimeMs}`] : [];
}
