import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { UserError } from '../src/core/errors.ts';

/** A file that a model names, resolved: it must lie in the model's own folder, whatever its path says or links lead to. */
export async function insideFolder(model: string, kind: string, name: string): Promise<string> {
  const folder = dirname(model);
  const path = join(folder, name);
  const outside = (): UserError => new UserError(`${model}: ${kind} '${name}' lies outside the model's folder`);
  if (isAbsolute(name) || leaves(folder, path)) throw outside();
  // A link may lead anywhere.
  const resolved = await realpath(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${model}: ${kind} ${path} cannot be read (${cause.code})`, { cause });
  });
  if (leaves(await realpath(folder), resolved)) throw outside();
  return resolved;
}

function leaves(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}
