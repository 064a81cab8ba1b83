import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ndarray from 'ndarray';
import { unitBounds } from '../src/core/bounds.ts';
import type { Dataset, DatasetReader } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import type { Sample } from '../src/core/sample.ts';
import { readClassNames } from './classNames.ts';
import type { IdxFile } from './idxFile.ts';
import { openIdxFile } from './idxFile.ts';
import { isFolder } from './listFolder.ts';
import { unitBytes } from './unitBytes.ts';

/** MNIST's pair of files, gzipped or not: bytes become floats in [0, 1], [H, W, C]; labels are class numbers. */
export const idx: DatasetReader = {
  name: 'idx',
  summary: "images and labels as MNIST's IDX files, gzipped or not: idx:IMAGES,LABELS or a folder that holds both",
  matches: (path) => path.includes(',') || usualName.test(path) || (isFolder(path) && imageFiles(path).length > 0),
  open: async (path) => {
    const { images, labels, names } = locate(path);
    return openIdx(`idx:${path}`, images, labels, names);
  },
};

interface IdxPair {
  readonly images: string;
  readonly labels: string;
  /** One class name per line; optional. */
  readonly names?: string;
}

export async function openIdx(spec: string, images: string, labels: string, names?: string): Promise<Dataset> {
  const pixels = await openIdxFile(images, 'images');
  const classes = await openIdxFile(labels, 'labels');
  if (pixels.count !== classes.count) {
    throw new UserError(`${images}: ${pixels.count} images but ${classes.count} labels in ${labels}`);
  }
  const [height = 0, width = 0, channels = 1] = pixels.shape;
  const shape = [height, width, channels];
  return {
    spec,
    shape,
    kind: 'image',
    bounds: unitBounds,
    count: pixels.count,
    ...(names !== undefined && existsSync(names) && { classNames: readClassNames(names) }),
    read: () => read(pixels, classes, shape),
  };
}

/** Both files side by side, one example at a time. */
async function* read(pixels: IdxFile, classes: IdxFile, shape: number[]): AsyncGenerator<Sample> {
  const [images, labels] = [pixels.items(), classes.items()];
  try {
    for (let id = 0; id < pixels.count; id++) {
      const [image, label] = [await images.next(), await labels.next()];
      yield { id, x: ndarray(unitBytes(image.value), shape), y: label.value.readUInt8() };
    }
  } finally {
    for (const open of [images, labels]) await open.return(undefined as never);
  }
}

/** t10k-images-idx3-ubyte.gz, train-images.idx3-ubyte and the like; the labels' file is named after the images'. */
const usualName = /images[-.]idx[34]-ubyte(\.gz)?$/;

function labelsOf(images: string): string {
  const name = basename(images).replace(/images([-.])idx[34]/, 'labels$1idx1');
  return join(dirname(images), name);
}

function locate(path: string): IdxPair {
  const parts = path.split(',');
  const [images = '', labels] = parts;
  if (parts.length > 2) throw new UserError(`idx:${path}: expected IMAGES,LABELS, found ${parts.length} paths`);
  if (labels !== undefined) return { images, labels };
  if (usualName.test(images)) return { images, labels: labelsOf(images) };
  if (!isFolder(images)) throw new UserError(`idx:${path}: expected IMAGES,LABELS or a folder that holds both`);
  return locateInFolder(images);
}

/** The folder's test set where it names one (t10k or test), or its only set. */
function locateInFolder(folder: string): IdxPair {
  const found = imageFiles(folder);
  const name = found.find((file) => /^(t10k|test)\b/.test(file)) ?? (found.length === 1 ? found[0] : undefined);
  if (name === undefined) {
    const what = found.length > 0 ? `several sets (${found.join(', ')})` : 'no file named like t10k-images-idx3-ubyte.gz';
    throw new UserError(`idx:${folder}: expected one pair of IDX files, found ${what}; write idx:IMAGES,LABELS`);
  }
  const images = join(folder, name);
  return { images, labels: labelsOf(images), names: join(folder, 'classes.txt') };
}

function imageFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => usualName.test(name)).sort();
}
