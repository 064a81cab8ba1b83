import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = '4.4.0';
const home = join(tmpdir(), `breakwater-nsfwjs-${version}`);
const bundles = join(home, 'node_modules', 'nsfwjs', 'dist', 'models');

/** The package as npm installs it, without what it depends on; kept for the next run. */
function install(): void {
  if (existsSync(bundles)) return;
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=peer', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', home, ...quiet, `nsfwjs@${version}`], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/**
 * nsfwjs (MIT) classifies pictures in the browser. It packs each model as JavaScript modules, model.json as an object
 * and each shard in base64; this unpacks one to a folder as TF.js's converter wrote it.
 */
export async function savedModel(name: string): Promise<string> {
  install();
  const load = createRequire(join(home, 'package.json'));
  const folder = join(home, name);
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(join(bundles, name))) {
    const content = load(join(bundles, name, file)) as object | string;
    const target = join(folder, file.replace('.min.js', ''));
    if (typeof content === 'string') await writeFile(target, Buffer.from(content, 'base64'));
    else await writeFile(`${target}.json`, JSON.stringify(content));
  }
  return folder;
}
