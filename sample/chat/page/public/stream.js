const RETRY_MS = 1_000;

/**
 * Follows an event stream until closed. `onOpen` is called at each beginning: what was missed until then is to be read
 * by other means. The browser gives up where the server answers with an error; this one tries again.
 */
export function follow(path, handlers, { onOpen = () => undefined, onLost = () => undefined } = {}) {
  let source;
  let timer;
  const open = () => {
    source = new EventSource(path);
    source.addEventListener('open', onOpen);
    source.addEventListener('error', () => {
      onLost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    });
    for (const [type, handle] of Object.entries(handlers)) {
      source.addEventListener(type, ({ data }) => handle(JSON.parse(data)));
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
