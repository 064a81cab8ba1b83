import type { AttackSpec } from '../../core/attack.ts';
import type { Thresholds } from '../../evaluate/gates/thresholds.ts';
import type { ScanRequest } from '../plan.ts';

/** Fields that mean in a config file what they mean to `scan`. */
type Scanned = Pick<
  ScanRequest,
  | 'output' | 'inputShape' | 'range' | 'mean' | 'std' | 'classes' | 'labels' | 'skipUnreadable' | 'label' | 'bounds' | 'immutable' | 'integer' | 'groups'
  | 'limit' | 'offset' | 'shuffle' | 'curve' | 'seed' | 'confidence' | 'sequential' | 'checks' | 'straightThrough' | 'engine' | 'workers' | 'batchSize' | 'timeLimit'
>;

/** One scan of a check, and what is asked of it. Paths are relative to the config file. */
export interface Scenario extends Scanned {
  /** What reports and the baseline call it. Default: `default`; of several, norm and epsilon. */
  readonly name?: string;
  /** A folder or a file. Default: the bundled model. */
  readonly model?: string;
  /** `READER:PATH`, or PATH where it tells its reader. Default: the bundled examples. */
  readonly data?: string;
  /** How far an example may be changed, and to what end. */
  readonly threat?: Pick<ScanRequest, 'norm' | 'epsilon' | 'target'>;
  /** 'fgsm,pgd(steps=40)', a list of such texts, or what the attack builders give. Default: fgsm and pgd. */
  readonly attacks?: string | readonly (string | AttackSpec)[];
  /** What the figures must hold: shares from 0 to 1. */
  readonly thresholds?: Thresholds;
  /** The file of `--update-baseline`: the same scenario as it was, to compare with, sample by sample. */
  readonly baseline?: string;
  /** The share of the worst case that may be lost since the baseline: 0.02. */
  readonly maxRegression?: number;
}

/** What a config file holds: one scenario, or what its scenarios have in common. */
export interface Config extends Scenario {
  /** For editors. */
  readonly $schema?: string;
  /** A folder for reports; with several scenarios each has its own in it. */
  readonly out?: string;
  /** Each has the fields above where it does not state its own; a field that it states is its own as a whole. */
  readonly scenarios?: readonly Scenario[];
}

/** For a config file in TypeScript or JavaScript: an editor then knows its fields. */
export function defineConfig(config: Config): Config {
  return config;
}
