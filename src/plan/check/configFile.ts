import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { cwd } from 'node:process';
import { UserError } from '../../core/errors.ts';
import { attackBuilders } from '../attacks/attackBuilders.ts';
import { defineConfig } from './config.ts';
import type { Config } from './config.ts';
import { configOf } from './configSchema.ts';
import { seenFrom } from './requestPaths.ts';

const kinds = ['.ts', '.js', '.mjs', '.json'];
export const configNames = kinds.map((kind) => `breakwater.config${kind}`);

/** A config, and where it is from. */
export interface LoadedConfig {
  readonly config: Config;
  /** What a message about it begins with. */
  readonly source: string;
  /** To which its paths are relative. */
  readonly folder: string;
}

/** The config file of a folder, or of the nearest above it that has one. */
export function findConfig(folder: string = cwd()): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = configNames.filter((name) => existsSync(join(at, name)));
    if (found.length > 1) throw new UserError(`${at}: expected one config file, found ${found.join(' and ')}; --config PATH names one`);
    if (found[0] !== undefined) return join(at, found[0]);
    if (at === dirname(at)) throw new UserError(`expected ${configNames.join(', ')} in ${folder} or above, found none; breakwater init writes one, --config PATH names one`);
  }
}

export async function readConfig(path: string): Promise<LoadedConfig> {
  const source = seenFrom(cwd(), path);
  if (!existsSync(path) || !statSync(path).isFile()) throw new UserError(`${source}: expected a config file, found ${existsSync(path) ? 'a folder' : 'nothing there'}`);
  return { config: configOf(source, await contentOf(path, source)), source, folder: dirname(resolve(path)) };
}

async function contentOf(path: string, source: string): Promise<unknown> {
  try {
    return extname(path) === '.json' ? JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, '')) : await evaluated(resolve(path));
  } catch (cause) {
    const line = (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\s*\n\s*/g, ' ');
    throw new UserError(`${source}: cannot be read: ${line}`, { cause });
  }
}

/** What the module exports by default; what it imports of breakwater is this one, wherever that is installed. */
async function evaluated(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(path, { fsCache: false, moduleCache: false, virtualModules: { breakwater: { defineConfig, ...attackBuilders } } });
  const module = await jiti.import<object>(path);
  if ('default' in module) return module.default;
  throw new Error('expected a default export, found none');
}
