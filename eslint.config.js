import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { layersRule } from './scripts/lint/layers.mjs';
import svelteConfig from './svelte.config.js';

const TYPED = ['src/**/*.ts', 'src/**/*.svelte', 'bench/**/*.ts', 'tests/**/*.ts'];

export default defineConfig(
  globalIgnores([
    // Vite writes its bundled configuration beside the original for a moment.
    '*.config.ts.*.mjs',
    'out/',
    'dist/',
    'node_modules/',
    'test-results/',
    'playwright-report/',
    'docs/',
    'examples/',
    '**/*.d.mts',
  ]),
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'no-undef': 'off',
      'prefer-template': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Empty functions are what a default listener or a silent logger is.
      '@typescript-eslint/no-empty-function': 'off',
      // `Promise<void> | void` is how a handler says that it may take its time.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    // The rules that need types: those that find mistakes no other check does.
    files: TYPED,
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
    },
  },
  {
    files: ['src/renderer/**'],
    languageOptions: { globals: globals.browser },
    rules: {
      // The linter takes a component's type for `any`; svelte-check, which knows it, does these checks.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Live data stays out of reactivity on purpose: frames mark what they change themselves.
      'svelte/prefer-svelte-reactivity': 'off',
      // There are no stores, and finding that out asks for the type of everything.
      'svelte/require-store-reactive-access': 'off',
      // The compiler itself tells of these, in svelte-check.
      'svelte/no-unused-svelte-ignore': 'off',
      'svelte/no-useless-children-snippet': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['src/**/*.{ts,svelte}'],
    plugins: { wirewatch: { rules: { layers: layersRule } } },
    rules: { 'wirewatch/layers': 'error' },
  },
  {
    files: ['**/*.{js,mjs}', '**/*.config.ts'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
);
