/** Whether people watch a stream in a terminal that can rewrite lines; a log gets neither colours nor animation. */
export function isTerminal(stream) {
  const { CI, NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && !CI && !NO_COLOR && TERM !== 'dumb';
}

/**
 * Shows one line of progress on stderr, rewritten in a terminal and printed once elsewhere, so that standard output
 * stays clean for programs.
 */
export function startProgress(text) {
  const live = isTerminal(process.stderr);
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
