import { randomOf } from '../../core/random.ts';
import type { GalleryItem } from '../../core/result.ts';

/** A sample that was broken, and the label of the attack that did. */
export interface Broken {
  readonly id: number;
  readonly attack: string;
}

export interface GalleryChoice {
  /** Of the scan. */
  readonly seed: number;
  /** At most so many. */
  readonly count: number;
  /** Samples that were robust before: of these, those that are no more come first. */
  readonly robustBefore?: ReadonlySet<number> | undefined;
}

/** Which of the broken are shown, in order: by a draw for each sample, so that neither order nor other samples matter. */
export function galleryChoice(broken: readonly Broken[], { seed, count, robustBefore }: GalleryChoice): Broken[] {
  const rank = new Map(broken.map(({ id }) => [id, Number(!robustBefore?.has(id)) + randomOf(seed, 'gallery', id).uniform()]));
  return [...broken].sort((a, b) => (rank.get(a.id) as number) - (rank.get(b.id) as number) || a.id - b.id).slice(0, count);
}

/** Characters of JSON that a gallery may take, nearly all of them base64. */
const room = 1_500_000;

/** The first of them, as many as there is room for. */
export function withinRoom(items: readonly GalleryItem[]): GalleryItem[] {
  let taken = 0;
  const end = items.findIndex((item) => (taken += JSON.stringify(item).length) > room);
  return end < 0 ? [...items] : items.slice(0, end);
}
