import * as v from 'valibot';
import { exploreViewSchema } from '../explore/explore-view';

/** The most panels on one board. */
export const MAX_PANELS = 40;
/** The widths a panel may have, in twelfths of the board's width. */
export const PANEL_WIDTHS = [3, 4, 6, 8, 12] as const;
/** The greatest height of a panel, in rows. */
export const MAX_PANEL_ROWS = 4;
export const BOARD_RANGES = ['1m', '5m', '15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type BoardRange = (typeof BOARD_RANGES)[number];

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

/** One view on a board. Panels flow one after the other, like words in a text, so they can never overlap. */
export const boardPanelSchema = v.object({
  id,
  /** If empty, the panel is named after its content. */
  title: v.pipe(v.string(), v.trim(), v.maxLength(128)),
  width: v.picklist(PANEL_WIDTHS),
  rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PANEL_ROWS)),
  view: exploreViewSchema,
});
export type BoardPanel = v.InferOutput<typeof boardPanelSchema>;

const contents = {
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(128)),
  /** The time range that the board shows by default. */
  range: v.picklist(BOARD_RANGES),
  panels: v.pipe(
    v.array(boardPanelSchema),
    v.maxLength(MAX_PANELS),
    v.check(
      (panels) => new Set(panels.map((panel) => panel.id)).size === panels.length,
      'has two panels with the same id',
    ),
  ),
};
export const boardContentsSchema = v.object(contents);
export type BoardContents = v.InferOutput<typeof boardContentsSchema>;

/** A board as a UI saves it. */
export const boardDraftSchema = v.object({ id, ...contents });
export type BoardDraft = v.InferOutput<typeof boardDraftSchema>;

/** A board as the hub stores it. `revision` rises with every change and is never reused. */
export interface Board extends BoardDraft {
  revision: number;
  /** ms since the epoch */
  changedAt: number;
}

export const boardSchema = v.object({ id, ...contents, revision: v.number(), changedAt: v.number() });

/** The part of a board that lists need. */
export interface BoardSummary {
  id: string;
  name: string;
  panels: number;
  revision: number;
  changedAt: number;
}
