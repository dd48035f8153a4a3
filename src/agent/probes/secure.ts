/**
 * TLS over a connection: handshake, then the certificate held against authorities, time and host
 * name. The handshake itself never refuses, so that the days left are known of a bad one too; who
 * wants to send something over it asks `verifyPeer` first.
 */
import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';
import { connectionFailure } from './connect.ts';
import { type Look, within } from './look.ts';
import { ProbeFailure, type Reason } from './reasons.ts';

export interface SecureOptions {
  /** The name to ask for and to find in the certificate. */
  readonly serverName: string;
  readonly caFile: string;
}

/** Subjects may be as long as their owner likes; labels may not. */
const LABEL_CHARACTERS = 120;

export function handshake(
  socket: Socket,
  { serverName, caFile }: SecureOptions,
  look: Look,
): Promise<TLSSocket> {
  const { trace, signal, trust } = look;
  return trace.phase('tls', async () => {
    const secure = connect({
      socket,
      // An address is not a name that may be asked for (RFC 6066).
      servername: isIP(serverName) === 0 ? serverName : '',
      secureContext: trust.context(caFile),
      rejectUnauthorized: false,
      // Judged below, so that an unknown authority does not hide a wrong name.
      checkServerIdentity: () => undefined,
    });
    const done = new Promise<TLSSocket>((resolve, reject) => {
      secure.once('secureConnect', () => resolve(secure));
      secure.once('error', (error) => reject(handshakeFailure(error)));
      secure.once('close', () => reject(new ProbeFailure('closed', 'closed during the handshake')));
    });
    secure.on('error', () => {});
    await within(signal, done);
    noteCertificate(secure, look);
    return secure;
  });
}

function handshakeFailure(error: Error): ProbeFailure {
  const failure = connectionFailure(error, 'handshake');
  if (failure.reason !== 'connection_failed') return failure;
  return new ProbeFailure('tls_failed', failure.message);
}

function noteCertificate(secure: TLSSocket, { trace }: Look): void {
  const chain = chainOf(secure);
  const ends = chain.map((each) => Date.parse(each.valid_to) / 1_000);
  const [leaf] = chain;
  if (leaf === undefined) throw new ProbeFailure('tls_failed', 'the server shows no certificate');
  trace.figure('probe_ssl_earliest_cert_expiry', Math.min(...ends));
  trace.figure('probe_tls_version_info', 1, 'version', secure.getProtocol() ?? '');
  trace.figure('probe_tls_cipher_info', 1, 'cipher', secure.getCipher().name);
  trace.figure(
    'probe_ssl_last_chain_info',
    1,
    ...['fingerprint_sha256', leaf.fingerprint256.replaceAll(':', '').toLowerCase()],
    ...['issuer', nameOf(leaf.issuer)],
    ...['subject', nameOf(leaf.subject)],
    ...['serialnumber', leaf.serialNumber.toLowerCase().slice(0, LABEL_CHARACTERS)],
  );
}

/** The common name, or the organisation; control characters have no place in a label. */
function nameOf(subject: DetailedPeerCertificate['subject']): string {
  const written = subject?.CN ?? subject?.O ?? '';
  const name = Array.isArray(written) ? String(written[0]) : String(written);
  return name.replace(/\p{C}/gu, '?').slice(0, LABEL_CHARACTERS);
}

/** From the server's own certificate upward; an authority's own one at the end is left out. */
function chainOf(secure: TLSSocket): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = secure.getPeerCertificate(true);
  while (next?.fingerprint256 !== undefined) {
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    const isRoot: boolean = issuer?.fingerprint256 === next.fingerprint256;
    if (chain.length > 0 && isRoot) break;
    chain.push(next);
    next = isRoot ? undefined : issuer;
  }
  return chain;
}

const BY_VERIFICATION: Readonly<Record<string, Reason>> = Object.freeze({
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
});

/** Chain, time and host name as checks of the probe. Throws the first that does not hold. */
export function verifyPeer(secure: TLSSocket, serverName: string, { trace }: Look): void {
  const problem = secure.authorized ? '' : String(secure.authorizationError ?? 'not authorised');
  trace.check(
    BY_VERIFICATION[problem] ?? 'certificate_untrusted',
    'the chain is trusted and valid',
    {
      ok: problem === '',
      found: problem,
    },
  );
  const identity = checkServerIdentity(serverName, secure.getPeerCertificate());
  trace.check('certificate_wrong_host', `the certificate is for ${serverName}`, {
    ok: identity === undefined,
    found: identity === undefined ? '' : `it is for ${namesOf(secure)}`,
  });
}

function namesOf(secure: TLSSocket): string {
  const { subjectaltname, subject } = secure.getPeerCertificate();
  return (subjectaltname ?? String(subject?.CN ?? 'nobody')).slice(0, LABEL_CHARACTERS);
}
