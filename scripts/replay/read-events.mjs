/** The events of a server-sent event stream: type, and data read as JSON. */
export async function* readEvents(body) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const type = field(block, 'event');
      if (type !== undefined) yield { type, data: JSON.parse(field(block, 'data') ?? 'null') };
    }
  }
}

function field(block, name) {
  const lines = block.split('\n').filter((line) => line.startsWith(`${name}: `));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(name.length + 2)).join('\n');
}
