/** The port speaks another language than the one it was spoken to in. Mapped to kind `tls`. @internal */
export class PortLanguageError extends Error {
  readonly code = 'ERR_TLS_PORT_LANGUAGE';

  constructor(what: string) {
    super(what);
    this.name = 'PortLanguageError';
  }
}

/** A web server where Redis was expected. Mapped to kind `connection-lost`. @internal */
export class WebServerError extends Error {
  readonly code = 'ECONNABORTED';

  constructor() {
    super('The port answers in HTTP: a web server listens there, not Redis; check host and port');
    this.name = 'WebServerError';
  }
}
