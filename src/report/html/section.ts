import type { Html } from './html.ts';

/** A part of the report, below its heading. */
export interface Section {
  /** In the address of the page, once per result. */
  readonly id: string;
  readonly title: string;
  /** One line below the heading: how to read it. */
  readonly lead?: Html | string;
  readonly body: Html;
}
