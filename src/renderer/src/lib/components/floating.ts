/**
 * The parent of menus and tooltips: an element of the page itself (`index.html`). It lies outside everything that
 * clips, and it is a landmark, so that screen-reader users can find a menu that just opened.
 */
export const FLOATING_PARENT = '#floating';
