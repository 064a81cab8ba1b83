import type { Result } from '../core/result.ts';

export const formats = ['text', 'json', 'html', 'md', 'junit', 'sarif'] as const;
export type Format = (typeof formats)[number];

/** What is written where no formats are named. */
export const defaultFormats: readonly Format[] = ['text', 'json', 'html'];

export interface Style {
  /** ANSI codes, for a terminal. */
  readonly colour?: boolean;
}

/** Turns results, one or a check's several, into the text of one file. Pure: no clock, no I/O. */
export interface Reporter {
  /** The file's name inside the output folder. */
  readonly file: string;
  readonly render: (results: readonly Result[], style?: Style) => string | Promise<string>;
}
