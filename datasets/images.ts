import { join } from 'node:path';
import ndarray from 'ndarray';
import { unitBounds } from '../src/core/bounds.ts';
import type { DatasetReader } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import type { Sample } from '../src/core/sample.ts';
import { ahead } from './ahead.ts';
import { imageDecoder } from './imageDecoder.ts';
import type { ImageShape } from './imageDecoder.ts';
import { holdsImageFolders, holdsImages, openImageFolders } from './imageFolders.ts';
import type { ClassFolder } from './imageFolders.ts';

/** As many as libuv has threads to decode on. */
const decodedAtOnce = 4;

/** A folder of images per class, resized to the model's input: [H, W, C] in [0, 1]; labels number the classes. */
export const images: DatasetReader = {
  name: 'images',
  summary: 'a folder of images per class (JPEG, PNG, WebP, GIF, TIFF, AVIF), resized to what the model takes: images:FOLDER',
  options: ['classes', 'skipUnreadable'],
  matches: (root) => holdsImageFolders(root) || holdsImages(root),
  open: async (root, options) => {
    const spec = `images:${root}`;
    const shape = imageShape(spec, options.shape);
    const { classNames, folders, notes } = openImageFolders(root, options);
    const decode = await imageDecoder(shape);
    /** An error is a value here, so that it waits for its turn. */
    const attempt = ({ id, path, label }: ImageFile): Promise<Sample | UserError> =>
      decode(path).then((x) => ({ id, x: ndarray(x, [...shape]), y: label })).catch(asValue);
    let skipped = 0;
    return {
      spec,
      shape,
      kind: 'image',
      bounds: unitBounds,
      count: folders.reduce((sum, folder) => sum + folder.images.length, 0),
      classNames,
      notes,
      skipped: () => skipped,
      async *read(wanted) {
        let delivered = 0;
        skipped = 0;
        for await (const sample of ahead(interleave(folders, wanted), decodedAtOnce, attempt)) {
          if (!(sample instanceof UserError)) {
            delivered++;
            yield sample;
          } else if (options.skipUnreadable === true) skipped++;
          else throw sample;
        }
        if (delivered === 0 && skipped > 0) throw new UserError(`${spec}: expected images that can be decoded, found none among ${skipped}`);
      },
    };
  },
};

interface ImageFile {
  readonly id: number;
  readonly path: string;
  readonly label: number;
}

/** The first image of each class, the second of each, and so on: balanced wherever it is cut. */
function* interleave(folders: readonly ClassFolder[], wanted: (id: number) => boolean = () => true): Generator<ImageFile> {
  let id = 0;
  let left = folders;
  for (let round = 0; left.length > 0; round++) {
    for (const { path, label, images } of left) {
      if (wanted(id)) yield { id, path: join(path, images[round] as string), label };
      id++;
    }
    left = left.filter(({ images }) => images.length > round + 1);
  }
}

function imageShape(spec: string, shape: readonly number[] | undefined): ImageShape {
  if (shape === undefined) throw new UserError(`${spec}: expected the shape that images are resized to, found none (openDataset(spec, { shape: [height, width, channels] }))`);
  const [height = 0, width = 0, channels = 1, ...more] = shape;
  const fits = more.length === 0 && height >= 1 && width >= 1;
  if (fits && (channels === 1 || channels === 3)) return [height, width, channels];
  throw new UserError(`${spec}: expected a model that takes images, [height, width, 1 or 3], found one that takes [${shape.join(', ')}]`);
}

function asValue(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}
