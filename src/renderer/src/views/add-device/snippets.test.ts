import { describe, expect, it } from 'vitest';
import { boardSketch, computerLine, expectedAt, programSnippet } from './snippets';

const URL = 'ws://192.168.1.20:7411';
const SECURE_URL = 'wss://192.168.1.20:7411';
const FINGERPRINT = 'AB:CD:EF';
const PIN = 'sha256//pin=';
const TOKEN = 'wwt_secret';
const LANGUAGES = ['python', 'node', 'browser', 'telegraf'] as const;

describe('what to paste', () => {
  it('fetches the agent from the hub it will report to', () => {
    expect(computerLine(URL, 'shell')).toBe(
      'curl -fsSO http://192.168.1.20:7411/wirewatch-agent.mjs && node wirewatch-agent.mjs ws://192.168.1.20:7411',
    );
    expect(computerLine(URL, 'powershell')).toBe(
      'irm http://192.168.1.20:7411/wirewatch-agent.mjs -OutFile wirewatch-agent.mjs; node wirewatch-agent.mjs ws://192.168.1.20:7411',
    );
  });

  it('tells the agent what certificate to expect and shows the join token', () => {
    const line = computerLine(SECURE_URL, 'shell', { fingerprint: FINGERPRINT, keyPin: PIN, token: TOKEN });
    expect(line).toBe(
      'curl -fsSk --pinnedpubkey sha256//pin= -O https://192.168.1.20:7411/wirewatch-agent.mjs && node wirewatch-agent.mjs wss://192.168.1.20:7411 --fingerprint AB:CD:EF --token wwt_secret',
    );
    expect(computerLine(SECURE_URL, 'powershell', { fingerprint: FINGERPRINT })).toContain(
      'wss://192.168.1.20:7411 --fingerprint AB:CD:EF',
    );
  });

  it('takes the address apart for boards', () => {
    expect(boardSketch(URL)).toContain('hub.begin("192.168.1.20", 7411, "/agent")');
    expect(boardSketch('ws://[fe80::1]:80')).toContain('hub.begin("[fe80::1]", 80, "/agent")');
    expect(boardSketch(SECURE_URL)).toContain('hub.beginSSL("192.168.1.20", 7411, "/agent")');
  });

  it('names the address in every language', () => {
    for (const language of LANGUAGES) expect(programSnippet(URL, language)).toContain(URL);
  });

  it("is a whole configuration of Telegraf's, whose batches fit a message", () => {
    const conf = programSnippet(SECURE_URL, 'telegraf', { token: TOKEN });
    expect(conf).toContain('[[inputs.');
    expect(conf).toContain('metric_batch_size = 250');
    expect(conf).toContain('startup_error_behavior = "retry"');
    // A TOML table header ends the plugin's own keys.
    expect(conf.indexOf('[outputs.websocket.headers]')).toBeGreaterThan(conf.indexOf('tls_ca'));
  });

  it('shows a token in every language, and none where there is none', () => {
    for (const language of LANGUAGES) {
      expect(programSnippet(URL, language, { token: TOKEN })).toContain(TOKEN);
      expect(programSnippet(URL, language)).not.toMatch(/token|Bearer/);
    }
    expect(boardSketch(URL, { token: TOKEN })).toContain(`setExtraHeaders("Authorization: Bearer ${TOKEN}")`);
  });

  it('checks the fingerprint where a program can', () => {
    const credentials = { fingerprint: FINGERPRINT };
    expect(programSnippet(SECURE_URL, 'python', credentials)).toContain('FINGERPRINT = "abcdef"');
    expect(programSnippet(SECURE_URL, 'node', credentials)).toContain("FINGERPRINT = 'AB:CD:EF'");
  });
});

describe('what to expect of the hub', () => {
  const tls = {
    mode: 'allow',
    fingerprint: FINGERPRINT,
    keyPin: PIN,
    notAfter: null,
    custom: false,
    problem: null,
  } as const;

  it('is its fingerprint where the connection is encrypted, and nothing elsewhere', () => {
    expect(expectedAt(SECURE_URL, tls)).toEqual({ fingerprint: FINGERPRINT, keyPin: PIN });
    expect(expectedAt(URL, tls)).toEqual({});
  });
});
