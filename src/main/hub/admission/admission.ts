import type { Clock } from '@shared/clock';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { ApprovedBy } from '@shared/model';
import { CLOSE, describeCloseCode, type CloseCode } from '@shared/protocol/close-codes';
import type { Limits } from '@shared/protocol/limits';
import type { EventLog } from '../events/event-log';
import { createFailureLimiter, type FailureLimiter } from '../bounds/failure-limiter';
import { CodeBudget } from './code-budget';
import type { Device } from '../devices/device';
import type { DeviceRegistry } from '../devices/device-registry';
import { isSession, type DeviceSession } from '../devices/presence';
import { digest, equalSecrets } from '../secrets';
import type { SettingsStore } from '../settings/settings-store';
import { addClaim, claimOf, isReservedId } from './claims';
import type { Credentials } from './credentials';
import { isUntaken, proveKey } from '../devices/device-key';
import { Impostors } from './impostors';
import { JoinTokens } from './join-tokens';
import type { TokenUses } from './token-uses';
import { randomCode } from './verification-code';

const FAILURES_WINDOW_MS = 60_000;
const LEAVE_IT_OUT = ' This hub admits everybody, so you may leave it out.';
const SUPERSEDED = describeCloseCode(CLOSE.superseded);

/** A client's claim to be a device, and the credentials it presents. */
export interface Claim extends Credentials {
  id: string;
  /** The name to give the device if it is new. */
  name: string;
  address: string;
  /** Whether the client can receive a key and store it; simple devices cannot. */
  takesKeys: boolean;
  /**
   * The digits that it shows while it waits. own: new ones for each connection of an agent, or run of it. agreed: an
   * encrypted connection's, agreed on later, if the agent commits to a nonce. kept: those of a simple device, which stay.
   */
  digits: 'own' | 'agreed' | 'kept';
  /** The run of the agent; null where it does not say. */
  instance: string | null;
}

/**
 * admitted: approved or pending, as the device says; if `needsKey`, the device must be given a key; `code` are the
 * digits that an agent shows while it waits. refused: with a
 * message and a close code. rejected: by the user, and the client is told so. blocked: closed without a message.
 */
export type Verdict =
  | { kind: 'admitted'; device: Device; needsKey: boolean; code: string | null }
  | { kind: 'refused'; fault: Fault; closeCode: CloseCode }
  | { kind: 'rejected' }
  | { kind: 'blocked' };

export interface AdmissionOptions {
  dataDir: string | null;
  tokenUses: TokenUses;
  clock: Clock;
  log: Logger;
  limits: Limits;
  settings: SettingsStore;
  devices: DeviceRegistry;
  events: EventLog;
  internalToken: string;
}

/**
 * Decides which claims are admitted. The order of the questions is the policy. A device that the user turned away
 * stays out, whatever it presents. A part of Wirewatch itself is admitted. A device with a key must present it. A
 * device without a key is recognised by its address. All others are new, and the setting `admit` decides about them.
 * Nothing about a device changes before its claim is decided.
 */
export class Admission {
  readonly tokens: JoinTokens;
  readonly #options: AdmissionOptions;
  readonly #failures: FailureLimiter;
  readonly #codes: CodeBudget;
  readonly #impostors: Impostors;

  constructor(options: AdmissionOptions) {
    const { dataDir, tokenUses, clock, log, limits, events } = options;
    this.#options = options;
    this.tokens = new JoinTokens(dataDir, tokenUses, limits.joinTokens, clock, log);
    this.#failures = createFailureLimiter(clock, limits.failuresPerAddress, FAILURES_WINDOW_MS);
    this.#codes = new CodeBudget(clock, limits);
    this.#impostors = new Impostors(events, clock);
  }

  /** Ms for which an address is refused because of wrong tokens and keys from it. */
  waitMs(address: string): number {
    return this.#failures.waitMs(address);
  }

