import { byId, element, setText } from './dom.js';

const LEAST_MAX = 1_000;
const ROUND = 500;

/** Draws what the window weighs against the budget, on the scale of the slider above it. */
export function showBudget({ rows, tokens, unboundedTokens }, budget) {
  const max = Math.max(LEAST_MAX, budget, Math.ceil(unboundedTokens / ROUND) * ROUND);
  const slider = byId('budget');
  slider.max = String(max);
  slider.setAttribute('aria-valuetext', `${numberText(budget)} tokens`);
  setText('budget-value', numberText(budget));

  const inside = rows.filter(({ place }) => place === 'window');
  const outside = rows.filter(({ place }) => place === 'budget');
  const bar = byId('budget-bar');
  bar.replaceChildren(
    ...inside.map((row) => segment(row.role, row.tokens / max)),
    ...outside.map((row) => segment('out', row.tokens / max)),
    marker(budget / max),
  );
  const text = `${numberText(tokens)} of ${numberText(budget)} tokens`;
  bar.setAttribute('aria-label', text);
  setText('budget-report', `${text} · ${countText(inside.length)}${leftOutText(outside.length)}`);
}

function segment(className, share) {
  const made = element('i', { class: className });
  made.style.width = `${100 * share}%`;
  return made;
}

function marker(share) {
  const made = element('b');
  made.style.insetInlineStart = `${100 * share}%`;
  return made;
}

function countText(count) {
  return count === 1 ? '1 message in the window' : `${count} messages in the window`;
}

function leftOutText(count) {
  return count === 0 ? '' : `, ${count} over the budget`;
}

function numberText(count) {
  return count.toLocaleString('en');
}
