export interface Picture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * An example in [0, 1], grey or RGB, as PNG: in true size, or scaled down to `within`; undefined for shapes that are no
 * such image. sharp is loaded when it is needed.
 */
export async function pngOf(x: Float32Array, shape: readonly number[], within?: number): Promise<Picture | undefined> {
  const [height = 0, width = 0, channels = 1, ...more] = shape;
  if (more.length > 0 || height < 1 || width < 1 || (channels !== 1 && channels !== 3)) return undefined;
  const { default: sharp } = await import('sharp');
  const bytes = Uint8Array.from(x, (value) => Math.round(255 * value));
  const image = sharp(bytes, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  if (within !== undefined) image.resize({ width: within, height: within, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await image.png().toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