  /** Whether an agent of this device that can store a key should be given one now. */
  needsKey({ approval, approvedBy, key }: Device): boolean {
    if (approval !== 'approved' || key !== null || this.#options.settings.current.admit === 'open')
      return false;
    return approvedBy !== 'internal' && approvedBy !== 'open' && approvedBy !== 'import';
  }

  /**
   * The device that has this key, for clients that do not give an id. The lookup uses the digest, so its timing
   * reveals nothing.
   */
  idOfKey(shown: string): string | null {
    const hash = digest(shown);
    for (const { id, key } of this.#options.devices.all()) if (key?.hash === hash) return id;
    return null;
  }

  judge(claim: Claim): Verdict {
    const { devices, internalToken } = this.#options;
    if (isReservedId(claim.id)) {
      return refused(
        'RESERVED_ID',
        'Ids that begin with "claim:" are reserved for the hub.',
        CLOSE.badMessage,
      );
    }
    const device = devices.get(claim.id) ?? null;
    const isInternal = claim.token !== null && equalSecrets(claim.token, internalToken);
    if (device?.approval === 'blocked') return { kind: 'blocked' };
    if (device?.approval === 'rejected') return { kind: 'rejected' };
    if (isInternal) return this.#admitNew(claim, device, 'internal');
    if (!device) return this.#isBlocked(claim.address) ? { kind: 'blocked' } : this.#newcomer(claim, null);
    if (device.approval === 'pending') {
      const isSame = device.boundTo === null || device.boundTo === claim.address;
      // A device that was never approved has no data to protect, so a client with a token may take its id.
      const mayJoin = !device.wasApproved && claim.token !== null;
      return isSame || mayJoin ? this.#newcomer(claim, device) : this.#elsewhere(claim, device);
    }
    if (device.key || device.approvedBy === 'internal') return this.#prove(claim, device);
    return device.approvedBy === 'import'
      ? this.#claimImported(claim, device)
      : this.#recognise(claim, device);
  }

  /** Judges a claim to be a device with a key, or a part of Wirewatch itself. */
  #prove(claim: Claim, device: Device): Verdict {
    const { key } = device;
    if (key) {
      const proof = claim.key === null ? null : proveKey(key, claim.key);
      if (proof) {
        if (proof === 'current') device.keyTaken();
        device.bindTo(claim.address);
        this.#options.devices.touchAndSave(device);
        return admitted(device, proof === 'previous' && claim.takesKeys);
      }
      // Nothing was heard after the key was sent, so it may have been lost with the connection.
      const mayHaveMissedIt = isUntaken(key) && device.boundTo === claim.address;
      if (claim.key === null && claim.takesKeys && mayHaveMissedIt) {
        if (mayInherit(device, claim) || this.#joinsAgain(claim, device)) return admitted(device, true);
        // Perhaps the agent was started anew: it may ask again, beside the device.
        if (this.#options.settings.current.admit === 'ask') return this.#elsewhere(claim, device);
      }
    }
    this.#failures.fail(claim.address);
    this.#impostors.tell(device, claim.address, claim.key === null ? 'no key' : 'a wrong key');
    return claim.key === null
      ? refused('KEY_NEEDED', 'This device has a key, and this connection did not send it.')
      : refused('WRONG_KEY', 'This key does not belong to this device.');
  }

  /**
   * Judges a claim to be a device known only from an import. Nobody has proved to be it, so the claimant counts as
   * new, and the device stays as it is.
   */
  #claimImported(claim: Claim, device: Device): Verdict {
    const mayWait = this.#options.settings.current.admit === 'ask' && claim.token === null;
    if (this.#isBlocked(claim.address)) return { kind: 'blocked' };
    return mayWait ? this.#elsewhere(claim, device) : this.#newcomer(claim, device);
  }

  /** Judges a claim to be an approved device without a key. */
  #recognise(claim: Claim, device: Device): Verdict {
    if (this.#options.settings.current.admit === 'open') {
      if (device.approvedBy !== 'open') return admitted(device, false);
      // Who shows a secret wants it to count.
      if (claim.token !== null || this.#isLostKey(claim)) return this.#newcomer(claim, device);
      device.bindTo(claim.address);
      return admitted(device, false);
    }
    if (device.approvedBy === 'open') {
      const isSame = device.boundTo === null || device.boundTo === claim.address;
      return isSame ? this.#newcomer(claim, device) : this.#elsewhere(claim, device);
    }
    if (device.boundTo === null) {
      device.bindTo(claim.address);
      this.#options.devices.touchAndSave(device);
    }
    if (device.boundTo === claim.address) {
      const mayTakeKey = mayInherit(device, claim) || this.#joinsAgain(claim, device);
      return claim.takesKeys && this.needsKey(device) && !mayTakeKey
        ? this.#elsewhere(claim, device)
        : admitted(device, claim.takesKeys);
    }
    if (this.#joinsAgain(claim, device)) {
      device.bindTo(claim.address);
      this.#options.devices.touchAndSave(device);
      return admitted(device, claim.takesKeys);
    }
    return this.#elsewhere(claim, device);
  }

  /** Whether a client presents the token that the device joined with: it is then taken for the device. */
  #joinsAgain(claim: Claim, device: Device): boolean {
    if (claim.token === null || device.joinedWith === null) return false;
    const token = this.tokens.check(claim.token, device.joinedWith);
    return token.ok && token.value.id === device.joinedWith;
  }

  /** Judges a claim to a device that is known at another address. */
  #elsewhere(claim: Claim, device: Device): Verdict {
    const { devices, settings } = this.#options;
    if (settings.current.admit === 'open') return this.#newcomer(claim, device);
    if (this.#isBlocked(claim.address)) return { kind: 'blocked' };
    if (settings.current.admit === 'token') {
      return refused(
        'OTHER_ADDRESS',
        'This device is known at another address and has no key to prove that it moved.',
      );
    }
    const known = claimOf(devices, device, claim.address);
    if (known?.approval === 'blocked') return { kind: 'blocked' };
    if (known?.approval === 'rejected') return { kind: 'rejected' };
    return this.#wait(claim, known, () => addClaim(devices, device, claim.address));
  }

  /**
   * Judges a new device, or one that waits, by the setting `admit`. A token counts whatever the setting, so that one who
   * shows a wrong one hears of it.
   */
  #newcomer(claim: Claim, device: Device | null): Verdict {
    const { devices, settings } = this.#options;
    const policy = settings.current.admit;
    const hint = policy === 'open' ? LEAVE_IT_OUT : '';
    if (claim.token !== null) {
      const token = this.tokens.check(claim.token, device?.joinedWith ?? null);
      if (!token.ok) {
        this.#failures.fail(claim.address);
        return refused(token.error.code, `${token.error.message}${hint}`);
      }
      const { id, name } = token.value;
      const verdict = this.#admitNew(claim, device, 'token');
      if (verdict.kind === 'admitted') {
        if (verdict.device.joinedWith !== id) this.tokens.use(id);
        verdict.device.joinWith(id);
        this.#tell(verdict.device, `Joined from ${claim.address} with the token "${name}".`);
      }
      return verdict;
    }
    if (policy === 'open') {
      if (!this.#isLostKey(claim)) return this.#admitNew(claim, device, 'open');
      this.#failures.fail(claim.address);
      return refused('WRONG_KEY', `This key does not belong to any device of this hub.${hint}`);
    }
    if (policy === 'token') {
      return refused('TOKEN_NEEDED', 'This hub admits only devices with a join token.');
    }
    return this.#wait(claim, device, () => devices.add(claim.id, claim.name, claim.address));
  }

  /** Whether a client that cannot have got its key from the hub shows one that no device has. */
  #isLostKey({ key, takesKeys }: Claim): boolean {
    return key !== null && !takesKeys && this.idOfKey(key) === null;
  }

  #admitNew(claim: Claim, known: Device | null, by: ApprovedBy): Verdict {
    const found = known ? succeed(known) : this.#options.devices.add(claim.id, claim.name, claim.address);
    if (!found.ok) return refused(found.error.code, found.error.message, CLOSE.tryLater);
    const device = found.value;
    const isNew = device.approval !== 'approved';
    // Who waits as this device from elsewhere, or as an agent of its own, is not let in with it.
    for (const presence of isNew ? device.presences : []) {
      const isOther = claim.takesKeys || (isSession(presence) && presence.takesKeys);
      if (isOther || presence.address !== claim.address) presence.close(CLOSE.superseded, SUPERSEDED);
    }
    device.approve(by, claim.address);
    this.#options.devices.touchAndSave(device);
    // Saved at once, in the transaction of its first samples, so that after a crash they still have their device.
    if (isNew) this.#options.devices.save();
    return admitted(device, by === 'token' && claim.takesKeys);
  }

