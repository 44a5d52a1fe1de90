import type { GenericSchema } from 'valibot';
import type { UiRole } from '../model';

/** One command: what it takes, what it answers with, and the least role that may call it. */
export interface Command<Params extends GenericSchema, Role extends UiRole, Result> {
  /** The hub parses arguments with it, whatever transport brought them. */
  readonly params: Params;
  /** `viewer`: everybody who may look; `admin`: an admin alone. */
  readonly role: Role;
  /** For the compiler alone: the type of the answer. */
  readonly '~result'?: { readonly value: Result };
}

/** A command that looks and changes nothing: viewers may call it. */
export function viewerCommand<Params extends GenericSchema>(params: Params) {
  return { returns: <Result>(): Command<Params, 'viewer', Result> => ({ params, role: 'viewer' }) };
}

/** A command that changes something, or shows what a viewer is not to see. */
export function adminCommand<Params extends GenericSchema>(params: Params) {
  return { returns: <Result>(): Command<Params, 'admin', Result> => ({ params, role: 'admin' }) };
}

/** One topic: what a subscriber names, and the messages it gets. */
export interface Topic<Params extends GenericSchema, Message> {
  readonly params: Params;
  /** For the compiler alone: the type of a message. */
  readonly '~message'?: { readonly value: Message };
}

export function topic<Params extends GenericSchema>(params: Params) {
  return { sends: <Message>(): Topic<Params, Message> => ({ params }) };
}
