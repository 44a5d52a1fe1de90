/** The part of the Fleet page's address that says what it lists. */

export const GROUPINGS = ['none', 'state', 'tag', 'kind', 'place', 'parent'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const FLEET_LAYOUTS = ['cards', 'table'] as const;
export type FleetLayout = (typeof FLEET_LAYOUTS)[number];

export interface FleetSort {
  /** `attention`, `name`, or the id of a column. */
  by: string;
  descending: boolean;
}

/** What the Fleet page lists, and how. */
export interface FleetList {
  filter: string;
  sort: FleetSort;
  group: Grouping;
  layout: FleetLayout;
  /** The ids of the table's columns in order; null for the usual ones. */
  columns: readonly string[] | null;
  /** Shows only the devices, for a screen that many people watch. */
  wall?: true;
}

export const USUAL_SORT: FleetSort = { by: 'attention', descending: false };
export const USUAL_LIST: FleetList = {
  filter: '',
  sort: USUAL_SORT,
  group: 'none',
  layout: 'cards',
  columns: null,
};

/** Longer addresses are cut off, because a filter is typed by a person. */
const MOST_CHARACTERS = 4_096;
const MOST_COLUMNS = 24;
const COLUMN = /^[\p{L}\p{N}_:.\- ]{1,64}$/u;

/** `q=tag%3Alab&sort=cpu,desc&group=place&view=table&columns=cpu,disk`: only what differs from the usual list. */
export function formatFleetList({ filter, sort, group, layout, columns, wall }: FleetList): string {
  const query = new URLSearchParams();
  if (filter.trim() !== '') query.set('q', filter.trim());
  if (sort.by !== USUAL_SORT.by || sort.descending)
    query.set('sort', `${sort.by}${sort.descending ? ',desc' : ''}`);
  if (group !== USUAL_LIST.group) query.set('group', group);
  if (layout !== USUAL_LIST.layout) query.set('view', layout);
  if (columns) query.set('columns', columns.join(','));
  if (wall) query.set('wall', '1');
  return query.toString();
}

/** Parses the output of {@link formatFleetList}; null if there is nothing in it. Invalid parts are left out. */
export function parseFleetList(text: string): FleetList | null {
  const query = new URLSearchParams(text.slice(0, MOST_CHARACTERS));
  if (!['q', 'sort', 'group', 'view', 'columns', 'wall'].some((name) => query.has(name))) return null;
  const [by = '', direction] = (query.get('sort') ?? '').split(',');
  const columns = query
    .get('columns')
    ?.split(',')
    .filter((column) => COLUMN.test(column));
  return {
    filter: query.get('q') ?? '',
    sort: COLUMN.test(by) ? { by, descending: direction === 'desc' } : USUAL_SORT,
    group: GROUPINGS.find((one) => one === query.get('group')) ?? USUAL_LIST.group,
    layout: FLEET_LAYOUTS.find((one) => one === query.get('view')) ?? USUAL_LIST.layout,
    columns: columns ? [...new Set(columns)].slice(0, MOST_COLUMNS) : null,
    ...(query.get('wall') === '1' && { wall: true }),
  };
}
