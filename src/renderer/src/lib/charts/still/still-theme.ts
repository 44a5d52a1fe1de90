import type { ChartOptions, TooltipItem } from 'chart.js';
import { theme } from '../../theme/theme.svelte';

/** Returns the look of a scale. */
export function stillScale() {
  const line = theme.color('--line');
  return {
    ticks: { color: theme.color('--text3'), font: stillFont() },
    grid: { color: line, drawTicks: false },
    border: { color: line },
  };
}

function stillFont() {
  return { family: getComputedStyle(document.documentElement).getPropertyValue('--font').trim(), size: 12 };
}

/** Returns the style of every picture that Chart.js draws itself: text, legend and tooltip, from the theme's tokens. */
export function stillOptions(format: (value: number) => string): ChartOptions<'bar'> {
  const font = stillFont();
  const text = theme.color('--text');
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font,
    plugins: {
      legend: {
        position: 'bottom',
        align: 'start',
        labels: {
          color: theme.color('--text2'),
          font,
          boxWidth: 8,
          boxHeight: 8,
          padding: 12,
          usePointStyle: true,
          pointStyle: 'rectRounded',
        },
        // Do not let the user switch off a part: the remaining parts would look like the whole.
        onClick() {},
      },
      tooltip: {
        backgroundColor: theme.color('--raised'),
        borderColor: theme.color('--line2'),
        borderWidth: 1,
        bodyColor: text,
        titleColor: text,
        bodyFont: font,
        titleFont: font,
        multiKeyBackground: 'transparent',
        usePointStyle: true,
        boxPadding: 4,
        padding: 8,
        cornerRadius: 6,
        caretSize: 0,
        callbacks: {
          label: ({ dataset, raw }: TooltipItem<'bar'>) => ` ${dataset.label ?? ''}  ${format(Number(raw))}`,
        },
      },
    },
  };
}
