const SEGMENTER = new Intl.Segmenter();

/** The beginning of a text on one line, cut between characters as a person counts them, so that no emoji is broken. */
export function excerptOf(text: string, length: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= length) return line;
  let cut = '';
  let count = 0;
  for (const { segment } of SEGMENTER.segment(line)) {
    if (count === length) return `${cut}…`;
    cut += segment;
    count += 1;
  }
  return line;
}
