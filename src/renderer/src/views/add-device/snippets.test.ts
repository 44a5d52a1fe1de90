import { describe, expect, it } from 'vitest';
import { boardSketch, computerLine, programSnippet } from './snippets';

const URL = 'ws://192.168.1.20:7411';

describe('what to paste', () => {
  it('fetches the agent from the hub it will report to', () => {
    expect(computerLine(URL, 'shell')).toBe(
      'curl -fsSO http://192.168.1.20:7411/wirewatch-agent.mjs && node wirewatch-agent.mjs ws://192.168.1.20:7411',
    );
    expect(computerLine(URL, 'powershell')).toBe(
      'irm http://192.168.1.20:7411/wirewatch-agent.mjs -OutFile wirewatch-agent.mjs; node wirewatch-agent.mjs ws://192.168.1.20:7411',
    );
  });

  it('takes the address apart for boards', () => {
    expect(boardSketch(URL)).toContain('hub.begin("192.168.1.20", 7411, "/agent")');
    expect(boardSketch('ws://[fe80::1]:80')).toContain('hub.begin("[fe80::1]", 80, "/agent")');
  });

  it('names the address in every language', () => {
    for (const language of ['python', 'node', 'browser', 'telegraf'] as const) {
      expect(programSnippet(URL, language)).toContain(URL);
    }
  });
});
