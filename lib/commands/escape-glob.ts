/** Makes text match itself in a Redis glob pattern. Source: the pattern rules of KEYS and SCAN. @internal */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^-]/g, '\\$&');
}
