import type { RobustnessReport } from '../core/report.ts';

export const formats = ['text', 'json'] as const;
export type Format = (typeof formats)[number];

/** Turns a report into the text of one file. Pure: no clock, no I/O. */
export interface Reporter {
  /** The file's name inside the output folder. */
  readonly file: string;
  /** `colour` asks for ANSI codes, for a terminal. */
  readonly render: (report: RobustnessReport, style?: { readonly colour?: boolean }) => string;
}
