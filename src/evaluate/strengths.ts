import type { Attack, Knowledge } from '../core/attack.ts';
import type { SampleRecord } from '../core/record.ts';
import { Growing } from './growing.ts';

/** What finds an adversarial example: the gradient, questions about scores or labels, or chance. */
const marks = { gradient: 1, free: 2, noise: 4 } as const;

/** Which samples fell to attacks that follow the gradient, and which to others: masked gradients show in the difference. */
export class Strengths {
  private readonly knowledgeOf: (member: string) => Knowledge | undefined;
  private readonly fallenTo = new Growing((length) => new Uint8Array(length));
  private readonly ids = new Growing((length) => new Float64Array(length));

  constructor(knowledgeOf: (member: string) => Knowledge | undefined = () => undefined) {
    this.knowledgeOf = knowledgeOf;
  }

  /** Takes the record of one sample at `place`. */
  add(place: number, { id, outcome, by }: SampleRecord, { name, knowledge }: Pick<Attack, 'name' | 'knowledge'>): void {
    if (outcome !== 'broken') return;
    const known = (by === undefined ? undefined : this.knowledgeOf(by)) ?? knowledge;
    const mark = isNoise(name) ? marks.noise : known === 'gradient' ? marks.gradient : marks.free;
    this.fallenTo.set(place, this.fallenTo.at(place) | mark);
    this.ids.set(place, id);
  }

  /** Samples that fell to a gradient-free attack, and to none that follows the gradient; ascending. */
  get onlyToFree(): number[] {
    return this.idsWhere((fallen) => (fallen & (marks.free | marks.gradient)) === marks.free);
  }

  /** Samples that fell to an attack that follows the gradient, and to no gradient-free one. */
  get onlyToGradient(): number {
    return this.idsWhere((fallen) => (fallen & (marks.free | marks.gradient)) === marks.gradient).length;
  }

  /** Samples that fell to noise, and to no attack that follows the gradient; ascending. */
  get onlyToNoise(): number[] {
    return this.idsWhere((fallen) => (fallen & (marks.noise | marks.gradient)) === marks.noise);
  }

  private idsWhere(holds: (fallen: number) => boolean): number[] {
    const ids: number[] = [];
    for (let place = 0; place < this.fallenTo.length; place++) if (holds(this.fallenTo.at(place))) ids.push(this.ids.at(place));
    return ids.sort((a, b) => a - b);
  }
}

/** A control that draws points and knows nothing. */
export function isNoise(name: string): boolean {
  return name.endsWith('-noise');
}
