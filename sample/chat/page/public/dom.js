/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element. Children are elements or text; text stays text, whatever it looks like. */
export function element(tag, { class: className, dir, onclick } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (dir) made.dir = dir;
  if (onclick) made.addEventListener('click', onclick);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Sets a text only where it changes, so that a live region speaks only then. */
export function setText(id, text) {
  const target = byId(id);
  if (target.textContent !== text) target.textContent = text;
}

/** A message's text: paragraphs as they are, and what stands between fences as code. */
export function textElements(text) {
  const parts = text.split(/^```[^\n]*\n([\s\S]*?)^```[ \t]*$/m);
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [element('pre', { dir: 'ltr' }, element('code', {}, part.replace(/\n$/, '')))];
    const words = part.replace(/^\n+|\n+$/g, '');
    return words === '' ? [] : [element('p', { dir: 'auto' }, words)];
  });
}
