import { expect, it } from 'vitest';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Notices } from './notices';

it('tells of a dead sensor once a minute, however often it is sent, and at once of another', () => {
  const clock = new ManualClock();
  const sent: string[] = [];
  const send = (message: object) => {
    if ('message' in message) sent.push(String(message.message));
  };
  const client = { address: '127.0.0.1', device: null, origin: null, host: null, path: null };
  const session = { refused: 0, client, send };
  const notices = new Notices(session, { clock, refused: { add: () => {} } });
  for (let s = 0; s < 60; s++) {
    notices.refuse('NOT_A_NUMBER', `"nan" at character ${s} is not a number`);
    if (s === 30) notices.refuse('BAD_JSON', 'another');
    clock.advance(1_000);
  }
  expect(sent).toEqual(['"nan" at character 0 is not a number', 'another']);
  expect(session.refused).toBe(61);
  notices.refuse('NOT_A_NUMBER', '"inf" at character 5 is not a number');
  expect(sent).toHaveLength(3);
});
