import type { ConnectionOptions } from 'node:tls';
import { classifyError } from '../../errors/classify-error.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { PortLanguageError, WebServerError } from './port-language.error.js';
import { answersTlsHello, askInPlainText, refusalOverTls } from './port-language.js';
import type { AskOptions, PlainAnswer, PlainHearing } from './port-language.js';
import type { PortNotes } from './port-notes.js';

/** How long one question may take. */
const ANSWER_MS = 1_000;

/** What OpenSSL says of an answer in another language. */
const NO_TLS = /wrong version number|packet length|record layer failure|http request/i;

/** @internal */
export interface ExaminerOptions {
  /** How the client shows itself in TLS; undefined for one that speaks in plain text. */
  readonly certificate: ConnectionOptions | undefined;
  readonly notes: PortNotes;
}

/**
 * Finds out why a driver gets nowhere with a port. The drivers see silence or a closed socket where TLS meets a port
 * without it, or the other way round, or where a client certificate is refused. So the port is asked on another socket,
 * one question at a time; a port that was not found out is left in peace for a while.
 *
 * @internal
 */
export class PortExaminer {
  private asking: AbortController | undefined;

  constructor(private readonly options: ExaminerOptions) {}

  /** Ends the question that is being asked. */
  stop(): void {
    this.asking?.abort();
  }

  /** Why a TLS handshake does not get on: an error, or an answer that explains nothing. */
  async examineSilence(endpoint: HostEndpoint): Promise<Error | PlainHearing> {
    const { notes } = this.options;
    const known = notes.hearingOf(endpoint);
    if (known !== undefined) return known;
    const heard = await this.ask((options) => askInPlainText(endpoint, options));
    if (heard.answer === 'plain' || heard.answer === 'http') return withoutTls(heard.answer);
    notes.add(endpoint, heard);
    return heard;
  }

  /** What is behind a failed attempt; undefined where the failure says it, or where it was not found out. */
  async examineFailure(endpoint: HostEndpoint, failure: unknown): Promise<unknown> {
    const { notes } = this.options;
    const question = notes.isKnown(endpoint) ? undefined : this.questionFor(endpoint, failure);
    if (question === undefined) return undefined;
    const reason = await this.ask(question);
    if (reason === undefined) notes.add(endpoint);
    return reason;
  }

  private questionFor(
    endpoint: HostEndpoint,
    failure: unknown,
  ): ((options: AskOptions) => Promise<unknown>) | undefined {
    const { certificate } = this.options;
    const found = classifyError(failure);
    const isLost = found === undefined || found.kind === 'connection-lost';
    if (certificate === undefined) return isLost ? (options) => reasonInPlainText(endpoint, options) : undefined;
    if (isLost) return (options) => refusalOverTls(endpoint, certificate, options);
    return found.kind === 'tls' && NO_TLS.test(found.text) ? (options) => reasonOverTls(endpoint, options) : undefined;
  }

  private async ask<T>(question: (options: AskOptions) => Promise<T>): Promise<T> {
    this.stop();
    this.asking = new AbortController();
    return question({ timeoutMs: ANSWER_MS, signal: this.asking.signal });
  }
}

async function reasonInPlainText(endpoint: HostEndpoint, options: AskOptions): Promise<Error | undefined> {
  const { answer } = await askInPlainText(endpoint, options);
  if (answer === 'http') return new WebServerError();
  const speaksTls = answer === 'tls' || (answer === 'closed' && (await answersTlsHello(endpoint, options)));
  return speaksTls ? new PortLanguageError('The port speaks TLS, and was spoken to in plain text') : undefined;
}

async function reasonOverTls(endpoint: HostEndpoint, options: AskOptions): Promise<Error> {
  const { answer } = await askInPlainText(endpoint, options);
  return withoutTls(answer);
}

function withoutTls(answer: PlainAnswer): PortLanguageError {
  const what = answer === 'http' ? 'in HTTP: a web server listens there' : 'in plain text';
  return new PortLanguageError(`The port answers ${what}, and was spoken to in TLS`);
}
