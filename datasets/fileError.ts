import { UserError } from '../src/core/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'expected a file, found a folder',
  EACCES: 'permission denied',
};

/** What the file system says of a path, as a line for the user. Any other error stays what it is. */
export function fileError(path: string, error: unknown): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new UserError(`${path}: ${reason}`, { cause: error });
}
