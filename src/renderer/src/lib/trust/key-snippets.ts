export type KeyPlace = 'arduino' | 'header' | 'message';

/** The places where a program that is not one of our agents can put its key. */
export const KEY_PLACES: readonly { value: KeyPlace; label: string }[] = [
  { value: 'arduino', label: 'Arduino' },
  { value: 'header', label: 'Any WebSocket client' },
  { value: 'message', label: 'In the first message' },
];

/** Returns the line that sends the key. Credentials never go into the address, because logs would record it. */
export function keySnippet(place: KeyPlace, key: string, device: string): string {
  switch (place) {
    case 'arduino':
      return `// before hub.begin(…)\nhub.setExtraHeaders(\n    "Authorization: Bearer ${key}");`;
    case 'header':
      return `Authorization: Bearer ${key}`;
    case 'message':
      return JSON.stringify({ id: device, key });
  }
}
