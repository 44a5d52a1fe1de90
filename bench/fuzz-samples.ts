/** Real messages of both sides, for the fuzzer to change. */
export const AGENT_MESSAGES = [
  '{"type":"hello","device":{"id":"fuzz-1","name":"Fuzz","kind":"computer","os":"Linux","tags":["a","b"]},"agent":"fuzz/1","now":1760000000000,"stream":"s-1","minIntervalMs":250}',
  '{"type":"schema","version":3,"series":[{"name":"cpu","labels":{"cpu.mode":"user"},"unit":"1","kind":"gauge","min":0,"max":1},{"name":"net","kind":"counter"}]}',
  '{"type":"rows","seq":42,"schema":3,"rows":[[1760000000000,0.5,12],[1760000001000,null,13]],"stream":"s-1"}',
  '{"type":"metrics","ts":1760000000000,"values":{"temp":21.5,"net{iface=\\"eth0\\"}":123,"on":true,"off":null}}',
  '{"type":"event","ts":1760000000000,"level":"warning","text":"it is warm","seq":43}',
  '{"type":"lost","from":1760000000000,"to":1760000001000,"count":9}',
  '{"type":"backlog","remaining":5,"total":9}',
  '{"type":"result","id":7,"value":{"a":[1,2,3]}}',
  '{"type":"result","id":7,"error":{"code":"NO","message":"no"}}',
];

export const HUB_MESSAGES = [
  '{"type":"welcome","protocol":1,"session":"s","device":"d","state":"approved","hubTime":1760000000000,"ackedSeq":41,"acked":{"s-1":41},"intervalMs":1000,"limits":{"messageBytes":262144,"messagesPerSec":200,"samplesPerSec":20000,"seriesPerDevice":2000}}',
  '{"type":"admission","state":"pending","code":"123456"}',
  '{"type":"ack","seq":42,"stream":"s-1"}',
  '{"type":"configure","intervalMs":250}',
  '{"type":"request","id":7,"method":"processes.list","params":{}}',
  '{"type":"notice","code":"UNKNOWN_SCHEMA","message":"…","seq":4}',
  '{"type":"error","code":"RATE_LIMITED","message":"…"}',
];

export const SIMPLE_MESSAGES = [
  '{"temp":21.5,"door":{"open":true},"list":[1,2,3]}',
  '{"id":"attic","name":"Attic","ts":1760000000000,"temp":21.5,"deep":{"a":{"b":{"c":{"d":{"e":1}}}}}}',
  '21.5',
  'just words',
];

export const LINES = [
  'cpu,host=box,mode=idle usage=97.5,on=true,n=3i 1760000000000000000\nmem used=1',
  'weather,location=us-midwest temperature="text",x=1u',
];

/** Messages of a UI, without any that would make the hub move elsewhere. */
export const UI_MESSAGES = [
  '{"op":"call","id":1,"name":"listDevices","params":{}}',
  '{"op":"call","id":2,"name":"listSeries","params":{"device":"fuzz-1"}}',
  '{"op":"call","id":3,"name":"query","params":{"device":"fuzz-1","from":1760000000000,"to":1760000100000,"points":100}}',
  '{"op":"call","id":4,"name":"getSession","params":{"session":"x"}}',
  '{"op":"call","id":5,"name":"listEvents","params":{"limit":10}}',
  '{"op":"call","id":6,"name":"renameDevice","params":{"device":"fuzz-1","name":"n"}}',
  '{"op":"subscribe","id":7,"topic":"devices"}',
  '{"op":"subscribe","id":8,"topic":"sessions"}',
  '{"op":"subscribe","id":9,"topic":"frames","params":{"session":"x"}}',
  '{"op":"unsubscribe","id":7}',
  '{"op":"openFeed","id":10,"spec":{"series":[1,2,3],"windowMs":60000,"flushMs":50}}',
  '{"op":"updateFeed","id":10,"patch":{"series":[1]}}',
  '{"op":"closeFeed","id":10}',
  '{"op":"credit","id":10}',
];
