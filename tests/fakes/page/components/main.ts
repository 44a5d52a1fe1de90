import '../../../../src/renderer/src/lib/theme/fonts.css';
import '../../../../src/renderer/src/lib/theme/tokens.css';
import '../../../../src/renderer/src/lib/theme/base.css';
import { mount } from 'svelte';
import ComponentsPage from './ComponentsPage.svelte';

// Every component of `lib/components` in each of its states: `npm run ui`, then `/components.html?find=menu&theme=light`.
const target = document.getElementById('app');
if (target) mount(ComponentsPage, { target });
