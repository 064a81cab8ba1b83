import { styleText } from 'node:util';

export type Colour = Parameters<typeof styleText>[0];
/** Puts a colour around a part of a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

export const paintColours: Paint = (colour, text) => styleText(colour, text, { validateStream: false });
export const paintNothing: Paint = (_, text) => text;
