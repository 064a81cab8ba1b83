import type { Result } from '../../core/result.ts';
import { attacks } from './attacks.ts';
import { checks } from './checks.ts';
import { classes } from './classes.ts';
import { comparison } from './comparison.ts';
import { configuration } from './configuration.ts';
import { curve } from './curve.ts';
import { gallery } from './gallery.ts';
import { gates } from './gates.ts';
import { predictions } from './predictions.ts';
import type { Section } from './section.ts';

type Make = (result: Result) => Section | undefined | Promise<Section | undefined>;

/** In the order in which they are read: what was decided, whether to believe it, the figures, examples, the circumstances. */
const parts: readonly Make[] = [gates, checks, comparison, curve, attacks, classes, predictions, gallery, configuration];

/** The parts that there is something to say in. */
export async function sectionsOf(result: Result): Promise<Section[]> {
  const made = await Promise.all(parts.map(async (part) => part(result)));
  return made.filter((section) => section !== undefined);
}
