import { FaultError } from '@shared/errors';
import type { UiAccess, UiRole } from '@shared/model';
import type { CommandHandlers, Hub } from '../hub/hub-contract';
import type { LinkCodes } from './link-codes';

/** Addresses of the UI, with and without the code that opens it. */
export interface UiLinks {
  /** Returns the UI's address on this machine: `http://127.0.0.1:7411`, or `https:` if nothing else is answered. */
  localUrl(): string;
  /** Returns the same address with this run's code in the fragment. */
  startupLink(): string;
  /** Addresses for other machines, each with a code that works once; empty while the UI is not shared. */
  createRemoteLinks(role: UiRole): { urls: string[]; expiresAt: number };
  readonly handlers: CommandHandlers<'createUiLink'>;
  /** Tells the hub where browsers open the UI, now that its port and settings are known. */
  publish(): void;
}

export interface UiLinkOptions {
  /** The address that the hub listens on. */
  host: string;
  isShared(): boolean;
  uiAccess(): UiAccess;
  codes: LinkCodes;
}

/** Returns the host part of a URL that reaches, from the same machine, a server listening on `host`. */
export function localHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::' || host === 'localhost') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const LOOPBACK = /^https?:\/\/(127\.|localhost\b|\[::1\])/;

/**
 * Returns the address at which a browser on another machine has the UI open, without a trailing slash; null for this
 * machine's.
 */
function remotePage(page: string): string | null {
  const { protocol, origin, pathname } = new URL(page);
  if (!/^https?:$/.test(protocol) || LOOPBACK.test(origin)) return null;
  return `${origin}${pathname.replace(/[^/]*$/, '').replace(/\/+$/, '')}`;
}

const withCode = (url: string, code: string): string => `${url}/#code=${code}`;

export function setupUiLinks(hub: Hub, options: UiLinkOptions): UiLinks {
  const { codes } = options;
  /**
   * Whether links must be encrypted. Without a certificate the hub answers this machine without TLS, so that its owner
   * can see the reason.
   */
  const mustEncrypt = (): boolean => {
    const { mode, fingerprint } = hub.info().tls;
    return mode === 'require' && fingerprint !== null;
  };
  const localUrl = (): string =>
    `${mustEncrypt() ? 'https' : 'http'}://${localHost(options.host)}:${hub.port}`;

  function remoteUrls(): string[] {
    if (!options.isShared()) return [];
    const { agentUrls, secureAgentUrls } = hub.info();
    const urls = [...agentUrls, ...secureAgentUrls].map((url) =>
      url.replace(/^ws/, 'http').replace(/\/+$/, ''),
    );
    return urls.filter((url) => !LOOPBACK.test(url));
  }

  function createRemoteLinks(role: UiRole, page?: string): { urls: string[]; expiresAt: number } {
    const own = remoteUrls();
    const asked = page === undefined ? null : remotePage(page);
    const urls = asked === null || own.includes(asked) ? own : [asked, ...own];
    const { code, expiresAt } = urls.length > 0 ? codes.create(role) : { code: '', expiresAt: 0 };
    return { urls: urls.map((url) => withCode(url, code)), expiresAt };
  }

  const handlers: UiLinks['handlers'] = {
    createUiLink({ role, page }) {
      if (!options.isShared()) {
        throw new FaultError('UI_NOT_SHARED', 'Turn on "Open this from other machines" first.');
      }
      const links = createRemoteLinks(role, page);
      if (links.urls.length === 0) {
        throw new FaultError('NO_ADDRESS', 'This machine has no address that other machines can reach.');
      }
      return links;
    },
  };

  const publish = (): void =>
    hub.setInfo({ uiUrls: [localUrl(), ...remoteUrls()], uiAccess: options.uiAccess() });
  hub.onSettings(publish);
  hub.onTls(publish);

  return {
    localUrl,
    startupLink: () => withCode(localUrl(), codes.startup),
    createRemoteLinks,
    handlers,
    publish,
  };
}
