import { UserError } from '../../src/core/errors.ts';
import type { Image } from './images.ts';

/** The image as it comes out of a JPEG file of this quality, with colours at half the resolution. Sharp is loaded here, as little else needs it. */
export async function jpegCoded({ height, width, channels, values }: Image, quality: number): Promise<Float32Array> {
  if (channels !== 1 && channels !== 3)
    throw new UserError(`corruption: kind jpeg: expected images of 1 or 3 channels, found ${channels}; the other kinds take any`);
  const { default: sharp } = await import('sharp');
  const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
  const file = await sharp(bytes, { raw: { width, height, channels } }).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
  const decoded = await sharp(file).toColourspace(channels === 1 ? 'b-w' : 'srgb').raw().toBuffer();
  return Float32Array.from(decoded, (byte) => byte / 255);
}
