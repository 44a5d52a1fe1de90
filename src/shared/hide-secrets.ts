const SECRET_FIELDS = /("(?:key|token)"\s*:\s*")(?:[^"\\]|\\.)*/g;
const SECRET_PARAMETERS = /([?&](?:key|token|access_token)=)[^&#\s]*/gi;
const SECRET_SHAPES = /ww[kt]_[A-Za-z0-9_-]+/g;

/**
 * A text of an agent without its secrets: strings called `key` or `token` in JSON or in a URL, and whatever looks like
 * one of our keys or tokens. They are between the device and the hub: who may look at frames, handshakes or events may
 * not report in the device's name. A text that was cut off within a secret does not show its beginning either.
 */
export function hideSecrets(text: string): string {
  return text
    .replace(SECRET_FIELDS, '$1(hidden)')
    .replace(SECRET_PARAMETERS, '$1(hidden)')
    .replace(SECRET_SHAPES, '(hidden)');
}
