export type KeyPlace = 'arduino' | 'header' | 'message';

/** Where a program that is none of our agents can put its key. */
export const KEY_PLACES: readonly { value: KeyPlace; label: string }[] = [
  { value: 'arduino', label: 'Arduino' },
  { value: 'header', label: 'Any WebSocket client' },
  { value: 'message', label: 'In the first message' },
];

/** The line that shows the key; credentials never go into the address, where logs would keep them. */
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
