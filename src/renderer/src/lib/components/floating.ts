/**
 * Where menus and hints are put: an element of the page itself (`index.html`), outside of everything that clips
 * and a landmark, so that whoever moves by landmarks finds what just opened.
 */
export const FLOATING_PARENT = '#floating';
