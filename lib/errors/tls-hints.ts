const UNTRUSTED = /self[- ]signed certificate|unable to (?:verify|get)/i;
const CLIENT_CERTIFICATE = 'tls.certFile and tls.keyFile (REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE)';

/**
 * What Node, OpenSSL and we say of a TLS failure, and what mends it. An alert is what the server says of the client.
 *
 * @internal
 */
export const TLS_HINTS: readonly (readonly [text: RegExp, hint: string])[] = [
  [/^The port speaks TLS/, 'Turn TLS on: rediss:// in the address, or tls beside host.'],
  [/^The port answers in HTTP/, 'Check host and port.'],
  [/^The port answers in plain text/, 'Turn TLS off (redis://), or use the port of the server that speaks TLS.'],
  [
    /alert unknown ca/i,
    `The server does not know the authority of the client certificate: check ${CLIENT_CERTIFICATE}.`,
  ],
  [
    /alert certificate (?:expired|revoked)/i,
    `The client certificate is not valid any more: renew ${CLIENT_CERTIFICATE}.`,
  ],
  [
    /alert (?:certificate required|handshake failure|bad certificate)/i,
    `The server asks for a client certificate: give ${CLIENT_CERTIFICATE}.`,
  ],
  [
    /certificate has expired|not yet valid/i,
    'Renew the certificate of the server, or check the clock of this machine.',
  ],
  [
    /does not match certificate's altnames/i,
    'The certificate is of another name: check the host, or give the name as tls.servername (REDIS_TLS_SERVERNAME).',
  ],
  [UNTRUSTED, 'The authority of the certificate is not trusted here: give it as tls.caFile (REDIS_TLS_CA_FILE).'],
];

/** The same, where an authority was given: to ask for one would send its owner after a file that was found. @internal */
export const OWN_AUTHORITY_HINTS: typeof TLS_HINTS = [
  [
    UNTRUSTED,
    "The authority that was given (tls.caFile, REDIS_TLS_CA_FILE) was read, and is not that of the server's certificate: give the server's.",
  ],
  ...TLS_HINTS,
];
