/**
 * Control characters (C0, DEL, C1), line separators and marks that reorder text; and how a line begins that GitHub's runner
 * takes for a command, `::` at its beginning or `##[` anywhere.
 */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=^\s*):(?=:)|(?<=#)#(?=\[)/g; // eslint-disable-line no-control-regex

/** Names come from files: what could steer a terminal or a pipeline is shown as an escape instead. */
export function printable(text: string): string {
  return text.replace(unprintable, escapeOf);
}

/** '\u001b' */
export function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
