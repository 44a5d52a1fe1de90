import type { QuerySeries } from '@shared/model';

/** Text is sent once it is larger than this. */
const CHUNK_CHARS = 64 * 1024;

/** Yields a query's answer as JSON, series by series, so that a large answer never exists as one string. */
export async function* queryText(
  source: AsyncGenerator<QuerySeries>,
): AsyncGenerator<string, void, undefined> {
  let text = '{"series":[';
  let isFirst = true;
  for await (const series of source) {
    text += `${isFirst ? '' : ','}${JSON.stringify(series)}`;
    isFirst = false;
    if (text.length < CHUNK_CHARS) continue;
    yield text;
    text = '';
  }
  yield `${text}]}\n`;
}
