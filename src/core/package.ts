import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The package's own folder and version, whether it runs from its sources, from dist/ or from node_modules. */
const file = createRequire(import.meta.url).resolve('breakwater/package.json');
export const packageRoot = dirname(file);
export const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
