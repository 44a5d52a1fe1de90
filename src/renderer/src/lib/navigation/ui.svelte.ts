/** The overlays above the pages; only one is shown at a time, so that they never stack. */
export type Overlay = 'palette' | 'add-device' | 'keys' | 'share';

class UiState {
  overlay = $state<Overlay | null>(null);

  show(overlay: Overlay): void {
    this.overlay = overlay;
  }

  toggle(overlay: Overlay): void {
    this.overlay = this.overlay === overlay ? null : overlay;
  }

  /** Hides `overlay` if it is the one that is shown. */
  hide(overlay: Overlay): void {
    if (this.overlay === overlay) this.overlay = null;
  }
}

export const ui = new UiState();
