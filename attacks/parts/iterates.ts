import type { Answer } from '../../src/core/attack.ts';
import type { Loss } from '../../src/core/losses.ts';

/** What one ascent is told: the loss it climbs, and how long. */
export interface AscentSettings {
  readonly loss: Loss;
  readonly steps: number;
  readonly stopWhenFooled: boolean;
}

/** Where an ascent ended: at the last iterate that fooled, if one did, else at the highest. */
export interface Reached {
  readonly adv: Float32Array;
  readonly fooled: boolean;
  /** The highest loss seen. */
  readonly loss: number;
}

/** The iterates an ascent keeps: the highest, with its gradient, to start again from; the last that fooled. */
export class Iterates {
  readonly highest: Float32Array;
  readonly gradient: Float32Array;
  loss = -Infinity;
  private fooling: Float32Array | undefined;

  constructor(size: number) {
    this.highest = new Float32Array(size);
    this.gradient = new Float32Array(size);
  }

  note(point: Float32Array, { loss, gradient }: Answer, fooled: boolean): void {
    if (fooled) (this.fooling ??= new Float32Array(point.length)).set(point);
    if (!(loss > this.loss)) return;
    this.loss = loss;
    this.highest.set(point);
    this.gradient.set(gradient);
  }

  get reached(): Reached {
    return { adv: this.fooling ?? this.highest, fooled: this.fooling !== undefined, loss: this.loss };
  }
}
