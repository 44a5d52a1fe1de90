export interface RoomTree {
  readonly prefix: string;
  readonly rooms: Readonly<Record<string, readonly string[]>>;
}

export const ROOM_TREES: readonly RoomTree[];
