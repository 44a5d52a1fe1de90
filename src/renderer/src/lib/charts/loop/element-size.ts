import type { Unsubscribe } from '@shared/disposable';

type Listener = (size: { width: number; height: number }) => void;

const listeners = new Map<Element, Listener>();
let observer: ResizeObserver | null = null;

/** Reports the size of an element's content in CSS pixels, now and on each change. All elements share one observer. */
export function watchSize(element: Element, listener: Listener): Unsubscribe {
  observer ??= new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      listeners.get(target)?.({ width: contentRect.width, height: contentRect.height });
    }
  });
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
