import type { GenericSchema } from 'valibot';
import type { UiRole } from '../model';

/** One command: its parameters, its result, and the least role that may call it. */
export interface Command<Params extends GenericSchema, Role extends UiRole, Result> {
  /** The hub validates arguments with it, for every transport. */
  readonly params: Params;
  /** `viewer`: viewers and admins may call it; `admin`: only admins. */
  readonly role: Role;
  /** Exists only for the compiler: the type of the result. */
  readonly '~result'?: { readonly value: Result };
}

/** Declares a command that changes nothing, so viewers may call it. */
export function viewerCommand<Params extends GenericSchema>(params: Params) {
  return { returns: <Result>(): Command<Params, 'viewer', Result> => ({ params, role: 'viewer' }) };
}

/** Declares a command that changes something, or shows data that viewers must not see. */
export function adminCommand<Params extends GenericSchema>(params: Params) {
  return { returns: <Result>(): Command<Params, 'admin', Result> => ({ params, role: 'admin' }) };
}

/** One topic: the subscriber's parameters, and the messages it receives. */
export interface Topic<Params extends GenericSchema, Message> {
  readonly params: Params;
  /** Exists only for the compiler: the type of a message. */
  readonly '~message'?: { readonly value: Message };
}

export function topic<Params extends GenericSchema>(params: Params) {
  return { sends: <Message>(): Topic<Params, Message> => ({ params }) };
}
