import { nothing, remark, type Dialect } from './dialect';
import { isPingWord } from './ping-words';

/** The first messages of other protocols that run over WebSocket, and advice on what to use instead. */
const OTHER_PROTOCOLS: readonly { isOne: (text: string) => boolean; name: string; instead: string }[] = [
  {
    // Engine.IO opens with 0{"sid":…}; Socket.IO's packets start with 4 and a type.
    isOne: (text) => /^(?:0\{|4[0-6](?:[/[{]|$))/.test(text),
    name: 'Socket.IO',
    instead: 'Use a plain WebSocket, such as the "ws" package, and send JSON.',
  },
  {
    isOne: (text) => /^(?:CONNECT|STOMP|SUBSCRIBE|SEND)\r?\n[\s\S]*:/.test(text),
    name: 'STOMP',
    instead: 'Use a plain WebSocket and send JSON.',
  },
  {
    // The fixed header of CONNECT, followed by the length and the name of the protocol (MQTT 3.1.1, section 3.1).
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    isOne: (text) => /^\x10[\s\S]{1,6}(?:MQTT|MQIsdp)/.test(text),
    name: 'MQTT over WebSocket',
    instead: 'Wirewatch is no MQTT broker: send JSON over a plain WebSocket.',
  },
];

/** Any text that is in no other dialect: words for the event log, or nothing at all. */
export const plainText: Dialect = {
  name: 'text',
  mayHaveWrongClock: false,
  identify: () => true,

  parse(text) {
    const parsed = nothing();
    const clean = text.replace(/^\ufeff/, '').replace(/\0+$/, '');
    if (clean.trim() === '' || isPingWord(clean)) return parsed;
    const other = OTHER_PROTOCOLS.find(({ isOne }) => isOne(clean));
    if (other) {
      remark(
        parsed,
        'OTHER_PROTOCOL',
        `This looks like ${other.name}, which the hub does not speak. ${other.instead}`,
      );
      return parsed;
    }
    parsed.events.push({ sender: null, level: 'info', text: clean });
    remark(
      parsed,
      'NOT_METRICS',
      'Hello! This text was stored as an event. Send JSON with numbers to get charts, for example {"id":"attic","temp":21.5}.',
    );
    return parsed;
  },
};
