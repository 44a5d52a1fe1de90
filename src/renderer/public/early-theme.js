// A file of its own, not inline, because the page's content security policy allows no inline scripts. It blocks
// the first paint for the microsecond it takes, so that the page never flashes in the wrong theme or density.
try {
  const theme = localStorage.getItem('wirewatch.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  const density = localStorage.getItem('wirewatch.density');
  if (density === 'compact') document.documentElement.dataset.density = density;
} catch {
  // Storage may be switched off; then the system's theme it is.
}
