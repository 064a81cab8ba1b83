import type { Comparison } from './comparison.ts';
import type { Norm } from './norms.ts';
import type { RobustnessReport } from './report.ts';

/** A prediction, and the share that softmax gives it. */
export interface Predicted {
  readonly prediction: number;
  readonly confidence: number;
}

/** An example and what an attack made of it, to be looked at. Plain data. */
export interface GalleryItem {
  readonly id: number;
  readonly label: number;
  /** As asked for: the first that broke it. */
  readonly attack: string;
  readonly norm: Norm | 'none';
  /** null where the norm is none. */
  readonly epsilon: number | null;
  /** In the attack's norm; null where it is none. */
  readonly distance: number | null;
  readonly clean: Predicted;
  readonly adversarial: Predicted;
  /** It was robust in the baseline. */
  readonly regressed?: true;
  /** Images: PNG as base64, as large as they are or scaled down. */
  readonly image?: {
    readonly width: number;
    readonly height: number;
    readonly clean: string;
    readonly adversarial: string;
    /** Half grey where nothing was changed; changes times `magnification`. */
    readonly perturbation: string;
    readonly magnification: number;
  };
  /** Tables: the columns that were changed, by how much of their bounds, largest first. */
  readonly columns?: readonly { readonly name: string; readonly clean: number; readonly adversarial: number }[];
}

/** All that a reporter reads of one scan: plain data, as it lies in a folder. */
export interface Result {
  /** Of the scenario, where it is one of a check's. */
  readonly name?: string;
  readonly report: RobustnessReport;
  /** With the baseline, or with the model before. */
  readonly comparison?: Comparison;
  /** By a draw from the seed, regressed ones first. */
  readonly gallery?: readonly GalleryItem[];
}
