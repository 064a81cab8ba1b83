import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folder → what it may import of ours, besides itself. The longest folder that holds a file is the file's own. */
const allowed: Readonly<Record<string, readonly string[] | 'anything'>> = {
  'src/core': [],
  'src/graph': ['src/core'],
  datasets: ['src/core'],
  attacks: ['src/core', 'attacks/parts'],
  'attacks/parts': ['src/core'],
  'src/report': ['src/core'],
  models: ['src/core', 'src/graph'],
  'src/engine': ['src/core', 'src/graph'],
  'src/evaluate': ['src/core'],
  'src/train': ['src/core', 'src/graph', 'src/engine', 'src/evaluate'],
  'src/plan': ['src/core', 'src/graph', 'datasets', 'attacks', 'src/report', 'models', 'src/engine', 'src/evaluate', 'src/train'],
  'src/cli': 'anything',
  'src/vitest': 'anything',
  'src/index.ts': 'anything',
};

/** Nothing imports these, save themselves. */
const tops = ['src/cli', 'src/vitest', 'src/index.ts'];

/** Packages that must not reach these folders: an attack runs on any engine, the contracts on none. */
const engines = /^(@tensorflow\/|onnxruntime-)/;
const engineFree = ['src/core', 'attacks', 'attacks/parts', 'src/evaluate', 'src/report', 'datasets'];

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly target: string;
}

const imports = ['src', 'attacks', 'models', 'datasets'].flatMap(sources).flatMap(importsOf);

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** Static, dynamic and type imports alike, as TypeScript's own scanner sees them. */
function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles.map(({ fileName }) => {
    const ours = fileName.startsWith('.');
    return { file, folder: folderOf(file), target: ours ? relative(root, resolve(root, dirname(file), fileName)) : fileName };
  });
}

function folderOf(file: string): string {
  const folders = Object.keys(allowed).filter((folder) => file === folder || file.startsWith(`${folder}/`));
  return folders.sort((a, b) => b.length - a.length)[0] ?? '';
}

function isOurs({ target }: Import): boolean {
  return target.endsWith('.ts');
}

describe('imports', () => {
  test('every source file lies in a folder that the table knows', () => {
    expect(['src', 'attacks', 'models', 'datasets'].flatMap(sources).filter((file) => folderOf(file) === '')).toEqual([]);
  });

  test('the scanner finds the imports of this project', () => {
    expect(imports).toContainEqual({ file: 'datasets/idx.ts', folder: 'datasets', target: 'src/core/errors.ts' });
    expect(imports).toContainEqual({ file: 'src/cli/scan.ts', folder: 'src/cli', target: 'src/plan/scan.ts' });
  });

  test.each(Object.keys(allowed))('%s imports only what it may', (folder) => {
    const may = allowed[folder] ?? [];
    const wrong = imports.filter((one) => one.folder === folder && isOurs(one) && !mayImport(folder, may, folderOf(one.target)));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test.each(engineFree)('%s imports no engine', (folder) => {
    const wrong = imports.filter((one) => one.folder === folder && engines.test(one.target));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

function mayImport(folder: string, may: readonly string[] | 'anything', target: string): boolean {
  if (target === folder) return true;
  if (may === 'anything') return target !== '';
  return may.includes(target) && !tops.includes(target);
}

test('console appears in the command line and in scripts only', () => {
  const printing = ['src', 'attacks', 'datasets', 'models']
    .flatMap(sources)
    .filter((file) => !file.startsWith('src/cli/') && !/^(models\/zoo|datasets\/fashion-mnist)\//.test(file))
    .filter((file) => /\bconsole\./.test(readFileSync(join(root, file), 'utf8')));
  expect(printing).toEqual([]);
});

test('what the contracts import comes with the package, types and all: without them a user sees any', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', object>;
  const packages = imports.filter((one) => one.folder === 'src/core' && !isOurs(one) && !isBuiltin(one.target)).map(({ target }) => target);
  expect(packages).toContain('ndarray');
  expect(packages.filter((name) => !(name in dependencies) || `@types/${name}` in devDependencies)).toEqual([]);
});
