import { toFault } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import type { EventInfo } from '@shared/model';
import { showFault, showToast } from '../../lib/components';

/** The user's notes at moments of one device. */
export interface Notes {
  /** Resolves to false if the note was not saved; the user has then been told why. */
  add(at: number, text: string): Promise<boolean>;
  change(note: EventInfo, text: string): Promise<boolean>;
  /** Removes the note at once; a message offers to restore it. */
  remove(note: EventInfo): Promise<void>;
}

export function createNotes(api: HubApi, device: string): Notes {
  async function add(at: number, text: string): Promise<boolean> {
    return attempt('The note could not be saved', api.call('addNote', { at: Math.round(at), text, device }));
  }
  return {
    add,
    change: (note, text) =>
      attempt('The note could not be changed', api.call('updateNote', { event: note.id, text })),
    async remove(note) {
      try {
        await api.call('deleteNote', { event: note.id });
        showToast({
          title: 'The note was deleted',
          text: note.text,
          actions: [{ label: 'Undo', onselect: () => void add(note.at, note.text) }],
        });
      } catch (error) {
        showFault('The note could not be deleted', toFault(error));
      }
    },
  };
}

async function attempt(title: string, answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    showFault(title, error);
    return false;
  }
}
