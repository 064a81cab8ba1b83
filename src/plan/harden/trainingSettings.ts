import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { notNegative, parseOptions, positiveOr, wholeNumber } from '../../core/options.ts';
import { chooseAugmentations } from '../../train/augment.ts';
import { choose, type Choice, type Chosen } from '../../train/choose.ts';
import { methods } from '../../train/methods/index.ts';
import type { Optimizer } from '../../train/optimizers/optimizer.ts';
import { optimizers } from '../../train/optimizers/index.ts';
import { schedules } from '../../train/schedules/index.ts';
import type { Settings } from '../../train/task.ts';
import { parseAttacks } from '../attacks/attackExpression.ts';

/** A plugin as people write it, `pgd(steps=7)`, or as a program gives it. */
export type Asked = string | Choice;

/** How to train, as a command line or a program asks for it. Everything has a default. */
export interface TrainingRequest {
  /** pgd, fast, free, trades or mart, with its options. Default: pgd. */
  readonly method?: Asked;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** sgd, adam or adamw, with its options. Default: adam. */
  readonly optimizer?: Asked;
  /** cyclic, cosine, step or constant. Default: cyclic. */
  readonly schedule?: Asked;
  /** Peak of the learning rate. Default: the optimiser's. */
  readonly learningRate?: number;
  /** Share of the run over which the learning rate rises from 0, beside what the schedule does. */
  readonly warmUp?: number;
  /** Default: the optimiser's. */
  readonly weightDecay?: number;
  /** Most L2 norm of a step's gradients. Default: none. */
  readonly clipNorm?: number;
  /** Running means of the weights, which keep this share at each step; true: 0.999. Default: none. */
  readonly ema?: number | boolean;
  /** Adversarial weight perturbation of so much of the weights' length; true: 0.01, with trades 0.005. Default: none. */
  readonly awp?: number | boolean;
  readonly labelSmoothing?: number;
  /** `flip,crop(pad=2)`. Default: none. */
  readonly augment?: string | readonly Choice[];
  /** Epochs without a better robust validation accuracy after which training ends. Default: 10. */
  readonly patience?: number;
}

const numbers = v.object({
  epochs: wholeNumber({ default: 20, description: 'passes over the training examples' }),
  batchSize: wholeNumber({ default: 128, description: 'examples of a step' }),
  learningRate: positiveOr({ default: "the optimiser's", description: 'peak of the learning rate' }),
  warmUp: notNegative({ default: 0, below: 1, description: 'share of the run over which the learning rate rises' }),
  clipNorm: positiveOr({ default: 'none', description: "most L2 norm of a step's gradients" }),
  labelSmoothing: notNegative({ default: 0, below: 1, description: "share of the label's weight that is spread over all classes" }),
  patience: wholeNumber({ default: 10, description: 'epochs without a better robust validation accuracy after which training ends' }),
});

/** Looks up every name, checks every number, and fills in what was left out. */
export function trainingSettings(request: TrainingRequest): Settings {
  const { epochs, batchSize, learningRate, warmUp, clipNorm, labelSmoothing, patience } = parseOptions('training', numbers, plain(request));
  const method = choose('method', methods, choiceOf('method', request.method ?? 'pgd'));
  const optimizer = optimizerOf(request);
  const [ema, awp] = [shareOf('ema', request.ema, 0.999), shareOf('awp', request.awp, method.plugin.name === 'trades' ? 0.005 : 0.01)];
  const augment = typeof request.augment === 'string' ? parseAttacks(request.augment, 'augment') : (request.augment ?? []);
  method.plugin.objective(method.options, { labelSmoothing }); // refuses what it cannot do
  return {
    ...{ method, epochs, batchSize, optimizer, warmUp, labelSmoothing, patience },
    schedule: choose('schedule', schedules, choiceOf('schedule', request.schedule ?? 'cyclic')),
    learningRate: learningRate ?? optimizer.plugin.learningRate,
    augmentations: chooseAugmentations(augment),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(ema !== undefined && { ema }),
    ...(awp !== undefined && { awp }),
  };
}

function plain(request: TrainingRequest): Record<string, unknown> {
  return Object.fromEntries(Object.keys(numbers.entries).flatMap((name) => {
    const value = request[name as keyof TrainingRequest];
    return value === undefined ? [] : [[name, value]];
  }));
}

function optimizerOf({ optimizer = 'adam', weightDecay }: TrainingRequest): Chosen<Optimizer> {
  const { name, options } = choiceOf('optimizer', optimizer);
  if (weightDecay !== undefined && options?.['weightDecay'] !== undefined)
    throw new UserError(`weightDecay: expected once, found ${weightDecay} and another in ${name}'s options`);
  return choose('optimizer', optimizers, { name, options: { ...options, ...(weightDecay !== undefined && { weightDecay }) } });
}

function choiceOf(what: string, asked: Asked): Choice {
  if (typeof asked !== 'string') return asked;
  const [choice, ...others] = parseAttacks(asked, what);
  if (!choice || others.length > 0) throw new UserError(`${what} '${asked}': expected one name, found ${1 + others.length}`);
  return choice;
}

function shareOf(what: string, asked: number | boolean | undefined, usual: number): number | undefined {
  if (asked === undefined || asked === false) return undefined;
  const share = asked === true ? usual : asked;
  if (share > 0 && share < 1) return share;
  throw new UserError(`${what}: expected a number between 0 and 1, found ${share}`);
}
