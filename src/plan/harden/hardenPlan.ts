import { unknownName, UserError } from '../../core/errors.ts';
import type { Norm } from '../../core/norms.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';
import type { Settings, Task } from '../../train/task.ts';
import { planOf, type Plan, type ScanRequest } from '../plan.ts';
import { planAttacks } from '../attacks/plannedAttacks.ts';
import { trainingSettings, type TrainingRequest } from './trainingSettings.ts';

/** A model, the data to train it on, and how. Model, data and threat as for a scan. */
export interface HardenRequest extends TrainingRequest, Pick<ScanRequest, ScanField> {
  /** Examples to validate on. Default: a twentieth of the training examples, at most 1,000, drawn by the seed and not trained on. */
  readonly validation?: ScanRequest['data'];
  /** What validates each epoch. Default: pgd(steps=20). */
  readonly validationAttack?: string;
  /** Begins with weights drawn from the seed, not with the model's own. Default: false. */
  readonly fromScratch?: boolean;
}

/** A request whose every part that needs neither model nor data has been checked. */
export interface HardenPlan {
  /** Of model, data and threat; its attack is the one that validates. */
  readonly subject: Plan;
  /** The validation data, where it is not held out. */
  readonly validation: Plan | undefined;
  readonly settings: Settings;
  readonly inner: Task['inner'];
  readonly watch: PlannedAttack;
  readonly fromScratch: boolean;
}

const bundledTraining = 'fashion-mnist:train';

export function hardenPlanOf(request: HardenRequest): HardenPlan {
  const { validation, validationAttack: attacks = 'pgd(steps=20)', fromScratch = false, ...rest } = request;
  const unknown = Object.keys(request).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw unknownName('field of a hardening', unknown, Object.keys(fields));
  const scanned = scanPartOf(rest);
  const { limit: _, ...whole } = scanned;
  const subject = planOf({ data: bundledTraining, ...scanned, attacks });
  checkSingle(subject);
  const settings = trainingSettings(rest);
  return {
    ...{ subject, settings, fromScratch },
    validation: validation === undefined ? undefined : planOf({ ...whole, data: validation }),
    ...{ inner: innerOf(settings, subject.norm), watch: watchIn(subject.norm) },
  };
}

/** An example is trained on and counted once an epoch. */
function checkSingle({ epsilons, attacks }: Plan): void {
  if (epsilons && epsilons.length > 1) throw new UserError(`epsilon: expected one to train at, found ${epsilons.join(', ')}`);
  if (attacks.length > 1) throw new UserError(`validationAttack: expected one attack, found ${attacks.map(({ label }) => label).join(', ')}`);
}

const scanFields = [
  ...['model', 'output', 'inputShape', 'range', 'mean', 'std', 'data', 'limit', 'classes', 'label', 'bounds', 'immutable', 'integer', 'skipUnreadable'],
  ...['norm', 'epsilon', 'seed'],
] as const satisfies readonly (keyof ScanRequest)[];
type ScanField = (typeof scanFields)[number];

const fields: Readonly<Record<Exclude<keyof HardenRequest, ScanField>, true>> & object = {
  ...Object.fromEntries(scanFields.map((field) => [field, true])),
  ...{ validation: true, validationAttack: true, fromScratch: true, method: true, epochs: true, batchSize: true, optimizer: true, schedule: true },
  ...{ learningRate: true, warmUp: true, weightDecay: true, clipNorm: true, ema: true, awp: true, labelSmoothing: true, augment: true, patience: true },
};

/** What a scan is asked in the same words. */
export function scanPartOf(request: HardenRequest): Pick<ScanRequest, ScanField> {
  return Object.fromEntries(scanFields.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])));
}

export function innerOf({ method: { plugin, options } }: Settings, norm: Norm): Task['inner'] {
  const source = plugin.adversary(options);
  if ('replays' in source) return source;
  const { away, ...spec } = source;
  const [attack] = planAttacks([spec], norm);
  return { attack: attack as PlannedAttack, away };
}

function watchIn(norm: Norm): PlannedAttack {
  const [attack] = planAttacks([{ name: 'pgd', options: { steps: 10, stepSize: 0.25, stopWhenFooled: false } }], norm);
  return attack as PlannedAttack;
}
