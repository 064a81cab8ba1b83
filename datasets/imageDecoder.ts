import type { Sharp } from 'sharp';
import { UserError } from '../src/core/errors.ts';
import { unitBytes } from './unitBytes.ts';

/** Decodes a file into [height, width, channels] in [0, 1]. Throws a UserError that names the file. */
export type ImageDecoder = (path: string) => Promise<Float32Array>;

/** Height, width and channels. */
export type ImageShape = readonly [number, number, 1 | 3];

/** More is refused before it is decoded: a small file can claim any size. */
const mostPixels = 2 ** 26;

/** Larger ones are decoded one at a time: GIF and interlaced files are unpacked whole, at up to 8 bytes a pixel. */
const manyPixels = 2 ** 23;

/** A decoder for one shape. Sharp is loaded here, as nothing else needs it. */
export async function imageDecoder([height, width, channels]: ImageShape): Promise<ImageDecoder> {
  const { default: sharp } = await import('sharp');
  // Of the whole process. Each file is read once: kept results are of no use, and those of large files add up.
  sharp.cache(false);
  const read = channels === 1 ? grey : unitBytes;
  const alone = oneAtATime();
  return async (path) => {
    const image = sharp(path, { failOn: 'error', limitInputPixels: mostPixels });
    const decode = () => rgbBytes(image, width, height);
    try {
      const size = await image.metadata();
      return read(await (size.width * size.height > manyPixels ? alone(decode) : decode()));
    } catch (error) {
      throw unreadable(path, error);
    }
  };
}

/** Runs what it is given after what it was given before. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/**
 * Upright, on black where it is transparent, stretched (nothing is cut off), in sRGB with 8 bits. The triangle filter
 * is what PIL and torchvision call bilinear.
 */
async function rgbBytes(image: Sharp, width: number, height: number): Promise<Uint8Array> {
  const { data, info } = await image
    .autoOrient()
    .flatten({ background: 'black' })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${info.channels} channels are neither grey nor a colour`);
  return data;
}

/** Luma as PIL and Keras compute it (ITU-R 601 on the encoded values), to 8 bits. */
function grey(rgb: Uint8Array): Float32Array {
  const luma = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < luma.length; i++) {
    const [r, g, b] = [rgb[3 * i] as number, rgb[3 * i + 1] as number, rgb[3 * i + 2] as number];
    luma[i] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
  }
  return unitBytes(luma);
}

function unreadable(path: string, error: unknown): UserError {
  const [said = ''] = (error as Error).message.split('\n');
  const reason = said.includes('pixel limit') ? `it has more than ${Math.floor(mostPixels / 1e6)} million pixels` : said;
  return new UserError(`${path}: expected an image, found what sharp cannot decode: ${reason}; --skip-unreadable leaves such files out`, { cause: error });
}
