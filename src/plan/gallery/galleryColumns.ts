import type { Dataset } from '../../core/dataset.ts';
import type { GalleryItem } from '../../core/result.ts';

/** Of a table: the columns that an attack changed, by how much of their bounds, largest first. */
export function galleryColumns(x: Float32Array, adv: Float32Array, { kind, columns, bounds: { lower, upper } }: Dataset): GalleryItem['columns'] {
  if (kind !== 'table') return undefined;
  const at = (bound: number | Float32Array, i: number) => (typeof bound === 'number' ? bound : (bound[i] as number));
  const share = (i: number) => Math.abs((adv[i] as number) - (x[i] as number)) / (at(upper, i) - at(lower, i));
  const changed = [...x.keys()].filter((i) => adv[i] !== x[i]).sort((a, b) => share(b) - share(a) || a - b);
  return changed.map((i) => ({ name: columns?.names[i] ?? String(i), clean: x[i] as number, adversarial: adv[i] as number }));
}
