/** What programs send to see whether anybody is there; it says nothing about the device. */
const PING = /^\s*"?(?:ping|pong|heart-?beat|keep-?alive|hb|alive|2probe)"?[\s\0]*$/i;

export function isPingWord(text: string): boolean {
  return PING.test(text);
}