  /** Makes the device wait, shown to the user with digits to compare. */
  #wait(claim: Claim, known: Device | null, add: () => Result<Device>): Verdict {
    const { askersPerDevice } = this.#options.limits;
    if (claim.takesKeys && known && othersOf(known, claim).length >= askersPerDevice) {
      return refused('TOO_MANY_ASKERS', 'Too many agents wait as this device already.', CLOSE.tryLater);
    }
    const code = this.#codeFor(claim, known);
    if (!code.ok) return refused(code.error.code, code.error.message, CLOSE.tryLater);
    const found = known ? succeed(known) : add();
    if (!found.ok) return refused(found.error.code, found.error.message, CLOSE.tryLater);
    const device = found.value;
    if (claim.digits === 'kept') device.wait(claim.address, code.value);
    else device.wait(claim.address);
    this.#options.devices.touchAndSave(device);
    return admitted(device, false, code.value);
  }

  /**
   * A simple device keeps its digits, and so does a run of an agent that reconnects. Nobody else gets them: the user's
   * approval names them.
   */
  #codeFor({ address, digits, instance }: Claim, device: Device | null): Result<string | null> {
    if (device && digits === 'kept' && device.ownCode !== null) return succeed(device.ownCode);
    if (device && digits === 'own' && instance !== null) {
      const same = device.agents.find((agent) => agent.instance === instance);
      const before = same?.code ?? device.askers.codeOfRun(instance);
      if (before !== null) return succeed(before);
    }
    if (!this.#codes.take(address)) {
      return fail('TOO_MANY_CODES', 'Too many devices asked to join from this address; try again later.');
    }
    if (digits === 'agreed') return succeed(null);
    const taken = new Set([device?.ownCode, ...(device?.agents ?? []).map(({ code }) => code)]);
    let code = randomCode();
    while (taken.has(code)) code = randomCode();
    return succeed(code);
  }

  #isBlocked(address: string): boolean {
    return this.#options.devices.isBlockedAddress(address);
  }

  #tell(device: Device, text: string): void {
    const at = this.#options.clock.now();
    this.#options.events.add({ at, kind: 'approved', level: 'info', device: device.id, text });
  }
}

function admitted(device: Device, needsKey: boolean, code: string | null = null): Verdict {
  return { kind: 'admitted', device, needsKey, code };
}

/** The agents that are there as this device, without an earlier connection of the claimant's own run. */
function othersOf(device: Device, { instance }: Claim): DeviceSession[] {
  return device.agents.filter((agent) => instance === null || agent.instance !== instance);
}

/** Whether the key of this device may be handed to a claimant that does not show it. */
function mayInherit(device: Device, claim: Claim): boolean {
  return device.askers.isHeir(claim.instance, othersOf(device, claim).length === 0);
}

function refused(code: string, message: string, closeCode: CloseCode = CLOSE.unauthorised): Verdict {
  return { kind: 'refused', fault: fail(code, message).error, closeCode };
}
