import type { Knowledge } from '../../core/attack.ts';
import type { AttackRow, Check, CurvePoint, Gate, RobustnessReport } from '../../core/report.ts';
import type { SecondLook } from '../again/secondLook.ts';
import type { Threat } from '../aggregator.ts';
import type { Anomalies } from '../anomalies.ts';
import type { FirstLook } from '../firstLook.ts';
import type { Strengths } from '../strengths.ts';

/** A row of the report, with what is known of the attack behind it. */
export interface AttackEvidence extends AttackRow {
  readonly knowledge: Knowledge;
  /** It asks for one gradient of an example at most. */
  readonly singleStep: boolean;
  /** It follows cross-entropy, which vanishes where a model is certain. */
  readonly crossEntropy?: boolean;
  /** It averages gradients over several draws of a model that draws random numbers. */
  readonly averages?: boolean;
  /** Ensembles: a member that does without gradients. */
  readonly gradientFree?: string;
}

/** What the checks look at: but for the second look, all of it is there anyway when a scan ends. */
export interface Evidence {
  readonly anomalies: Anomalies;
  readonly strengths: Strengths;
  /** Those in the ball at the largest epsilon, in the order asked. */
  readonly attacks: readonly AttackEvidence[];
  readonly curve: readonly CurvePoint[] | undefined;
  /** Examples. */
  readonly total: number;
  /** What the adversarial examples were run on again; undefined where the attacks ran on the original model itself. */
  readonly original: string | undefined;
  /** What the attacks aimed at; undefined: at any wrong class. */
  readonly target: RobustnessReport['threat']['target'];
  readonly rows: RobustnessReport['engine']['rows'];
  /** Where the gradient is not the model's own; undefined where it is. */
  readonly gradient?: RobustnessReport['engine']['gradient'];
  readonly first: FirstLook;
  /** Asked again, the model answers by other random numbers. */
  readonly random: boolean;
  /** --checks full. */
  readonly again: SecondLook | undefined;
  readonly bounds: RobustnessReport['threat']['bounds'];
  readonly threat: Threat;
  /** What was asked of the figures. */
  readonly gates: readonly Gate[];
}

export type Finding = Pick<Check, 'status' | 'value' | 'advice'>;

/** Something that must hold for the figure to be believed. undefined: nothing to check. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly check: (evidence: Evidence) => Finding | undefined;
}

export const pass = (value: Check['value'], advice: string): Finding => ({ status: 'pass', value, advice });
export const warn = (value: Check['value'], advice: string): Finding => ({ status: 'warn', value, advice });
export const fail = (value: Check['value'], advice: string): Finding => ({ status: 'fail', value, advice });
/** It takes more than there is: the advice says what. */
export const notRun = (advice: string): Finding => ({ status: 'not-run', value: null, advice });
