/** Why a probe ended as it did: one stable word each, the label of `probe_failure_info`. */
export const REASONS = Object.freeze({
  timeout: 'no answer in time',
  name_not_resolved: 'the host name has no address',
  address_not_allowed: 'the address is guarded and not listed under "allow"',
  refused: 'the port is closed',
  unreachable: 'there is no way to the address',
  closed: 'the other side ended the connection',
  connection_failed: 'the connection failed otherwise',
  no_reply: 'no echo request was answered',
  banner: 'the greeting is not the expected one',
  dns_error: 'the name server answered with an error',
  dns_answer: 'the answer is not the expected one',
  tls_failed: 'no common protocol, or not TLS at all',
  certificate_untrusted: 'the chain does not end at a trusted authority',
  certificate_expired: 'a certificate of the chain has ended',
  certificate_not_yet_valid: 'a certificate of the chain has not begun',
  certificate_wrong_host: 'the certificate is for another host',
  certificate_ends_soon: 'fewer days are left than asked for',
  http_failed: 'the answer is not HTTP, or breaks off',
  status: 'the status is not the expected one',
  header: 'a header is not the expected one',
  body: 'the body does not match, or matches what it must not',
  json: 'an assertion on JSON does not hold',
  too_large: 'the answer is larger than the cap',
  encoded: 'the answer is compressed although that was not offered',
  too_many_redirects: 'more redirects than allowed',
  redirect_not_allowed: 'a redirect leads where requests may not go',
  capture: 'a value for the next step was not found',
  slow_pattern: 'a regular expression took too long',
  could_not_look: 'nothing is known of the target: the reason is on this side',
});

export type Reason = keyof typeof REASONS;

/** How a probe fails: the reason, and a sentence without secrets. */
export class ProbeFailure extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string = REASONS[reason]) {
    super(message);
    this.name = 'ProbeFailure';
    this.reason = reason;
  }
}
