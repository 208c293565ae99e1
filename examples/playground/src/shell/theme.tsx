/** Light or dark: as the reader's system is, until the toggle is pressed. */
import { computed, effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'lowrank-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(system.matches ? 'dark' : 'light');
const chosen = signal<Theme | null>(remembered());

system.addEventListener('change', () => {
  systemTheme.value = system.matches ? 'dark' : 'light';
});

/** The colours that are shown now. Reading it in a component or an effect follows changes. */
export const theme = computed<Theme>(() => chosen.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function ThemeToggle() {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  const onClick = () => {
    chosen.value = other;
    remember(other);
  };
  return (
    <button type="button" class="quiet theme-toggle" onClick={onClick} aria-label={`Use ${other} colours`}>
      <span aria-hidden="true">{theme.value === 'dark' ? '☀' : '☾'}</span>
    </button>
  );
}

// Browsers may refuse to store anything, by throwing.
function remembered(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

function remember(value: Theme): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Then it is forgotten with the page.
  }
}
