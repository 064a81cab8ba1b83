import type { Dirent } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileError } from './fileError.ts';

/** Endings of the image files that are read, in any case: what sharp decodes everywhere, without what can draw (SVG). */
export const imageEndings = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'];

/** What a folder holds, by name, each list sorted. */
export interface Listing {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly others: readonly string[];
}

/** Lists a folder without opening its files. Links count as what they lead to; hidden entries (.DS_Store) do not count. */
export function listFolder(path: string): Listing {
  const listing = { folders: [] as string[], images: [] as string[], others: [] as string[] };
  for (const entry of entriesOf(path)) {
    if (!entry.name.startsWith('.')) listing[kindOf(path, entry)].push(entry.name);
  }
  for (const names of Object.values(listing)) names.sort();
  return listing;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function kindOf(path: string, entry: Dirent): keyof Listing {
  if (entry.isSymbolicLink() ? isFolder(join(path, entry.name)) : entry.isDirectory()) return 'folders';
  const mayBeRead = entry.isSymbolicLink() || entry.isFile();
  return mayBeRead && imageEndings.includes(extname(entry.name).toLowerCase()) ? 'images' : 'others';
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw fileError(path, error);
  }
}
