import type { AttackSpec } from '../../core/attack.ts';

/** Attacks that follow cross-entropy, unless an option of theirs names another loss. */
const byCrossEntropy = new Set(['fgsm', 'bim', 'pgd', 'mi-fgsm', 'ni-fgsm', 'fgsm-rs', 'apgd-ce', 'apgd-l1', 'ddn']);

/** It climbs cross-entropy, which float32 has no gradient of where a model is certain. */
export function followsCrossEntropy({ name, options: { loss = 'crossEntropy' } }: Pick<AttackSpec, 'name' | 'options'>): boolean {
  return byCrossEntropy.has(name) && loss === 'crossEntropy';
}

/** It averages what it asks for over several draws of a model that draws random numbers. */
export function averages({ options: { draws, version } }: Pick<AttackSpec, 'options'>): boolean {
  return Number(draws ?? 1) > 1 || version === 'rand';
}
