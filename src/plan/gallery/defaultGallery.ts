/** How many examples the gallery shows where it is not said. Pictures are for the HTML report. */
export function defaultGallery(formats: readonly string[]): number {
  return formats.includes('html') ? 24 : 0;
}
