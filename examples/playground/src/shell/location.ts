/** Which tab the address names. */
import { computed, signal } from '@preact/signals';
import { TABS, type TabEntry } from './tabs.js';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** The tab that is shown; the first one where the address names none. */
export const currentTab = computed<TabEntry>(() => TABS.find(({ id }) => `#${id}` === hash.value) ?? TABS[0]);
