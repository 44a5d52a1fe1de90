import { Option, type Command } from 'commander';
import { fail, succeed, type Result } from '@shared/errors';
import type { Settings } from '@shared/model';
import { DEFAULT_PORT, type Limits } from '@shared/protocol/limits';
import { LOG_LEVELS, LOG_LEVEL_VARIABLE, type LogLevel } from '../log';
import type { CertificateFiles } from '../hub/tls/brought-certificate';
import { parseHostName, parseLimit, parseNetworks, parseOrigin, parsePort, parseUiToken } from './options';

/** The options that `serve` and `demo` share, as commander gives them. */
export interface ServerOptions {
  port?: number;
  host: string;
  admit?: Settings['admit'];
  uiToken?: string;
  uiViewerToken?: string;
  tls?: Settings['tls'];
  tlsCert?: string;
  tlsKey?: string;
  shareUi?: boolean;
  limit?: Partial<Limits>;
  allowHost?: string[];
  allowOrigin?: string[];
  trustProxy?: string[];
  json?: boolean;
  logLevel: LogLevel;
}

export function addServerOptions(command: Command): Command {
  return command
    .option(
      '--port <number>',
      `port to listen on, 0 for any free port (default: the port in the settings, ${DEFAULT_PORT} at first)`,
      parsePort,
    )
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .addOption(
      new Option(
        '--admit <policy>',
        'what unknown devices do: wait for approval, need a join token, or join automatically',
      ).choices(['ask', 'token', 'open']),
    )
    .addOption(
      new Option(
        '--tls <mode>',
        'whether the port accepts TLS, and whether it also accepts plain connections',
      ).choices(['off', 'allow', 'require']),
    )
    .option('--tls-cert <file>', 'your own certificate, PEM with its chain; reread when it changes')
    .option('--tls-key <file>', 'the private key of your certificate, PEM')
    .option('--share-ui', 'let browsers on other machines open the UI with a link')
    .addOption(
      new Option('--ui-token <token>', 'require this token for the UI and the API, and share both')
        .env('WIREWATCH_UI_TOKEN')
        .argParser(parseUiToken),
    )
    .addOption(
      new Option(
        '--ui-viewer-token <token>',
        'share the UI and the API read-only with everyone who has this token',
      )
        .env('WIREWATCH_UI_VIEWER_TOKEN')
        .argParser(parseUiToken),
    )
    .option('--limit <name=value>', 'change a limit; repeatable', parseLimit)
    .option('--allow-host <name>', 'answer to this host name too; repeatable', parseHostName)
    .option(
      '--allow-origin <origin>',
      'let web pages from this origin connect as agents; repeatable',
      parseOrigin,
    )
    .option(
      '--trust-proxy <cidr>',
      'believe what a reverse proxy at this address or network says about its clients; repeatable',
      parseNetworks,
    )
    .option('--json', 'write JSON lines to standard output, the log as JSON to standard error')
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(LOG_LEVELS)
        .env(LOG_LEVEL_VARIABLE)
        .default('warn'),
    );
}

/**
 * Returns the user's own certificate; undefined to use the hub's. Fails with `BAD_USAGE` if only one of the two files
 * is given.
 */
export function certificateFiles({ tlsCert, tlsKey }: ServerOptions): Result<CertificateFiles | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return succeed(undefined);
  if (tlsCert === undefined || tlsKey === undefined) {
    return fail('BAD_USAGE', 'A certificate needs its private key: give both --tls-cert and --tls-key.');
  }
  return succeed({ certFile: tlsCert, keyFile: tlsKey });
}
