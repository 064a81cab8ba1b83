import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';

/** Where results are cached: with the project that `folder` belongs to, if it has a node_modules, else with the user. */
export function cacheFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) return join(modules, '.cache', 'breakwater');
    if (dirname(at) === at) return envPaths('breakwater', { suffix: '' }).cache;
  }
}
