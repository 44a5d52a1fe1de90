import { toast } from 'svelte-sonner';
import { toFault } from '@shared/errors';
import ToastCard, { type ToastAction, type ToastTone } from './ToastCard.svelte';

export interface ToastSpec {
  /** A toast with the same id replaces the existing one. */
  id?: string;
  title: string;
  text?: string;
  /** Digits to compare, shown in large type. */
  code?: string;
  tone?: ToastTone;
  actions?: readonly ToastAction[];
  /** In ms; Infinity stays until dismissed. 5 s without actions, 10 s with. */
  durationMs?: number;
  ondismiss?: () => void;
}

let nextId = 1;

/** Shows a message at the edge of the window; returns a function that removes it. */
export function showToast(spec: ToastSpec): () => void {
  const id = spec.id ?? `toast-${nextId++}`;
  const actions = spec.actions ?? [];
  const dismiss = () => void toast.dismiss(id);
  toast.custom(ToastCard, {
    id,
    duration: spec.durationMs ?? (actions.length > 0 ? 10_000 : 5_000),
    componentProps: {
      title: spec.title,
      text: spec.text,
      code: spec.code,
      tone: spec.tone ?? 'neutral',
      actions,
      ondismiss: dismiss,
    },
    ...(spec.ondismiss ? { onDismiss: spec.ondismiss } : {}),
  });
  return dismiss;
}

/** Shows that a command failed, with the hub's reason. */
export function showFault(title: string, thrown: unknown): void {
  showToast({ title, text: toFault(thrown).message, tone: 'bad' });
}
