/**
 * One line of progress on stderr, rewritten in a terminal and printed once elsewhere, so that standard output
 * stays clean for programs.
 */
export function startProgress(text) {
  const live = process.stderr.isTTY;
  const startedAt = Date.now();
  let detail = '';
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(live ? 0 : 1)} s`;
  const draw = () =>
    process.stderr.write(`\r\x1b[2K${text}… ${[detail, seconds()].filter(Boolean).join(', ')}`);
  if (!live) process.stderr.write(`${text}…\n`);
  else draw();
  const timer = live ? setInterval(draw, 500) : undefined;
  return {
    update(words) {
      detail = words;
    },
    end(words) {
      clearInterval(timer);
      process.stderr.write(
        live ? `\r\x1b[2K${text}: ${words}, ${seconds()}\n` : `${text}: ${words}, ${seconds()}\n`,
      );
    },
  };
}
