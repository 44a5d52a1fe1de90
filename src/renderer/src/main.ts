import './lib/theme/fonts.css';
import './lib/theme/tokens.css';
import './lib/theme/base.css';
import './lib/theme/forced-colors.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { reportPageFaults } from './lib/hub/page-faults';

reportPageFaults(window);

const target = document.getElementById('app');
if (target) mount(App, { target });
