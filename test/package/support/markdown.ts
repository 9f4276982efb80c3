import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository.js';

export interface FencedBlock {
  /** The word after the fence, such as `ts`; empty without one. */
  readonly language: string;
  readonly code: string;
  /** What the HTML comment right before it says. */
  readonly note?: string;
}

export interface MarkdownTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A page of the repository, taken apart: the little Markdown that these pages use. */
export interface MarkdownPage {
  readonly name: string;
  readonly text: string;
  /** Everything outside the fenced blocks. */
  readonly prose: string;
  readonly blocks: readonly FencedBlock[];
  readonly tables: readonly MarkdownTable[];
}

/** Reads a page by its path from the repository's folder. */
export function readPage(name: string): MarkdownPage {
  const text = readFileSync(join(ROOT, name), 'utf8');
  const fence = /^(?:<!--(?<note>.*?)-->\n+)?```(?<language>\w*)\n(?<code>[^]*?)^```$/gm;
  const blocks = [...text.matchAll(fence)].map(({ groups = {} }) => ({
    language: groups['language'] ?? '',
    code: groups['code'] ?? '',
    ...(groups['note'] !== undefined && { note: groups['note'].trim() }),
  }));
  const prose = text.replace(fence, '');
  const tables = [...prose.matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([lines]) => toTable(lines));
  return { name, text, prose, blocks, tables };
}

/** The one table whose first column has this heading. */
export function tableOf({ name, tables }: MarkdownPage, heading: string): MarkdownTable {
  const [table, ...others] = tables.filter(({ header }) => header[0] === heading);
  if (!table || others.length > 0)
    throw new Error(`${name} must have one table that begins with the column ${heading}`);
  return table;
}

/** What stands between backticks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Where the links of a page lead, as written. */
export function linkTargets({ prose }: MarkdownPage): string[] {
  const withoutCode = prose.replace(/`[^`]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm)].map(
    ([, inline, reference]) => inline ?? reference ?? '',
  );
}

/** The anchors of its headings, as GitHub makes them. */
export function anchorsOf({ prose }: MarkdownPage): string[] {
  const seen = new Map<string, number>();
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function toTable(lines: string): MarkdownTable {
  const [header = [], , ...rows] = lines.trim().split('\n').map(toCells);
  return { header, rows };
}

function toCells(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
