const SECRET_FIELDS = /("(?:key|token)"\s*:\s*")(?:[^"\\]|\\.)*/g;
const SECRET_PARAMETERS = /([?&](?:key|token|access_token)=)[^&#\s]*/gi;
const SECRET_SHAPES = /ww[kt]_[A-Za-z0-9_-]+/g;

/**
 * Removes secrets from an agent's text: strings called `key` or `token` in JSON or in a URL, and anything that looks
 * like one of our keys or tokens. They must stay between the device and the hub: people who may see frames,
 * handshakes or events must not be able to report in the device's name. If the text was cut off within a secret, the
 * start of the secret is hidden too.
 */
export function hideSecrets(text: string): string {
  return text
    .replace(SECRET_FIELDS, '$1(hidden)')
    .replace(SECRET_PARAMETERS, '$1(hidden)')
    .replace(SECRET_SHAPES, '(hidden)');
}
