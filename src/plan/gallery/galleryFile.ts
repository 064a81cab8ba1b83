import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import type { GalleryItem } from '../../core/result.ts';
import { asJson } from '../../report/json.ts';
import { savedJson } from '../records/savedJson.ts';

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

const predicted = v.looseObject({ prediction: v.number(), confidence: v.number() });
const image = v.looseObject({ width: v.number(), height: v.number(), clean: v.string(), adversarial: v.string(), perturbation: v.string(), magnification: v.number() });
const column = v.looseObject({ name: v.string(), clean: v.number(), adversarial: v.number() });

const item = v.looseObject({
  ...{ id: v.number(), label: v.number(), attack: v.string(), norm: v.string(), epsilon: v.nullable(v.number()), distance: v.nullable(v.number()) },
  ...{ clean: predicted, adversarial: predicted, regressed: v.optional(v.literal(true)), image: v.optional(image), columns: v.optional(v.array(column)) },
});

const gallerySchema = v.looseObject({ schemaVersion: v.literal(1), items: v.array(item) });

/** The gallery in the folder of a finished scan; undefined where there is none. */
export function readGallery(folder: string): readonly GalleryItem[] | undefined {
  const path = pathIn(folder);
  return existsSync(path) ? (savedJson(path, gallerySchema, 'the gallery of a scan').items as readonly GalleryItem[]) : undefined;
}
