import type { Unsubscribe } from '@shared/disposable';

const listeners = new Map<Element, (visible: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** Reports whether an element is on or near the screen, now and on each change. All elements share one observer. */
export function watchOnScreen(element: Element, listener: (visible: boolean) => void): Unsubscribe {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: '240px' },
  );
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
