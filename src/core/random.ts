import { threefry4x32 } from './threefry.ts';

/**
 * A counter-based stream of random numbers: the same key gives the same stream on every machine, in any order.
 * Keyed by (seed, sample id, attack, restart, and the epoch in training).
 */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, below), below ≤ 2³². */
  integer(below: number): number;
  /** An independent stream. The parent's position does not matter. */
  split(key: number | string): Random;
}

/** The stream of a seed and further keys: `randomOf(seed, sample.id, 'pgd')`. */
export function randomOf(seed: number | string, ...keys: readonly (number | string)[]): Random {
  return new Stream(() => [seed, ...keys].reduce(childKey, new Uint32Array(4)));
}

const word = 2 ** 32;

class Stream implements Random {
  /** Derived when first needed: most streams of a scan are never drawn from. */
  private readonly derive: () => Uint32Array;
  private derived: Uint32Array | undefined;
  private readonly block = new Uint32Array(4);
  private position = 4;
  private counter = 0;
  private spare = NaN;

  constructor(derive: () => Uint32Array) {
    this.derive = derive;
  }

  private get key(): Uint32Array {
    return (this.derived ??= this.derive());
  }

  uniform(): number {
    return this.next() / word;
  }

  /** Box and Muller 1958: two normals from two uniforms; the second one is kept for the next call. */
  normal(): number {
    const kept = this.spare;
    if (kept === kept) {
      this.spare = NaN;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log((this.next() + 1) / word));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  integer(below: number): number {
    for (;;) {
      const value = this.next();
      const start = Math.floor(value / below) * below; // not by %, which is a slow call beyond 31 bits
      // The last numbers are fewer than `below`, and would be drawn more often than others.
      if (!(start + below > word)) return value - start;
    }
  }

  split(key: number | string): Random {
    return new Stream(() => childKey(this.key, key));
  }

  private next(): number {
    if (this.position === 4) {
      // The fourth counter word is zero here and never in childKey, so streams and keys cannot coincide.
      threefry4x32(this.key, this.counter >>> 0, Math.floor(this.counter / word), 0, 0, this.block);
      this.counter++;
      this.position = 0;
    }
    return this.block[this.position++] as number;
  }
}

/** The key of a child stream: the child's name, absorbed 64 bits at a time with its kind and length. */
function childKey(parent: Uint32Array, name: number | string): Uint32Array {
  let key = parent;
  const absorb = (low: number, high: number, length: number, kind: number) => {
    const child = new Uint32Array(4);
    threefry4x32(key, low, high, length, kind, child);
    key = child;
  };
  if (typeof name === 'number') {
    const [low, high] = new Uint32Array(Float64Array.of(name).buffer);
    absorb(low as number, high as number, 8, 1);
  } else {
    const bytes = new TextEncoder().encode(name);
    const words = new Uint32Array(2 * Math.ceil(bytes.length / 8) || 2);
    new Uint8Array(words.buffer).set(bytes);
    for (let i = 0; i < words.length; i += 2) absorb(words[i] as number, words[i + 1] as number, bytes.length, 2);
  }
  return key;
}
