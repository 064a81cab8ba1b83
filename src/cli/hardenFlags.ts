import type { InferredOptionTypes, Options } from 'yargs';
import { scanFlags } from './scanFlags.ts';
import { number } from './values.ts';

const { output, range, mean, std, limit, classes, label, bounds, immutable, integer, norm, seed } = scanFlags;

/** The flags of `harden`: those about model, data and threat are a scan's. */
export const hardenFlags = {
  data: { type: 'string', group: 'Subject:', describe: 'training examples: READER:PATH, or PATH where it tells its reader (default: bundled)' },
  validate: { type: 'string', group: 'Subject:', describe: 'examples attacked after each epoch (default: a twentieth of the training examples, held out)' },
  test: { type: 'string', group: 'Subject:', describe: 'examples to compare on, before against after (default: bundled, with the bundled training data)' },
  'test-limit': { type: 'string', group: 'Subject:', describe: 'how many of them (default: 500)', coerce: number('test-limit') },
  ...{ output, 'input-shape': scanFlags['input-shape'], range, mean, std, limit, classes, label, bounds, immutable, integer },
  'skip-unreadable': scanFlags['skip-unreadable'],
  method: { type: 'string', group: 'Training:', describe: 'pgd, fast, free, trades or mart, with options in brackets: trades(beta=3,steps=7) (default: pgd)' },
  epochs: { type: 'string', group: 'Training:', describe: 'passes over the training examples (default: 20)', coerce: number('epochs') },
  'batch-size': { type: 'string', group: 'Training:', describe: 'examples of a step (default: 128)', coerce: number('batch-size') },
  'from-scratch': { type: 'boolean', group: 'Training:', describe: "begin with weights drawn from the seed, not with the model's own" },
  optimizer: { type: 'string', group: 'Training:', describe: 'sgd, adam or adamw, with options in brackets (default: adam)' },
  lr: { type: 'string', group: 'Training:', describe: "peak of the learning rate (default: the optimiser's)", coerce: number('lr') },
  schedule: { type: 'string', group: 'Training:', describe: 'cyclic, cosine, step or constant (default: cyclic)' },
  'warm-up': { type: 'string', group: 'Training:', describe: 'share of the run over which the learning rate rises (default: 0)', coerce: number('warm-up') },
  'weight-decay': { type: 'string', group: 'Training:', describe: "how much each step shrinks the weights (default: the optimiser's)", coerce: number('weight-decay') },
  'clip-norm': { type: 'string', group: 'Training:', describe: "most L2 norm of a step's gradients", coerce: number('clip-norm') },
  ema: { type: 'boolean', group: 'Training:', describe: 'validate and save running means of the weights' },
  awp: { type: 'boolean', group: 'Training:', describe: 'gradients at adversarially perturbed weights' },
  'label-smoothing': { type: 'string', group: 'Training:', describe: "share of the label's weight for all classes (default: 0)", coerce: number('label-smoothing') },
  augment: { type: 'string', group: 'Training:', describe: 'flip, crop, noise, with options in brackets: flip,crop(pad=2)' },
  patience: { type: 'string', group: 'Training:', describe: 'epochs without better robust validation accuracy before it ends (default: 10)', coerce: number('patience') },
  norm,
  epsilon: { ...scanFlags.epsilon, describe: 'largest change, in the units of the examples: 0.1, 8/255 (default in linf: 8/255 for images; bundled: 0.1)' },
  attack: { type: 'string', group: 'Threat:', describe: 'attacks of the comparison (default: autoattack)' },
  curve: { type: 'boolean', group: 'Threat:', describe: 'compare at smaller epsilons too: how accuracy falls on the way' },
  seed,
  out: { type: 'string', group: 'Result:', describe: 'folder for the checkpoint, the model, and the comparison (default: hardened)' },
  'checkpoint-every': { type: 'string', group: 'Run:', describe: 'batches between checkpoints (default: one after each epoch)', coerce: number('checkpoint-every') },
  resume: { type: 'boolean', group: 'Run:', describe: 'go on with the run in --out' },
  quiet: { type: 'boolean', group: 'Result:', describe: 'no progress and no notes' },
} as const satisfies Record<string, Options>;

export type HardenArguments = InferredOptionTypes<typeof hardenFlags> & { readonly model: string | undefined };

export const hardenExamples: [command: string, purpose: string][] = [
  ['$0 harden', 'the bundled model on the bundled examples'],
  ['$0 harden my-model/ --data train/ --test test/ --epsilon 8/255 --augment flip,crop --out hardened', 'your own'],
  ['$0 harden --method "trades(beta=3)" --ema --out trades', 'another method'],
  ['$0 harden --from-scratch --epochs 30 --curve --out from-scratch', 'the architecture alone, and curves of accuracy against epsilon'],
  ['$0 harden --resume', 'go on with a run that was stopped'],
];
