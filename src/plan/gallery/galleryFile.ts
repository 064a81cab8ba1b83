import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import type { GalleryItem } from '../../core/result.ts';
import { asJson } from '../../report/json.ts';

const pathIn = (folder: string): string => join(folder, 'gallery.json');

/** Puts the gallery of a scan that has ended into its folder; where none was asked for, takes away an earlier one. */
export function writeGallery(folder: string, items: readonly GalleryItem[] | undefined): void {
  const path = pathIn(folder);
  try {
    if (items === undefined) rmSync(path, { force: true });
    else replaceFile(path, asJson({ schemaVersion: 1, items }));
  } catch (cause) {
    throw new UserError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

const predicted = v.object({ prediction: v.number(), confidence: v.number() });
const gallerySchema = v.object({
  schemaVersion: v.literal(1),
  items: v.array(
    v.looseObject({ id: v.number(), label: v.number(), attack: v.string(), norm: v.string(), epsilon: v.nullable(v.number()), clean: predicted, adversarial: predicted }),
  ),
});

/** The gallery in the folder of a finished scan; undefined where there is none. */
export function readGallery(folder: string): readonly GalleryItem[] | undefined {
  const path = pathIn(folder);
  if (!existsSync(path)) return undefined;
  try {
    const gallery: unknown = JSON.parse(readFileSync(path, 'utf8'));
    v.assert(gallerySchema, gallery); // as it is: a parsed one would have its fields in another order
    return gallery.items as unknown as readonly GalleryItem[];
  } catch (cause) {
    throw new UserError(`${path}: expected the gallery of a scan: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}
