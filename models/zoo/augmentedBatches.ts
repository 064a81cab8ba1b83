import type { Random } from '../../src/core/random.ts';

export const side = 28;
export const size = side * side;

export interface Images {
  /** [count, 28, 28] in [0, 1] */
  readonly x: Float32Array;
  /** [count] */
  readonly y: Uint8Array;
}

/** One augmented mini-batch; the next one overwrites it. */
export interface Batch {
  readonly x: Float32Array;
  readonly y: Int32Array;
}

/** One epoch: every image once, in a random order, mirrored half of the time and shifted by at most `shift` pixels. */
export function* augmentedBatches(images: Images, batchSize: number, shift: number, random: Random): Generator<Batch> {
  const x = new Float32Array(batchSize * size);
  const y = new Int32Array(batchSize);
  const order = shuffled(images.y.length, random);
  for (let first = 0; first + batchSize <= order.length; first += batchSize) {
    for (let row = 0; row < batchSize; row++) {
      const pick = order[first + row] as number;
      augment(images.x.subarray(pick * size, (pick + 1) * size), x.subarray(row * size, (row + 1) * size), shift, random);
      y[row] = images.y[pick] as number;
    }
    yield { x, y };
  }
}

/** What a shift brings in is black, as Fashion-MNIST's margins are. */
function augment(from: Float32Array, to: Float32Array, shift: number, random: Random): void {
  const mirror = random.integer(2) === 1;
  const down = random.integer(2 * shift + 1) - shift;
  const right = random.integer(2 * shift + 1) - shift;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const r = row - down;
      const c = (mirror ? side - 1 - column : column) - right;
      const inside = r >= 0 && r < side && c >= 0 && c < side;
      to[row * side + column] = inside ? (from[r * side + c] as number) : 0;
    }
  }
}

/** 0 … count − 1 in a random order (Fisher-Yates). */
function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
